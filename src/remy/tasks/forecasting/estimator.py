"""The estimator: the next steps of series, in three lines of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from remy import config as configuration
from remy import runtime
from remy.config import ForecasterConfig
from remy.data.header import TIME_NAMES
from remy.data.series_scaler import Columns
from remy.data.tracks import from_columns
from remy.errors import DataError, UsageError
from remy.tasks.estimator import Estimator, by_key, configured, keys
from remy.tasks.forecasting.ahead import forecast_tracks, read_future
from remy.tasks.forecasting.backtest import backtest
from remy.tasks.forecasting.evaluation import Run, run_of
from remy.tasks.forecasting.reading import Table, read_table

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: Option -> key of the configuration.
_KEYS: Final = keys(
    data=(
        "time", "target", "series", "known", "past", "calendar", "gaps", "season", "horizon", "split",
        "held_out",
    ),
    model=("cell", "units", "layers", "window", "decoding", "output", "quantiles", "dropout"),
    train=("epochs", "batch_size", "lr", "metric", "patience", "max_time", "seed", "threads"),
)  # fmt: skip


class Forecaster(Estimator[Run]):
    """A recurrent network that forecasts the next steps of series, with quantiles.

    Training uses torch; everything after it runs on `remy.runtime`.

    Parameters
    ----------
    horizon
        Steps to forecast, 1.
    target, time, series
        Columns: what is forecast (a name or several), when, and what tells series apart.
    known, past
        Columns known ahead of time, and columns known up to the present only.
    window
        Steps of the past that are read, 28.
    decoding
        ``"direct"``, or ``"autoregressive"``: each step from those before it, by sampled paths.
    output
        ``"quantiles"`` (pinball loss) or ``"student_t"`` (likelihood).
    quantiles
        The levels that are learned.
    cell, units, layers, dropout
        The recurrent layers: ``"gru"``, 32 units, 1 layer, 0.4.
    calendar, season, gaps
        Rhythms told by the time; steps of a season; what to do with missing times.
    split, held_out
        Shares of the time that are learned from and, at the end, scored on: 0.7 and 0.2. Between them the
        best model is chosen.
    epochs, batch_size, lr, metric, patience, max_time, seed, threads
        How it is trained.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.arange("2021-01-01", "2021-05-01", dtype="datetime64[D]")
    >>> sales = np.arange(120) % 7
    >>> model = Forecaster(horizon=2, units=4, window=7, epochs=1, threads=1)
    >>> model = model.fit({"date": days, "sales": sales}, target="sales")
    >>> [ahead] = model.predict()
    >>> ahead.times.astype("datetime64[D]").tolist(), ahead.point.shape, ahead.levels
    ([datetime.date(2021, 5, 1), datetime.date(2021, 5, 2)], (2, 1), (0.1, 0.5, 0.9))
    """

    def __init__(self, *, options: dict[str, Any] | None = None, **named: Any) -> None:
        for name in ("target", "known", "past"):
            if isinstance(named.get(name), str):
                named[name] = [named[name]]
        self.config = configured(
            ForecasterConfig(), "Forecaster", by_key("Forecaster", _KEYS, named), options
        )

    @classmethod
    def _of(cls, trained: runtime.Forecaster) -> Self:
        estimator = cls()
        path = Path(trained.path) if trained.path is not None else Path("model")
        in_run = (path.parent / "config.yaml").is_file()
        estimator._trained = run_of(path.parent if in_run else path, trained)
        return estimator

    def fit(
        self,
        data: str | Path | Mapping[str, Any] | Sequence[float] | np.ndarray[Any, Any],
        *,
        target: str | Sequence[str] | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from series.

        Parameters
        ----------
        data
            The path of a table or the name of a packaged data set; or a table in memory, columns by name as
            in a dictionary or a data frame; or the numbers of one series (T,).
        target
            Columns to forecast, here or among the options.
        out
            Directory for the run. Without it only this object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the data cannot be used.
        UsageError
            If there is something at `out`, or a column is missing.
        """
        from remy.tasks.forecasting.job import ForecasterJob
        from remy.tasks.forecasting.opening import open_series

        def read() -> Opened:
            config = self.config
            if target is not None:
                names = [target] if isinstance(target, str) else list(target)
                config = configuration.override(config, {"data.target": names}, source="Forecaster")
            return open_series(config, _table(data, config))

        opened, trained = self._train(read, out, force=force, quiet=quiet)
        assert isinstance(opened.job, ForecasterJob)
        parts = opened.job.parts
        model = runtime.Forecaster(trained.model, path=trained.run.model if trained.run is not None else None)
        self._trained = Run(
            Path(out) if out is not None else Path("model"), model, parts.config.data, parts, ""
        )
        return self

    def predict(
        self,
        data: str | Path | Mapping[str, Any] | Sequence[float] | np.ndarray[Any, Any] | None = None,
        *,
        horizon: int | None = None,
        quantiles: Sequence[float] | None = None,
        future: str | Path | Mapping[str, Any] | None = None,
    ) -> list[runtime.Forecast]:
        """Forecast the steps after the end of every series.

        Parameters
        ----------
        data
            The series up to the present, given as to `fit`; without it those it was fitted to, whole.
        horizon
            Steps, by default the model's; more only with autoregressive decoding.
        quantiles
            Levels, by default 0.1, 0.5 and 0.9.
        future
            What is known ahead: a table of the time, the series and the known columns.

        Raises
        ------
        UsageError, DataError
            As :meth:`remy.runtime.Forecaster.forecast`.
        """
        run = self._need("predict")
        tracks = run.table(None).tracks if data is None else self._series(run, data).tracks
        ahead = _known_ahead(future, run.model.scaler.columns)
        return forecast_tracks(run.model, tracks, horizon=horizon, quantiles=quantiles, future=ahead)

    def backtest(
        self,
        data: str | Path | None = None,
        *,
        horizon: int | None = None,
        step: int | None = None,
        windows: int | None = None,
    ) -> dict[str, Any]:
        """Forecast from many earlier presents and compare with what came, beside the baselines.

        Parameters and the result are those of :func:`remy.tasks.forecasting.backtest.backtest_run`.
        """
        location = str(data) if data is not None else None
        found = backtest(self._need("backtest"), location, horizon=horizon, step=step, windows=windows)
        return found.scores

    def subject(self, x: Any, target: Any = None) -> Subject:
        """Bind a series, or it and what is known ahead, and what came, for :func:`remy.inspect.trace`."""
        from remy.tasks.forecasting.inspection import is_pair, subject_of

        run = self._need("trace")
        data, future = x if is_pair(x) else (x, None)
        if not isinstance(data, str | Path | Sequence | Mapping | np.ndarray) and not hasattr(
            data, "columns"
        ):
            raise DataError(f"trace: expected x as a series, as to predict, got {type(data).__name__}")
        ahead = _known_ahead(future, run.model.scaler.columns)
        tracks = self._series(run, data).tracks if isinstance(data, str | Path) or len(data) else []
        return subject_of(run.model, tracks, ahead, target)

    def _series(self, run: Run, data: Any) -> Table:
        if isinstance(data, str | Path):
            return run.table(str(data))
        config = self.config.model_copy(update={"data": run.config})
        return _table(data, config)


