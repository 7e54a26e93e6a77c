"""The convolutions that read a picture, on the compiled core; as :mod:`remy.models.picture` trains them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from remy import _core
from remy.errors import ShapeError
from remy.io.architecture.picture import CENTRE, SPREAD
from remy.runtime.stack import Floats

#: Numbers that are laid out for a product at once; more would leave the caches.
_AT_ONCE = 1 << 20


class PictureEncoder:
    """Blocks of a 3 x 3 convolution, ReLU and 2 x 2 max pooling: ``conv_0``, ``conv_1``, ... of a model file.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    prefix
        What the convolutions are called.
    """

    def __init__(
        self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats], *, prefix: str = "conv"
    ) -> None:
        size = architecture["picture_size"]
        self.shape: tuple[int, int, int] = (size, size, architecture["picture_channels"])
        self._blocks = [
            _Block(tensors[f"{prefix}_{block}/kernel"], tensors[f"{prefix}_{block}/bias"])
            for block in range(architecture["blocks"])
        ]

    def grid(self, x: Floats) -> Floats:
        """Return the grid (B, S, D) of pictures (B, size, size, channels) from 0 to 1.

        Its places come row by row from the top left.

        Raises
        ------
        ShapeError
            If the pictures have another shape.
        """
        if x.ndim != 4 or x.shape[1:] != self.shape:
            wanted = ", ".join(map(str, self.shape))
            raise ShapeError(
                f"picture: expected pictures of shape (B, size, size, channels) = (B, {wanted}), "
                f"got {x.shape}; remy.data.pictures.read_picture scales them."
            )
        values = (np.asarray(x, np.float32) - np.float32(CENTRE)) / np.float32(SPREAD)
        for block in self._blocks:
            values = block.apply(values)
        batch, height, width, filters = values.shape
        return values.reshape(batch, height * width, filters)

    def pooled(self, x: Floats) -> Floats:
        """Return one vector a picture, (B, D): the mean of its grid."""
        return mean_of_grid(self.grid(x))


def mean_of_grid(grid: Floats) -> Floats:
    """Return (B, D), the mean of a grid (B, S, D) over its places."""
    return np.ascontiguousarray(grid.mean(axis=1), dtype=np.float32)


class _Block:
    """A convolution, as a product with the nine pixels around each one laid side by side; ReLU; pooling."""

    def __init__(self, kernel: Floats, bias: Floats) -> None:
        _, _, self._inputs, self._filters = kernel.shape
        self._product = _core.PackedDense(
            np.ascontiguousarray(kernel.reshape(9 * self._inputs, self._filters)), bias
        )

    def apply(self, x: Floats) -> Floats:
        """Return (B, H // 2, W // 2, O) of x (B, H, W, I)."""
        batch, height, width, _ = x.shape
        pooled = np.empty((batch, height // 2, width // 2, self._filters), np.float32)
        together = max(1, _AT_ONCE // (height * width * 9 * self._inputs))
        for start in range(0, batch, together):
            pooled[start : start + together] = self._some(x[start : start + together])
        return pooled

    def _some(self, x: Floats) -> Floats:
        batch, height, width, inputs = x.shape
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
        around = np.empty((batch, height, width, 9, inputs), np.float32)
        for place in range(9):
            row, column = divmod(place, 3)
            around[:, :, :, place] = padded[:, row : row + height, column : column + width]
        found = np.empty((batch * height * width, self._filters), np.float32)
        self._product.apply(around.reshape(len(found), 9 * inputs), found)
        whole = found.reshape(batch, height, width, self._filters)
        whole = whole[:, : height // 2 * 2, : width // 2 * 2]
        upper = np.maximum(whole[:, ::2, ::2], whole[:, ::2, 1::2])
        lower = np.maximum(whole[:, 1::2, ::2], whole[:, 1::2, 1::2])
        # The largest of four after ReLU is ReLU of the largest.
        return np.maximum(np.maximum(upper, lower), np.float32(0.0))
