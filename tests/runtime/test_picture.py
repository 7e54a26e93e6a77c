"""The picture encoder without torch, against a textbook convolution in float64 and against the torch form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from remy.errors import ShapeError
from remy.io.architecture.picture import picture_tensors
from remy.models.picture import PictureEncoder as TorchEncoder
from remy.runtime import picture
from remy.runtime.picture import PictureEncoder, mean_of_grid
from tests.tolerances import assert_close

Tensors = dict[str, NDArray[np.float32]]

SHAPES = [
    {"picture_size": 12, "picture_channels": 3, "filters": 5, "blocks": 2},
    {"picture_size": 13, "picture_channels": 1, "filters": 3, "blocks": 3},
    {"picture_size": 7, "picture_channels": 3, "filters": 1, "blocks": 1},
    {"picture_size": 2, "picture_channels": 1, "filters": 4, "blocks": 1},
]


def weights(settings: dict[str, Any]) -> Tensors:
    """Return weights of which every one shows in the output."""
    random = np.random.default_rng(0)
    shapes, _, _ = picture_tensors(settings)
    return {name: random.normal(0.1, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}


def some_pictures(settings: dict[str, Any], batch: int = 3) -> NDArray[np.float32]:
    size, channels = settings["picture_size"], settings["picture_channels"]
    return np.random.default_rng(1).random((batch, size, size, channels), np.float32)


def textbook(settings: dict[str, Any], tensors: Tensors, x: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the grid by the definition, one pixel at a time."""
    values = (x.astype(np.float64) - 0.5) / 0.5
    for block in range(settings["blocks"]):
        kernel, bias = (tensors[f"conv_{block}/{part}"].astype(np.float64) for part in ("kernel", "bias"))
        batch, height, width, _ = values.shape
        found = np.zeros((batch, height, width, len(bias)))
        for row in range(height):
            for column in range(width):
                total = np.tile(bias, (batch, 1))
                for down in (-1, 0, 1):
                    for right in (-1, 0, 1):
                        if 0 <= row + down < height and 0 <= column + right < width:
                            total += values[:, row + down, column + right] @ kernel[down + 1, right + 1]
                found[:, row, column] = np.maximum(total, 0.0)
        values = np.stack(
            [
                found[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max(axis=(1, 2))
                for row in range(height // 2)
                for column in range(width // 2)
            ],
            axis=1,
        ).reshape(batch, height // 2, width // 2, len(bias))
    return values.reshape(len(x), -1, values.shape[-1])


@pytest.mark.parametrize("settings", SHAPES)
def test_both_forms_give_what_the_textbook_gives(settings: dict[str, Any]) -> None:
    tensors, x = weights(settings), some_pictures(settings)
    expected = textbook(settings, tensors, x)
    trained = TorchEncoder(settings).eval()
    with torch.no_grad():
        for name, weight in trained.named_weights().items():
            weight.copy_(torch.from_numpy(tensors[name]))
        assert_close(trained(torch.from_numpy(x)).numpy(), expected, dtype=np.float32, steps=8, what="torch")
    found = PictureEncoder(settings, tensors)
    assert_close(found.grid(x), expected, dtype=np.float32, steps=8, what="runtime")
    assert_close(found.pooled(x), expected.mean(axis=1), dtype=np.float32, steps=8, what="pooled")


def test_the_grid_comes_row_by_row_from_the_top_left() -> None:
    settings = {"picture_size": 8, "picture_channels": 1, "filters": 1, "blocks": 1}
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[1, 1] = 1.0
    tensors = {"conv_0/kernel": kernel, "conv_0/bias": np.ones(1, np.float32)}
    x = np.zeros((1, 8, 8, 1), np.float32)
    x[0, 0, 6] = 1.0  # the top right: the fourth of the first row
    encoder = TorchEncoder(settings)
    with torch.no_grad():
        for name, weight in encoder.named_weights().items():
            weight.copy_(torch.from_numpy(tensors[name]))
        forms = [PictureEncoder(settings, tensors).grid(x), encoder(torch.from_numpy(x)).numpy()]
    for grid in forms:
        assert grid[0, :, 0].nonzero()[0].tolist() == [3]


def test_many_pictures_at_once_are_as_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SHAPES[0]
    encoder, x = PictureEncoder(settings, weights(settings)), some_pictures(settings, batch=7)
    whole = encoder.grid(x)
    monkeypatch.setattr(picture, "_AT_ONCE", 2 * 12 * 12 * 27)
    assert_close(encoder.grid(x), whole, dtype=np.float32, steps=1)
    for row in range(7):
        assert_close(encoder.grid(x[row : row + 1]), whole[row : row + 1], dtype=np.float32, steps=1)
    assert encoder.grid(x[:0]).shape == (0, *whole.shape[1:])


def test_pictures_that_do_not_lie_in_one_piece_are_read_alike() -> None:
    settings = SHAPES[0]
    encoder, x = PictureEncoder(settings, weights(settings)), some_pictures(settings)
    assert np.array_equal(encoder.grid(np.asfortranarray(x)), encoder.grid(x))


def test_the_mean_of_a_grid_is_over_its_places() -> None:
    grid = np.arange(12, dtype=np.float32).reshape(2, 3, 2)
    assert mean_of_grid(grid).tolist() == [[2.0, 3.0], [8.0, 9.0]]


@pytest.mark.parametrize("shape", [(12, 12, 3), (2, 12, 12, 1), (2, 12, 11, 3)])
def test_pictures_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    encoder = PictureEncoder(SHAPES[0], weights(SHAPES[0]))
    with pytest.raises(ShapeError) as caught:
        encoder.grid(np.zeros(shape, np.float32))
    assert f"(B, size, size, channels) = (B, 12, 12, 3), got {shape}; " in str(caught.value)
