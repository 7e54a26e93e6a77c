"""A trained forecaster on the compiled core: points and quantiles of the steps ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.data.series import say_time
from remy.data.series_scaler import SeriesScaler
from remy.data.steps import Times
from remy.data.tracks import Track
from remy.data.windows import Inputs, Places, Windows
from remy.errors import DataError, ModelFileError, UsageError
from remy.io.model_file import ModelFile
from remy.runtime import golden_forecast
from remy.runtime.description import describe
from remy.runtime.forecast_network import ForecastNetwork

Floats = NDArray[np.float64]

#: Levels that are given where nobody says.
LEVELS = (0.1, 0.5, 0.9)
#: Most steps ahead of an autoregressive model.
MOST_STEPS = 100_000


@dataclass(frozen=True, eq=False)
class Forecast:
    """The steps ahead of a series, in its own units.

    Attributes
    ----------
    series
        Its name.
    times
        Array (H,).
    point
        Array (H, K): the medians.
    levels
        Q of them.
    quantiles
        Array (H, K, Q), rising along the levels.
    """

    series: str
    times: Times
    point: Floats
    levels: tuple[float, ...]
    quantiles: Floats


class Forecaster:
    """A trained forecaster, run by the compiled core with NumPy alone.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its scales do not fit the network.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "forecaster"
        record, architecture = model_file.tokenizer or {}, model_file.architecture
        try:
            self.scaler = SeriesScaler.from_json(record)
            self._network = ForecastNetwork(
                architecture, model_file.tensors, levels=record.get("quantiles") or ()
            )
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        columns = self.scaler.columns
        sizes = {
            "targets": len(columns.target),
            "known": self.scaler.known_features,
            "past": len(columns.past),
        }
        for size, expected in sizes.items():
            if architecture[size] != expected:
                raise ModelFileError(
                    f"{name}: its columns make {expected} {size}, the network has {architecture[size]}."
                )
        self.model_file = model_file
        self.path = path
        self.window: int = architecture["window"]
        self.horizon: int = architecture["horizon"]
        self.autoregressive: bool = architecture["decoding"] == "autoregressive"

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantiles that are given where nobody says: 0.1, 0.5 and 0.9, or the outermost learned ones."""
        lowest, highest = self._network.range
        return tuple(dict.fromkeys((max(LEVELS[0], lowest), 0.5, min(LEVELS[-1], highest))))

    def forecast(
        self,
        history: Track,
        horizon: int | None = None,
        *,
        quantiles: Sequence[float] | None = None,
        future: ArrayLike | None = None,
    ) -> Forecast:
        """Forecast the steps after the end of a series.

        Parameters
        ----------
        history
            At least the model's window of steps.
        horizon
            Steps, by default the model's; more only of an autoregressive model.
        quantiles
            Levels between 0 and 1; by default :attr:`levels`.
        future
            What is known ahead of these steps, (H, C); None if the model reads no such columns.

        Raises
        ------
        UsageError
            If the horizon or a level cannot be answered.
        DataError
            If the history is too short or of an unknown series, or `future` is missing.
        """
        horizon = self.check_horizon(horizon)
        levels = self.levels if quantiles is None else tuple(quantiles)
        self._check_history(history)
        times = history.step.following(history.times[-1], horizon)
        known = self._future(history, times, future)
        windows = self._windows([history])
        present = np.array([[0, len(history)]], np.int64)
        ahead = self.scaler.scale_known(history.name, known, times)[None].astype(np.float32)
        point, found = self._answer(windows.inputs(present, ahead), [history.name], levels)
        return Forecast(history.name, times, point[0], levels, found[0])

    def at(
        self, tracks: Sequence[Track], presents: Places, horizon: int, *, quantiles: Sequence[float]
    ) -> tuple[Floats, Floats]:
        """Forecast from many presents whose steps ahead lie in the tracks; their targets are not looked at.

        Parameters
        ----------
        tracks, presents
            As :class:`remy.data.windows.Windows` has them, presents (N, 2).
        horizon, quantiles
            As for :meth:`forecast`.

        Returns
        -------
        point, quantiles
            Arrays (N, H, K) and (N, H, K, Q).
        """
        horizon = self.check_horizon(horizon)
        windows = self._windows(tracks)
        points, found = [], []
        for start in range(0, len(presents), _BATCH):
            chosen = presents[start : start + _BATCH]
            names = [tracks[number].name for number in chosen[:, 0]]
            point, levels = self._answer(windows.inputs(chosen, horizon), names, quantiles)
            points.append(point)
            found.append(levels)
        return np.concatenate(points), np.concatenate(found)

    def check_horizon(self, horizon: int | None) -> int:
        """Return the steps to forecast.

        Raises
        ------
        UsageError
            If they are none, or more than the model was made for.
        """
        horizon = self.horizon if horizon is None else horizon
        if horizon < 1:
            raise UsageError(f"horizon: expected at least 1 step, got {horizon}")
        if horizon > self.horizon and not self.autoregressive:
            raise UsageError(
                f"horizon: the model forecasts up to {self.horizon} steps, got {horizon}; train with "
                f"--horizon {horizon}, or with --set model.decoding=autoregressive"
            )
        if horizon > MOST_STEPS:
            raise UsageError(f"horizon: expected at most {MOST_STEPS} steps, got {horizon}")
        return horizon

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(
            self.model_file, self.path, step=str(self.scaler.step), series=list(self.scaler.scales)
        )

    def golden(self, history: Track) -> dict[str, Any]:
        """Return a golden example for the model file: the last window of a series and its forecast."""
        return golden_forecast.record(self, history)

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a forecast, over the deviation.

        Raises
        ------
        ModelFileError
            If there is no golden example, or this machine's output differs from it.
        """
        return golden_forecast.replay(self, self.model_file.golden)

    def _windows(self, tracks: Sequence[Track]) -> Windows:
        return Windows(tracks, self.scaler, window=self.window, horizon=self.horizon)

    def _answer(
        self, inputs: Inputs, names: Sequence[str], quantiles: Sequence[float]
    ) -> tuple[Floats, Floats]:
        levels = check_levels(quantiles)
        found = self._network.quantiles(inputs, (0.5, *levels))
        mean, scale = (np.stack(each) for each in zip(*map(self.scaler.target_scale, names), strict=True))
        found = found * scale[:, None, :, None] + mean[:, None, :, None]
        return found[..., 0], found[..., 1:]

    def _check_history(self, history: Track) -> None:
        if len(history) < self.window:
            raise DataError(
                f"series '{history.name}': the model reads {self.window} steps of the past, "
                f"got {len(history)}"
            )
        if history.step != self.scaler.step:
            raise DataError(
                f"series '{history.name}': the model is for steps of {self.scaler.step}, got {history.step}"
            )

    def _future(self, history: Track, times: Times, future: ArrayLike | None) -> Floats:
        names = self.scaler.columns.known
        if not names:
            return np.empty((len(times), 0))
        if future is None:
            raise DataError(
                f"series '{history.name}': the model reads {', '.join(names)} ahead of time; give them for "
                f"the {len(times)} steps from {say_time(times[0])} to {say_time(times[-1])}"
            )
        known = np.asarray(future, np.float64)
        if known.shape != (len(times), len(names)) or not np.isfinite(known).all():
            raise DataError(
                f"series '{history.name}': expected {', '.join(names)} as finite numbers of shape (H, C) = "
                f"{(len(times), len(names))}, got {known.shape}"
            )
        return known


def check_levels(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Return the levels.

    Raises
    ------
    UsageError
        If one is not between 0 and 1, or they do not rise.
    """
    levels = tuple(float(level) for level in quantiles)
    for level in levels:
        if not 0.0 < level < 1.0:
            raise UsageError(f"quantiles: expected levels between 0 and 1, got {level:g}")
    if list(levels) != sorted(set(levels)):
        raise UsageError(
            f"quantiles: expected rising levels, got {', '.join(f'{each:g}' for each in levels)}"
        )
    return levels


_BATCH = 512  # presents that are read together