def _table(data: Any, config: ForecasterConfig) -> Table:
    """Return the series of a file, of columns by name, or of one array."""
    wanted = config.data
    if isinstance(data, str | Path):
        return read_table(str(data), wanted)
    if isinstance(data, np.ndarray) or (isinstance(data, Sequence) and not isinstance(data, str)):
        try:
            numbers = np.asarray(data, np.float64)
        except (TypeError, ValueError) as error:
            raise DataError(f"Forecaster: expected one series of numbers: {error}") from None
        if numbers.ndim != 1:
            raise UsageError(f"Forecaster: expected one series of shape (T,), got {numbers.shape}")
        name = wanted.target[0] if wanted.target else "value"
        data = {wanted.time or "step": np.arange(len(numbers)), name: numbers}
        wanted = wanted.model_copy(update={"time": wanted.time or "step", "target": [name]})
    names = [str(name) for name in (data.columns if hasattr(data, "columns") else data)]
    time = wanted.time or next((name for name in names if name.strip().lower() in TIME_NAMES), None)
    if time is None:
        raise UsageError(f"Forecaster: which of {', '.join(names)} is the time? name it with time=")
    if not wanted.target:
        raise UsageError(f"Forecaster: which of {', '.join(names)} is to be forecast? name it with target=")
    columns = Columns(time, wanted.series, *map(tuple, (wanted.target, wanted.known, wanted.past)))
    tracks = from_columns(
        data,
        time=time,
        target=columns.target,
        series=columns.series,
        known=columns.known,
        past=columns.past,
        gaps=wanted.gaps,
    )
    return Table(tracks, columns, "data")


def _known_ahead(future: Any, columns: Columns) -> dict[str, dict[Any, Sequence[float]]] | None:
    if isinstance(future, str | Path):
        return read_future(str(future), columns)
    return _future(future, columns) if future is not None else None


def _future(columns_by_name: Mapping[str, Any], columns: Columns) -> dict[str, dict[Any, Sequence[float]]]:
    times = np.asarray(columns_by_name[columns.time])
    if not np.issubdtype(times.dtype, np.integer):
        times = times.astype("datetime64[s]")
    known = np.stack([np.asarray(columns_by_name[name], np.float64) for name in columns.known], axis=1)
    names = [""] * len(times)
    if columns.series is not None:
        names = np.asarray(columns_by_name[columns.series]).astype(str).tolist()
    found: dict[str, dict[Any, Sequence[float]]] = {}
    for name, moment, row in zip(names, times.tolist(), known.tolist(), strict=True):
        found.setdefault(name, {})[moment] = row
    return found
