"""Scores of a forecast: of its points, of its quantiles, and of its intervals.

Arrays are ``(N,)`` for one series or ``(N, K)`` for K channels. For the errors in the series' own units see
:func:`remy.metrics.mean_absolute_error` and :func:`remy.metrics.root_mean_squared_error`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError, UsageError
from remy.metrics.pairs import finite, same_shape


def naive_scale(history: ArrayLike, *, season: int = 1) -> NDArray[np.float64]:
    """Return the mean error of the seasonal naive forecast within `history`: ``mean_t |y_t - y_{t-m}|``.

    Parameters
    ----------
    history (T,) or (T, K)
        What was known before the forecast, in order, longer than one season.
    season
        m: steps after which the series repeats; 1 for the plain naive forecast.

    Returns
    -------
    array () or (K,) float64
        One number a channel, in its units.

    Raises
    ------
    UsageError
        If `season` is below 1.
    ShapeError
        If `history` is not of one of these shapes.
    DataError
        If it is not longer than one season, or a number in it is not finite.

    Examples
    --------
    >>> naive_scale([1.0, 4.0, 2.0])
    array(2.5)
    """
    if season < 1:
        raise UsageError(f"naive_scale: expected a season of at least 1, got {season}.")
    known = np.asarray(history, np.float64)
    if known.ndim not in (1, 2):
        raise ShapeError(f"naive_scale: expected history of shape (T,) or (T, K), got {known.shape}.")
    if len(known) <= season:
        raise DataError(
            f"naive_scale: expected a history of more than one season of {season} steps, got {len(known)}."
        )
    finite("naive_scale", "history", known)
    return np.asarray(np.abs(known[season:] - known[:-season]).mean(axis=0))


def mean_absolute_scaled_error(
    expected: ArrayLike, predicted: ArrayLike, *, history: ArrayLike, season: int = 1
) -> float:
    """Return MASE: the mean absolute error over that of the naive forecast within the history.

    ``MASE = mean_t |y_t - ŷ_t| / mean_s |x_s - x_{s-m}|`` with x the history before the forecast; below 1 the
    forecast errs less than the seasonal naive one did in sample, one step or season ahead. Each of several
    channels has its own scale, and the mean over them is returned.

    Parameters
    ----------
    expected, predicted (N,) or (N, K)
        The forecast steps.
    history (T,) or (T, K)
        The steps before them, never the forecast ones.
    season
        m, as for :func:`naive_scale`.

    Raises
    ------
    UsageError, ShapeError, DataError
        As :func:`naive_scale` does; also where the shapes do not fit each other, and where a channel of the
        history never changes over a season, so that its scale is 0.

    References
    ----------
    R. Hyndman and A. Koehler, "Another look at measures of forecast accuracy", Int. J. Forecasting 22 (2006).

    Examples
    --------
    >>> mean_absolute_scaled_error([3.0, 4.0], [4.0, 6.0], history=[0.0, 1.0, 0.0, 1.0])
    1.5
    """
    left, right = same_shape("mean_absolute_scaled_error", expected, predicted)
    known = np.asarray(history, np.float64)
    if left.ndim not in (1, 2) or known.shape[1:] != left.shape[1:]:
        raise ShapeError(
            "mean_absolute_scaled_error: expected forecast and history of shapes (N,) and (T,), or (N, K) "
            f"and (T, K), got {left.shape} and {known.shape}."
        )
    scale = naive_scale(known, season=season)
    if (scale == 0).any():
        channel = f"channel {int(np.argmax(scale == 0))} of the history" if scale.ndim else "the history"
        raise DataError(
            f"mean_absolute_scaled_error: {channel} repeats exactly after {season} steps, so its scale is 0; "
            "leave it out or use mean_absolute_error."
        )
    return float((np.abs(left - right).mean(axis=0) / scale).mean())


def symmetric_mean_absolute_percentage_error(expected: ArrayLike, predicted: ArrayLike) -> float:
    """Return sMAPE, ``mean 2 |y - ŷ| / (|y| + |ŷ|)``, from 0 to 2; times 100 it is the per cent of the M4.

    Where y and ŷ are both 0 the forecast is right, and 0 / 0 counts as 0.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DataError
        If the arrays are empty or a number is not finite.

    References
    ----------
    S. Makridakis, E. Spiliotis and V. Assimakopoulos, "The M4 Competition", Int. J. Forecasting 36 (2020).

    Examples
    --------
    >>> symmetric_mean_absolute_percentage_error([1.0, 0.0], [3.0, 0.0])
    0.5
    """
    left, right = same_shape("symmetric_mean_absolute_percentage_error", expected, predicted)
    size = np.abs(left) + np.abs(right)
    return float((2.0 * np.abs(left - right) / np.where(size == 0, 1.0, size)).mean())


def weighted_quantile_loss(expected: ArrayLike, predicted: ArrayLike, *, quantile: float) -> float:
    """Return twice the pinball loss of a forecast quantile, over the size of the series.

    ``wQL_q = 2 Σ ρ_q(y - ŷ) / Σ |y|`` with the pinball loss ``ρ_q(e) = max(q e, (q - 1) e)``, as GluonTS has
    it. For q = 0.5 it is ``Σ |y - ŷ| / Σ |y|``.

    Parameters
    ----------
    expected, predicted (N,) or (N, K)
        The numbers that came, and the forecast quantile of each.
    quantile
        q, above 0 and below 1.

    Raises
    ------
    UsageError
        If `quantile` is not between 0 and 1.
    ShapeError
        If the shapes differ.
    DataError
        If the arrays are empty, a number is not finite, or all expected ones are 0.

    References
    ----------
    R. Koenker and G. Bassett, "Regression quantiles", Econometrica 46 (1978); A. Alexandrov et al.,
    "GluonTS: probabilistic and neural time series modeling in Python", JMLR 21 (2020).

    Examples
    --------
    >>> weighted_quantile_loss([4.0, 6.0], [2.0, 7.0], quantile=0.75)  # 2 (0.75 * 2 + 0.25 * 1) / 10
    0.35
    """
    if not 0 < quantile < 1:
        raise UsageError(f"weighted_quantile_loss: expected a quantile between 0 and 1, got {quantile}.")
    left, right = same_shape("weighted_quantile_loss", expected, predicted)
    size = np.abs(left).sum()
    if size == 0:
        raise DataError(
            "weighted_quantile_loss: all expected numbers are 0, so there is nothing to divide by."
        )
    error = left - right
    return float(2.0 * np.maximum(quantile * error, (quantile - 1.0) * error).sum() / size)


def mean_weighted_quantile_loss(expected: ArrayLike, quantiles: Mapping[float, ArrayLike]) -> float:
    """Return the mean of :func:`weighted_quantile_loss` over several forecast quantiles.

    Parameters
    ----------
    expected (N,) or (N, K)
        The numbers that came.
    quantiles
        q -> the forecast quantiles, in the shape of `expected`.

    Raises
    ------
    UsageError, ShapeError, DataError
        As :func:`weighted_quantile_loss` does; `DataError` also if there is no quantile.

    Examples
    --------
    >>> mean_weighted_quantile_loss([4.0, 4.0], {0.5: [4.0, 5.0], 0.75: [2.0, 5.0]})  # (1/8 + 3.5/8) / 2
    0.28125
    """
    if not quantiles:
        raise DataError("mean_weighted_quantile_loss: expected at least one quantile, got none.")
    losses = [weighted_quantile_loss(expected, values, quantile=q) for q, values in quantiles.items()]
    return float(np.mean(losses))


def interval_coverage(expected: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> float:
    """Return the share of numbers within their intervals, ``mean [lower <= y <= upper]``, bounds included.

    Parameters
    ----------
    expected, lower, upper (N,) or (N, K)
        The numbers that came, and the bounds that were forecast.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DataError
        If the arrays are empty, a number is not finite, or a lower bound lies above its upper one.

    Examples
    --------
    >>> interval_coverage([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.5, 0.0], [2.0, 2.0, 4.0, 9.0])
    0.75
    """
    _, high = same_shape("interval_coverage", expected, upper, what="upper")
    numbers, low = same_shape("interval_coverage", expected, lower, what="lower")
    if (low > high).any():
        place = tuple(np.argwhere(low > high)[0].tolist())
        raise DataError(
            f"interval_coverage: the lower bound {low[place]} at {place} is above the upper {high[place]}."
        )
    return float(((low <= numbers) & (numbers <= high)).mean())
