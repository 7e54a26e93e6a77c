"""Forecasts after the end of series, and what is known of the steps ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import runtime
from remy.data.series import read_series, say_time
from remy.data.series_scaler import Columns
from remy.data.tracks import Track
from remy.errors import DataError, UsageError
from remy.tasks.forecasting.evaluation import Run
from remy.tasks.locations import find_file

Floats = NDArray[np.float64]


def forecast_tracks(
    model: runtime.Forecaster,
    tracks: Sequence[Track],
    *,
    horizon: int | None = None,
    quantiles: Sequence[float] | None = None,
    future: Mapping[str, Mapping[Any, Sequence[float]]] | None = None,
) -> list[runtime.Forecast]:
    """Forecast the steps after the end of every track.

    Parameters
    ----------
    future
        Series -> time -> what is known ahead of it, see :func:`read_future`.

    Raises
    ------
    UsageError
        If the horizon or a level cannot be answered.
    DataError
        If a track is too short or unknown, or something known ahead is missing.
    """
    steps = model.check_horizon(horizon)
    found = []
    for track in tracks:
        known = None
        if future is not None:
            times = track.step.following(track.times[-1], steps)
            known = aligned(track.name, times, future, model.scaler.columns)
        found.append(model.forecast(track, steps, quantiles=quantiles, future=known))
    return found


def forecast_run(
    run: Run,
    location: str | None = None,
    *,
    horizon: int | None = None,
    quantiles: Sequence[float] | None = None,
    future: str | None = None,
    series: str | None = None,
) -> tuple[list[runtime.Forecast], Sequence[Track]]:
    """Forecast the steps after the end of a file's series, or of the run's own.

    Parameters
    ----------
    run
        Opened.
    location
        The file with what is known; None for what the run learned from, was validated and scored on.
    horizon, quantiles
        As of :meth:`remy.runtime.Forecaster.forecast`.
    future
        A file with times and what is known ahead of them.
    series
        Only the series of this name.

    Returns
    -------
    forecasts, tracks
        As many.

    Raises
    ------
    UsageError, DataError
        As :func:`forecast_tracks`, and if there is no such series.
    """
    run.model.check_horizon(horizon)
    tracks = run.table(location).tracks
    if series is not None:
        chosen = [track for track in tracks if track.name == series]
        if not chosen:
            names = ", ".join(track.name for track in tracks[:10])
            raise UsageError(f"--series: expected one of {names}, got '{series}'")
        tracks = chosen
    columns = run.model.scaler.columns
    if future is not None and not columns.known:
        raise UsageError("--future: the model reads no columns ahead of time; train with --known")
    ahead = read_future(future, columns) if future is not None else None
    return forecast_tracks(run.model, tracks, horizon=horizon, quantiles=quantiles, future=ahead), tracks


def read_future(location: str, columns: Columns) -> dict[str, dict[Any, Sequence[float]]]:
    """Read what is known ahead: a table with the time, the series and the known columns.

    Raises
    ------
    DataError
        If the file cannot be used.
    """
    reading = read_series(find_file(location), time=columns.time, target=columns.known, series=columns.series)
    return {
        track.name if columns.series is not None else "": dict(
            zip(track.times.tolist(), track.target.tolist(), strict=True)
        )
        for track in reading
    }


def rows_of(forecasts: Sequence[runtime.Forecast], targets: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one row for every series, step ahead and target."""
    for each in forecasts:
        for ahead, moment in enumerate(each.times):
            for channel, name in enumerate(targets):
                row: dict[str, Any] = {
                    "series": each.series,
                    "time": say_time(moment),
                    "step": ahead + 1,
                    **({"target": name} if len(targets) > 1 else {}),
                    "forecast": float(each.point[ahead, channel]),
                }
                for place, level in enumerate(each.levels):
                    row[f"q{level:g}"] = float(each.quantiles[ahead, channel, place])
                yield row


def aligned(
    name: str, times: Any, future: Mapping[str, Mapping[Any, Sequence[float]]], columns: Columns
) -> Floats:
    """Return what is known ahead of a series at `times` (H,), (H, C).

    Raises
    ------
    DataError
        If a time is missing.
    """
    known = future.get(name if columns.series is not None else "", {})
    missing = [moment for moment, key in zip(times, times.tolist(), strict=True) if key not in known]
    if missing:
        of_series = f" of series '{name}'" if columns.series is not None else ""
        raise DataError(
            f"future: {', '.join(columns.known)}{of_series} for {say_time(missing[0])} is missing; "
            f"expected the {len(times)} steps from {say_time(times[0])} to {say_time(times[-1])}"
        )
    return np.array([known[key] for key in times.tolist()], np.float64)
