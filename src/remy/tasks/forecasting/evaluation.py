"""Scoring a trained forecaster on a file or on the end of its own series. Without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import ForecasterConfig
from remy.config.forecaster import SeriesConfig
from remy.data.tracks import Track, tracks_sha256
from remy.errors import DataError, RemyError, UsageError
from remy.io.model_file import ModelFile
from remy.tasks.forecasting.parts import Parts, make_parts
from remy.tasks.forecasting.reading import Table, read_kept, read_table, series_config
from remy.tasks.own_config import own_config


@dataclass(frozen=True)
class Run:
    """A model, and the series of its run where they are at hand.

    Attributes
    ----------
    path
        A run directory or a model file.
    model
        Ready to run.
    config
        How its tables are read; with every column named.
    parts
        The run's own series, cut as in training; None where they are not at hand.
    missing
        Why not.
    """

    path: Path
    model: runtime.Forecaster
    config: SeriesConfig
    parts: Parts | None
    missing: str

    @property
    def model_file(self) -> ModelFile:
        """The model's file."""
        return self.model.model_file

    def table(self, location: str | None) -> Table:
        """Return the series of a file, or the run's own.

        Raises
        ------
        DataError
            If the file cannot be used, or has a series the model does not know.
        UsageError
            If there is no `location` and the run's own series are not at hand.
        """
        if location is None:
            return self.own().table
        table = read_table(location, self.config)
        for track in table.tracks:
            self.model.scaler.target_scale(track.name)  # says which series are known
            if track.step != self.model.scaler.step:
                raise DataError(
                    f"{table.name}: series '{track.name}' has steps of {track.step}, the model is for "
                    f"steps of {self.model.scaler.step}"
                )
        return table

    def own(self) -> Parts:
        """Return the run's own series.

        Raises
        ------
        UsageError
            If they are not at hand.
        """
        if self.parts is None:
            raise UsageError(f"{self.path}: give a file of series, because {self.missing}")
        return self.parts


def open_run(path: str | Path) -> Run:
    """Load a forecaster and, where they can be had, the series it learned from.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`, or it is one of another task.
    """
    return run_of(Path(path), runtime.load_as(path, runtime.Forecaster))


def run_of(path: Path, model: runtime.Forecaster) -> Run:
    """Return the run at `path` of a forecaster that is loaded, with its series where they can be had."""
    parts = None
    config, missing = own_config(path, ForecasterConfig)
    if config is not None:
        parts, missing = _parts(path, model, config)
    named = series_config(model.scaler.columns, (config or ForecasterConfig()).data)
    return Run(path, model, named, parts, missing)


def evaluate_run(path: str | Path, location: str | None = None) -> dict[str, Any]:
    """Score the model of a run: forecasts of its horizon from every step on.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file, a data set or ``-``. Without it, the part of the run's own series that it was scored on when
        it ended.

    Returns
    -------
    dict
        As :func:`remy.tasks.forecasting.scoring.score_backtest`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`.
    DataError
        If the data cannot be used.
    UsageError
        If there is no `location` and the run's own series are not at hand.
    """
    from remy.tasks.forecasting.backtest import backtest_run

    return backtest_run(path, location, step=1).scores


def learned_in(run: Run, tracks: Sequence[Track]) -> list[int]:
    """Return how many steps of each track lie in what the run learned from; 0 where that is not known."""
    if run.parts is None:
        return [0] * len(tracks)
    ends = {
        track.name: track.times[stop - 1]
        for track, stop in zip(run.parts.table.tracks, run.parts.learned, strict=True)
    }
    if run.model.scaler.columns.series is None:
        ends = dict.fromkeys((track.name for track in tracks), next(iter(ends.values())))
    return [int((track.times <= ends[track.name]).sum()) if track.name in ends else 0 for track in tracks]


def _parts(path: Path, model: runtime.Forecaster, config: ForecasterConfig) -> tuple[Parts | None, str]:
    data = config.data
    try:
        table = read_table(data.train, data) if data.train else read_kept(path, data)
        parts = make_parts(table, config)
    except RemyError as error:
        return None, f"the series the run learned from cannot be read ({str(error).rstrip('.')})"
    expected = model.model_file.metrics.get("data", {}).get("sha256")
    if tracks_sha256(parts.table.tracks, named=table.columns.series is not None) != expected:
        return None, f"{table.name} does not hold the series the run learned from any more"
    return parts, ""
