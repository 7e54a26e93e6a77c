"""The tensors of the convolutions that read a picture."""

from __future__ import annotations

import pytest

from remy.errors import ModelFileError
from remy.io.architecture.picture import block_filters, picture_tensors


def settings(**changes: int) -> dict[str, int]:
    return {"picture_size": 48, "picture_channels": 3, "filters": 4, "blocks": 2} | changes


def test_kernels_have_rows_columns_inputs_and_outputs() -> None:
    shapes, places, width = picture_tensors(settings())
    assert shapes == {
        "conv_0/kernel": (3, 3, 3, 4),
        "conv_0/bias": (4,),
        "conv_1/kernel": (3, 3, 4, 8),
        "conv_1/bias": (8,),
    }
    assert (places, width) == (144, 8)


def test_filters_double_up_to_eight_times_the_first() -> None:
    assert block_filters(settings(blocks=6)) == [4, 8, 16, 32, 32, 32]


@pytest.mark.parametrize(("size", "blocks", "places"), [(13, 2, 9), (7, 2, 1), (1 << 20, 20, 1), (2, 1, 1)])
def test_an_odd_row_and_column_over_are_left_out(size: int, blocks: int, places: int) -> None:
    assert picture_tensors(settings(picture_size=size, blocks=blocks))[1] == places


def test_another_prefix_names_them() -> None:
    assert "eye_0/kernel" in picture_tensors(settings(), "eye")[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"picture_channels": 2}, "expected picture_channels 1 (grey) or 3 (colour), got 2."),
        (
            {"picture_size": 7, "blocks": 3},
            "3 blocks halve a picture of 7 x 7 pixels to nothing; expected blocks",
        ),
        ({"blocks": 1 << 20}, "1048576 blocks halve a picture of 48 x 48 pixels to nothing"),
    ],
)
def test_a_network_that_cannot_be_is_refused(changes: dict[str, int], message: str) -> None:
    with pytest.raises(ModelFileError) as caught:
        picture_tensors(settings(**changes))
    assert message in str(caught.value)
