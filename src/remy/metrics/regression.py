"""How far predicted numbers are from the expected ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from remy.errors import DataError, ShapeError
from remy.metrics.pairs import same_shape


def mean_absolute_error(expected: ArrayLike, predicted: ArrayLike) -> float:
    """Return ``mean |y - ŷ|``, over all numbers of two arrays of one shape.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DataError
        If the arrays are empty or a number is not finite.

    Examples
    --------
    >>> mean_absolute_error([1.0, 2.0], [1.5, 4.0])
    1.25
    """
    left, right = same_shape("mean_absolute_error", expected, predicted)
    return float(np.abs(left - right).mean())


def root_mean_squared_error(expected: ArrayLike, predicted: ArrayLike) -> float:
    """Return ``√ mean (y - ŷ)²``, over all numbers of two arrays of one shape.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DataError
        If the arrays are empty or a number is not finite.

    Examples
    --------
    >>> root_mean_squared_error([1.0, 2.0, 0.0, 0.0], [1.0, 4.0, 0.0, 0.0])
    1.0
    """
    left, right = same_shape("root_mean_squared_error", expected, predicted)
    return float(np.sqrt(np.square(left - right).mean()))


def r_squared(expected: ArrayLike, predicted: ArrayLike) -> float:
    """Return the share of the variance that is explained, ``R² = 1 - Σ (y - ŷ)² / Σ (y - mean y)²``.

    1 is perfect, 0 as good as predicting the mean, and there is no lower bound. Where all expected numbers
    are equal, R² is 1 if all predicted ones are right and else 0, as scikit-learn has it.

    Parameters
    ----------
    expected, predicted (N,) or (N, K)
        At least two rows. For several columns the mean of their R² is returned.

    Raises
    ------
    ShapeError
        If the shapes differ or have more than two axes.
    DataError
        If there are fewer than two rows or a number is not finite.

    Examples
    --------
    >>> r_squared([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    left, right = same_shape("r_squared", expected, predicted)
    if left.ndim not in (1, 2):
        raise ShapeError(f"r_squared: expected arrays of shape (N,) or (N, K), got {left.shape}.")
    if len(left) < 2:
        raise DataError(f"r_squared: expected at least 2 rows, got {len(left)}: one has no variance.")
    missed = np.atleast_1d(np.square(left - right).sum(axis=0))
    total = np.atleast_1d(np.square(left - left.mean(axis=0)).sum(axis=0))
    # The mean of equal numbers may differ from them by rounding, which would leave a variance.
    constant = np.atleast_1d((left == left[0]).all(axis=0)) | (total == 0)
    explained = 1.0 - missed / np.where(constant, 1.0, total)
    return float(np.where(constant, missed == 0, explained).mean())
