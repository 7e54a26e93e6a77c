"""Scores of forecasts from many presents, those of the baselines beside them. Without torch."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import metrics, runtime
from remy.baselines import Drift, Naive, SeasonalNaive
from remy.data.series import say_time
from remy.data.tracks import Track
from remy.data.windows import Places
from remy.errors import RemyError
from remy.tasks.forecasting.skill import difference, verdict

Floats = NDArray[np.float64]

#: The interval whose coverage is given: 80 per cent.
_LOW, _HIGH = 0.1, 0.9
#: Series that are given one by one.
_MOST_SERIES = 50


@dataclass(frozen=True, eq=False)
class Made:
    """Forecasts from N presents.

    Attributes
    ----------
    name
        Of who made them.
    point
        Array (N, H, K).
    levels, quantiles
        Q levels, and (N, H, K, Q); no levels where there are no quantiles.
    """

    name: str
    point: Floats
    levels: tuple[float, ...] = ()
    quantiles: Floats | None = None


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecasts of a model and of the baselines, and what came.

    Attributes
    ----------
    tracks, presents
        Whose steps, and from where; presents (N, 2).
    true
        Array (N, H, K).
    model, baselines
        Who forecast what.
    learned
        One number a series: steps that scales may be taken from.
    notes
        Baselines that could not be made.
    """

    tracks: Sequence[Track]
    presents: Places
    true: Floats
    model: Made
    baselines: Sequence[Made]
    learned: Sequence[int]
    notes: Sequence[str]


def make_backtest(
    model: runtime.Forecaster,
    tracks: Sequence[Track],
    presents: Places,
    *,
    horizon: int,
    learned: Sequence[int],
) -> Backtest:
    """Forecast `horizon` steps from every present, each from what was known at it.

    Raises
    ------
    UsageError
        If the model cannot forecast so far.
    DataError
        If it does not know a series.
    """
    ends = presents[:, 1]
    true = np.stack(
        [tracks[number].target[end : end + horizon] for number, end in zip(presents[:, 0], ends, strict=True)]
    )
    levels = model.levels
    point, quantiles = model.at(tracks, presents, horizon, quantiles=levels)
    season = model.scaler.season
    seasonal = SeasonalNaive(season)
    baselines, notes = [], []
    for name, baseline in (("naive", Naive()), (f"seasonal naive ({season})", seasonal), ("drift", Drift())):
        try:
            baselines.append(_made(name, baseline, tracks, presents, horizon, levels, learned))
        except RemyError as error:
            notes.append(f"no {name}, because {error}")
    return Backtest(
        tracks, presents, true, Made("model", point, levels, quantiles), baselines, learned, notes
    )


def score_backtest(test: Backtest, name: str) -> dict[str, Any]:
    """Return the scores of a backtest.

    Returns
    -------
    dict
        ``scored_on``; ``model`` and ``baselines`` with ``mae``, ``rmse``, ``mase`` (over the naive forecast's
        mean error one step ahead before the presents, the mean of the series), ``smape``, ``wql`` (mean over
        the levels) and ``coverage_80``; ``by_step``, root mean squared errors by steps ahead; ``by_series``
        where there are several; ``verdict``, a sentence; ``notes``.
    """
    horizon = test.true.shape[1]
    scales = _scales(test)
    scores = _scores(test, test.model, scales)
    baselines = [{"name": made.name, **_scores(test, made, scales)} for made in test.baselines]
    several = len(np.unique(test.presents[:, 0])) > 1
    figure = "mase" if several and scores["mase"] is not None else "rmse"
    ours = _losses(test, test.model, scales, figure)
    chance = {
        made.name: difference(
            ours, _losses(test, made, scales, figure), lags=_overlap(test.presents, horizon)
        )
        for made in test.baselines
    }
    times = [test.tracks[number].times[end] for number, end in test.presents]
    found: dict[str, Any] = {
        "scored_on": {
            "name": name,
            "records": len(test.presents),
            "what": "forecasts",
            "horizon": horizon,
            "from": say_time(min(times)),
            "until": say_time(max(times)),
        },
        "model": scores,
        "baselines": baselines,
        "verdict": verdict(figure, scores, baselines, chance),
        "by_step": {made.name: _by_step(test, made) for made in (test.model, *test.baselines)},
        "notes": list(test.notes),
    }
    numbers = np.unique(test.presents[:, 0])
    if several and len(numbers) <= _MOST_SERIES:
        found["by_series"] = {test.tracks[number].name: _of_series(test, number) for number in numbers}
    return found


