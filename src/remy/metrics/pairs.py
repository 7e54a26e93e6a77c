"""What every metric asks of its two sides: as many predicted as expected items, and at least one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError

#: Items in order: a list, a tuple or a one-dimensional array.
Items = Sequence[Any] | NDArray[Any]


def same_number(metric: str, expected: Items, predicted: Items, *, of: str = "items") -> None:
    """Raise unless there are as many predicted as expected items, and at least one."""
    if len(expected) != len(predicted):
        raise ShapeError(f"{metric}: expected {len(expected)} predicted {of}, got {len(predicted)}.")
    if not len(expected):
        raise DataError(f"{metric}: expected at least one of the {of}, got none.")


def same_shape(
    metric: str, expected: ArrayLike, predicted: ArrayLike, *, what: str = "predicted"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both sides in float64; raise unless they have one shape, hold something and are finite."""
    left, right = np.asarray(expected, np.float64), np.asarray(predicted, np.float64)
    if left.shape != right.shape:
        raise ShapeError(f"{metric}: expected {what} of shape {left.shape}, got {right.shape}.")
    if not left.size:
        raise DataError(f"{metric}: expected at least one number, got none.")
    for side, numbers in (("expected", left), (what, right)):
        finite(metric, side, numbers)
    return left, right


def finite(metric: str, what: str, numbers: NDArray[np.float64]) -> None:
    """Raise if one of `numbers` is NaN or infinite."""
    odd = np.argwhere(~np.isfinite(numbers))
    if len(odd):
        place = tuple(odd[0].tolist())
        raise DataError(
            f"{metric}: {len(odd)} of {numbers.size} {what} numbers are not finite, the first at {place}; "
            "leave those out on both sides."
        )
