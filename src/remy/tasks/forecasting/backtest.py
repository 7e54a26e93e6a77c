"""Rolling-origin backtest: forecast again and again from earlier presents, and compare with what came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from remy.data.series import say_time
from remy.data.windows import Places, presents_between
from remy.errors import DataError, UsageError
from remy.tasks.forecasting.evaluation import Run, learned_in, open_run
from remy.tasks.forecasting.reading import Table
from remy.tasks.forecasting.scoring import Backtest, make_backtest, score_backtest


@dataclass(frozen=True, eq=False)
class Backtested:
    """A backtest and its scores."""

    test: Backtest
    scores: dict[str, Any]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row for every series, present, step ahead and target."""
        test, several = self.test, self.test.true.shape[2] > 1
        quantiles = test.model.quantiles
        assert quantiles is not None
        names = self.scores["targets"]
        for row, (number, end) in enumerate(test.presents.tolist()):
            track = test.tracks[number]
            for ahead in range(test.true.shape[1]):
                for channel, name in enumerate(names):
                    found: dict[str, Any] = {
                        "series": track.name,
                        "known_until": say_time(track.times[end - 1]),
                        "time": say_time(track.times[end + ahead]),
                        "step": ahead + 1,
                        **({"target": name} if several else {}),
                        "true": float(test.true[row, ahead, channel]),
                        "forecast": float(test.model.point[row, ahead, channel]),
                    }
                    for place, level in enumerate(test.model.levels):
                        found[f"q{level:g}"] = float(quantiles[row, ahead, channel, place])
                    for made in test.baselines:
                        found[made.name] = float(made.point[row, ahead, channel])
                    yield found


def backtest_run(
    path: str | Path,
    location: str | None = None,
    *,
    horizon: int | None = None,
    step: int | None = None,
    windows: int | None = None,
) -> Backtested:
    """Backtest the model of a run; it is not trained again in between.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file, a data set or ``-``. Without it the run's own series, from where they were neither learned
        from nor validated on.
    horizon
        Steps ahead, by default the model's.
    step
        Steps from one present to the next, by default `horizon`.
    windows
        How many presents of each series, the last ones; by default all.

    Returns
    -------
    Backtested
        Its scores as :func:`remy.tasks.forecasting.scoring.score_backtest` has them, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`.
    DataError
        If the data cannot be used, or no present fits.
    UsageError
        If an option has a value that cannot be used, or there are no data at hand.
    """
    run = open_run(path)
    return backtest(run, location, horizon=horizon, step=step, windows=windows)


def backtest(
    run: Run,
    location: str | None = None,
    *,
    horizon: int | None = None,
    step: int | None = None,
    windows: int | None = None,
) -> Backtested:
    """Backtest a model that is loaded; see :func:`backtest_run`."""
    horizon = run.model.check_horizon(horizon)
    step = horizon if step is None else step
    for option, value in (("step", step), ("windows", windows)):
        if value is not None and value < 1:
            raise UsageError(f"{option}: expected at least 1, got {value}")
    table = run.table(location)
    presents, notes = _presents(run, table, location is None, horizon, step, windows)
    learned = learned_in(run, table.tracks)
    if location is None:
        learned = list(run.own().learned)
    first = {
        number: int(presents[presents[:, 0] == number, 1].min()) for number in set(presents[:, 0].tolist())
    }
    seen = sum(int(end < learned[number]) for number, end in presents.tolist())
    if seen:
        notes.append(
            f"{seen} of {len(presents)} forecasts are of times the model learned from: they flatter it"
        )
    scales = [learned[number] or first.get(number, 0) for number in range(len(table.tracks))]
    scales = [min(scale, first.get(number, scale)) for number, scale in enumerate(scales)]
    test = make_backtest(run.model, table.tracks, presents, horizon=horizon, learned=scales)
    name = f"the end of {table.name}" if location is None else table.name
    scores = score_backtest(test, name)
    scores["notes"] = [*notes, *scores["notes"]]
    task = {"task": "forecaster", "targets": list(run.model.scaler.columns.target)}
    return Backtested(test, {**task, **scores})


def _presents(
    run: Run, table: Table, own: bool, horizon: int, step: int, windows: int | None
) -> tuple[Places, list[str]]:
    tracks = table.tracks
    stops = [len(track) for track in tracks]
    # The naive forecast of a baseline's scale needs two steps before the first present.
    starts = [max(2, run.model.window)] * len(tracks)
    held_out = run.own().validated if own else starts
    if own and windows is None:
        starts = list(held_out)
    found = []
    for number in range(len(tracks)):
        ends = presents_between(
            [tracks[number]], [starts[number]], [stops[number]], window=run.model.window, horizon=horizon
        )[:, 1]
        if own and windows is None:
            ends = ends[::step]
        else:
            ends = ends[::-1][::step][::-1]
            if windows is not None and len(ends) < windows:
                raise DataError(
                    f"series '{tracks[number].name}': {windows} windows of {horizon} steps, {step} apart, "
                    f"and {run.model.window} steps before the first do not fit into its "
                    f"{len(tracks[number])} steps; {len(ends)} do"
                )
            ends = ends[-windows:] if windows is not None else ends
        found.append(np.stack([np.full(len(ends), number), ends], axis=1))
    presents = np.concatenate(found).astype(np.int64)
    if not len(presents):
        longest = max(stops)
        raise DataError(
            f"{table.name}: {run.model.window} steps of the past and {horizon} ahead do not fit into "
            f"{longest} steps"
        )
    notes = []
    early = sum(int(end < held_out[number]) for number, end in presents.tolist()) if own else 0
    if early:
        notes.append(
            f"{early} of {len(presents)} forecasts begin before the part of the series that was held out"
        )
    return presents, notes