def _made(
    name: str,
    baseline: SeasonalNaive | Drift,
    tracks: Sequence[Track],
    presents: Places,
    horizon: int,
    levels: tuple[float, ...],
    learned: Sequence[int],
) -> Made:
    point = np.stack(
        [baseline.forecast(tracks[number].target[:end], horizon) for number, end in presents.tolist()]
    )
    if isinstance(baseline, Drift):
        return Made(name, point)
    spread: dict[int, Floats] = {}
    try:
        for number in np.unique(presents[:, 0]).tolist():
            history = tracks[number].target[: learned[number]]
            around = baseline.forecast(history, horizon)
            spread[number] = np.moveaxis(baseline.quantiles(history, horizon, levels) - around, 0, -1)
    except RemyError:  # the part that is learned from is too short to have such errors
        return Made(name, point)
    offsets = np.stack([spread[number] for number in presents[:, 0].tolist()])
    return Made(name, point, levels, point[..., None] + offsets)


def _scales(test: Backtest) -> Floats:
    """Return the naive forecast's mean error of every present's series, (N, K); NaN where it is 0."""
    of_track = {}
    for number in np.unique(test.presents[:, 0]).tolist():
        scale = metrics.naive_scale(test.tracks[number].target[: test.learned[number]])
        of_track[number] = np.where(scale > 0.0, scale, np.nan)
    return np.stack([of_track[number] for number in test.presents[:, 0].tolist()])


def _scores(test: Backtest, made: Made, scales: Floats) -> dict[str, Any]:
    true, point = test.true.ravel(), made.point.ravel()
    scores: dict[str, Any] = {
        "mae": float(metrics.mean_absolute_error(true, point)),
        "rmse": float(metrics.root_mean_squared_error(true, point)),
        "mase": _mase(test, made, scales),
        "smape": metrics.symmetric_mean_absolute_percentage_error(true, point),
        "wql": None,
        "coverage_80": None,
    }
    if made.quantiles is not None:
        by_level = {level: made.quantiles[..., place].ravel() for place, level in enumerate(made.levels)}
        with contextlib.suppress(RemyError):  # all true numbers are 0
            scores["wql"] = metrics.mean_weighted_quantile_loss(true, by_level)
        if _LOW in by_level and _HIGH in by_level:
            scores["coverage_80"] = metrics.interval_coverage(true, by_level[_LOW], by_level[_HIGH])
    return scores


def _mase(test: Backtest, made: Made, scales: Floats) -> float | None:
    """Return the mean over series and channels of the mean absolute error over the series' scale."""
    errors = np.abs(test.true - made.point).mean(axis=1) / scales
    each = [errors[test.presents[:, 0] == number].mean(axis=0) for number in np.unique(test.presents[:, 0])]
    finite = np.concatenate(each)
    finite = finite[np.isfinite(finite)]
    return float(finite.mean()) if finite.size else None


def _losses(test: Backtest, made: Made, scales: Floats, figure: str) -> Floats:
    """Return one loss for every moment there is a present of, the mean over the series."""
    errors = test.true - made.point
    if figure == "mase":
        losses = np.nanmean(np.abs(errors).mean(axis=1) / scales, axis=1)
    else:
        losses = (errors**2).mean(axis=(1, 2))
    times = np.array([test.tracks[number].times[end] for number, end in test.presents.tolist()])
    _, place = np.unique(times, return_inverse=True)
    return np.asarray(np.bincount(place, losses) / np.bincount(place))


def _overlap(presents: Places, horizon: int) -> int:
    """Return how many later presents of a series begin before a present's steps ahead have ended."""
    distances = np.diff(presents[:, 1])[np.diff(presents[:, 0]) == 0]
    step = int(distances.min()) if distances.size else horizon
    return max(0, -(-horizon // max(1, step)) - 1)


def _by_step(test: Backtest, made: Made) -> list[float]:
    found: list[float] = np.sqrt(((test.true - made.point) ** 2).mean(axis=(0, 2))).tolist()
    return found


def _of_series(test: Backtest, number: int) -> dict[str, float]:
    rows = test.presents[:, 0] == number
    found = {}
    for made in (test.model, *test.baselines):
        errors = (test.true - made.point)[rows]
        found[made.name] = float(np.sqrt((errors**2).mean()))
    return found
