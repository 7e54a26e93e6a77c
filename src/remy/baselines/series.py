"""The baselines of every forecast: the last value, the last season, and the straight line.

R. Hyndman and G. Athanasopoulos, "Forecasting: principles and practice", 3rd edition (2021), section 5.2.
Histories are ``(T, K)``: T steps of K channels, each channel on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError, UsageError

_Floats = NDArray[np.float64]


class SeasonalNaive:
    """Repeats the last season: ``ŷ_{T+h} = y_{T+h-m c}`` with ``c = ⌈h / m⌉``.

    Parameters
    ----------
    season
        m: steps after which the series repeats, such as 7 for days or 24 for hours.

    Raises
    ------
    UsageError
        If `season` is below 1.

    Examples
    --------
    >>> SeasonalNaive(2).forecast([[1.0], [2.0], [3.0], [4.0]], 3)[:, 0]
    array([3., 4., 3.])
    """

    def __init__(self, season: int) -> None:
        if season < 1:
            raise UsageError(f"SeasonalNaive: expected a season of at least 1, got {season}.")
        self.season = season

    def forecast(self, history: ArrayLike, horizon: int) -> _Floats:
        """Return the next `horizon` steps after `history` (T, K): (horizon, K).

        Raises
        ------
        UsageError
            If `horizon` is below 1.
        ShapeError
            If `history` is not (T, K).
        DataError
            If it is shorter than a season, or a number in it is not finite.
        """
        known = _checked(type(self).__name__, history, horizon, least=self.season)
        ahead = np.arange(horizon)
        return known[len(known) - self.season + ahead % self.season]

    def quantiles(self, history: ArrayLike, horizon: int, levels: Sequence[float]) -> _Floats:
        """Return the forecast plus empirical quantiles of the errors it would have made within `history`.

        For h steps ahead these are the errors ``y_t - y_{t-m c}`` of every step t that has such an earlier
        one, so the intervals widen with h as the series does; nothing is assumed of their distribution.
        Between two errors the quantile is interpolated.

        Parameters
        ----------
        history (T, K)
            What is known, in order.
        horizon
            Steps to forecast.
        levels
            The Q quantiles, each from 0 to 1: 0.1 and 0.9 bound an interval of 80 per cent.

        Returns
        -------
        array (Q, horizon, K) float64
            In the order of `levels`.

        Raises
        ------
        UsageError, ShapeError
            As :meth:`forecast` does; `UsageError` also if a level is not from 0 to 1.
        DataError
            If the history is too short for an error as many steps ahead, or a number is not finite.

        Examples
        --------
        >>> Naive().quantiles([[0.0], [1.0], [3.0], [2.0]], 1, [0.0, 0.5, 1.0])[:, 0, 0]
        array([1., 3., 4.])
        """
        name = type(self).__name__
        for level in levels:
            if not 0 <= level <= 1:
                raise UsageError(f"{name}: expected quantile levels from 0 to 1, got {level}.")
        point = self.forecast(history, horizon)
        known = np.asarray(history, np.float64)
        lags = [self.season * ceil(ahead / self.season) for ahead in range(1, horizon + 1)]
        if lags[-1] >= len(known):
            raise DataError(
                f"{name}: expected a history of more than {lags[-1]} steps to have an error {horizon} steps "
                f"ahead, got {len(known)}; take a shorter horizon or a longer history."
            )
        spread = {lag: np.quantile(known[lag:] - known[:-lag], levels, axis=0) for lag in set(lags)}
        return point + np.stack([spread[lag] for lag in lags], axis=1)


class Naive(SeasonalNaive):
    """Repeats the last step: ``ŷ_{T+h} = y_T``, the best forecast of a random walk.

    Examples
    --------
    >>> Naive().forecast([[1.0, 5.0], [2.0, 4.0]], 2)
    array([[2., 4.],
           [2., 4.]])
    """

    def __init__(self) -> None:
        super().__init__(1)


class Drift:
    """Goes on along the line from the first to the last step: ``ŷ_{T+h} = y_T + h (y_T - y_1) / (T - 1)``.

    Examples
    --------
    >>> Drift().forecast([[1.0], [5.0], [3.0]], 2)[:, 0]
    array([4., 5.])
    """

    def forecast(self, history: ArrayLike, horizon: int) -> _Floats:
        """Return the next `horizon` steps after `history` (T, K): (horizon, K).

        Raises
        ------
        UsageError
            If `horizon` is below 1.
        ShapeError
            If `history` is not (T, K).
        DataError
            If it is shorter than 2 steps, or a number in it is not finite.
        """
        known = _checked("Drift", history, horizon, least=2)
        slope = (known[-1] - known[0]) / (len(known) - 1)
        ahead = np.arange(1, horizon + 1)[:, None]
        return np.asarray(known[-1] + ahead * slope)


def _checked(name: str, history: ArrayLike, horizon: int, *, least: int) -> _Floats:
    if horizon < 1:
        raise UsageError(f"{name}: expected a horizon of at least 1, got {horizon}.")
    known = np.asarray(history, np.float64)
    if known.ndim != 2:
        raise ShapeError(
            f"{name}: expected history of shape (T, K), got {known.shape}; a single series is (T, 1)."
        )
    if len(known) < least:
        raise DataError(f"{name}: expected a history of at least {least} steps, got {len(known)}.")
    if not np.isfinite(known).all():
        step, channel = np.argwhere(~np.isfinite(known))[0].tolist()
        raise DataError(
            f"{name}: expected finite numbers, got {known[step, channel]} at step {step}, channel {channel}; "
            "fill the gaps first."
        )
    return known
