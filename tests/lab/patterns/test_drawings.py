"""Pictures to begin with."""

from __future__ import annotations

import numpy as np
import pytest

from remy.lab.patterns.drawings import SHAPES, drawn


@pytest.mark.parametrize("size", [16, 24, 32])
def test_every_shape_is_another_one_with_ink_that_keeps_off_the_edge(size: int) -> None:
    pictures = {name: drawn(name, size) for name in SHAPES}
    assert len({picture.tobytes() for picture in pictures.values()}) == len(SHAPES)
    for picture in pictures.values():
        assert 0.05 < picture.mean() < 0.75
        assert not picture[[0, -1]].any()
        assert not picture[:, [0, -1]].any()


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_shapes_have_the_symmetries_of_their_names(name: str) -> None:
    picture = drawn(name, 24)
    is_upright = name != "arrow right"
    assert np.array_equal(picture, picture[:, ::-1]) == is_upright
    assert np.array_equal(picture, picture[::-1]) == (name != "heart")


def test_the_arrow_points_to_the_right_and_the_heart_down() -> None:
    arrow, heart = drawn("arrow right", 24), drawn("heart", 24)
    assert arrow[:, 12:].sum() > arrow[:, :12].sum()
    assert heart[:12].sum() > heart[12:].sum()
    assert heart[-4:, :8].sum() == 0
