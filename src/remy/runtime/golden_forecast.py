"""The golden example of a forecaster: a window of a series and its forecast when the file was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from remy.data.steps import Times
from remy.data.tracks import Track
from remy.errors import ModelFileError, RemyError

if TYPE_CHECKING:
    from remy.runtime.forecaster import Forecaster

#: Steps ahead that are kept.
_STEPS = 24
#: Largest difference, over the series' deviation. Instruction sets differ by rounding only.
TOLERANCE = 1e-3


def record(model: Forecaster, history: Track) -> dict[str, Any]:
    """Return the last window of `history`, what is known ahead, and the quantiles that are forecast.

    What is known ahead is made up of the window's own last rows: the example shows that machines agree.
    """
    start = len(history) - model.window
    steps = min(model.horizon, _STEPS)
    known = history.known[-1:].repeat(steps, axis=0)
    example = {
        "series": history.name,
        "times": [_written(moment) for moment in history.times[start:]],
        "target": history.target[start:].tolist(),
        "known": history.known[start:].tolist(),
        "past": history.past[start:].tolist(),
        "future": known.tolist(),
    }
    return {**example, "quantiles": _forecast(model, example).tolist()}


def replay(model: Forecaster, example: Mapping[str, Any] | None) -> float:
    """Forecast again and return the largest difference over the series' deviation.

    Raises
    ------
    ModelFileError
        If there is no example, it is not a valid one, or a forecast differs by more than 1e-3 deviations.
    """
    if example is None:
        raise ModelFileError("verify: the model file has no golden example.")
    try:
        expected = np.array(example["quantiles"], np.float64)
        found = _forecast(model, example)
        scale = model.scaler.target_scale(example["series"])[1]
        difference = np.abs(found - expected) / scale[:, None]
        worst = tuple(int(place) for place in np.unravel_index(difference.argmax(), difference.shape))
    except (KeyError, TypeError, ValueError, IndexError, RemyError) as error:
        raise ModelFileError("verify: the model file's golden example is not a valid one.") from error
    if not difference[worst] <= TOLERANCE:
        raise ModelFileError(
            f"verify: {worst[0] + 1} steps ahead of its golden example the model forecasts "
            f"{found[worst]:.6g}, but forecast {expected[worst]:.6g} when the file was written."
        )
    return float(difference.max())


def _forecast(model: Forecaster, example: Mapping[str, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    steps, window = len(example["future"]), len(example["times"])
    columns = model.scaler.columns
    track = Track(
        example["series"],
        _times(example["times"]),
        np.array(example["target"], np.float64).reshape(window, len(columns.target)),
        np.array(example["known"], np.float64).reshape(window, len(columns.known)),
        np.array(example["past"], np.float64).reshape(window, len(columns.past)),
        model.scaler.step,
    )
    future = np.array(example["future"], np.float64).reshape(steps, len(columns.known))
    return model.forecast(track, steps, future=future).quantiles


def _written(moment: Any) -> int | str:
    return int(moment) if isinstance(moment, np.integer) else str(moment)


def _times(written: list[Any]) -> Times:
    if isinstance(written[0], str):
        return np.array(written, "datetime64[s]")
    return np.array(written, np.int64)
