"""A forecaster as the subject of a trace: the window of the past, and the answers to the steps ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remy import runtime
from remy.data.series import say_time
from remy.data.tracks import Track
from remy.errors import DataError, ShapeError
from remy.inspect.subject import Subject
from remy.models import ForecasterNetwork
from remy.runtime.forecaster import MOST_STEPS
from remy.tasks.forecasting.ahead import aligned
from remy.tasks.forecasting.losses import pinball, student_t_nats
from remy.tasks.inspection import dtype_of, network_of

Floats = NDArray[np.float64]

#: The parameters of a distribution, in the order of the network's outputs.
STUDENT_T = ("location", "width", "freedom")


def is_pair(x: Any) -> bool:
    """Whether `x` is a series and what is known ahead of it, not two numbers."""
    return isinstance(x, tuple) and len(x) == 2 and isinstance(x[1], str | Path | Mapping)


def subject_of(
    trained: runtime.Forecaster,
    tracks: Sequence[Track],
    future: Mapping[str, Mapping[Any, Sequence[float]]] | None = None,
    target: Any = None,
) -> Subject:
    """Bind a series, and what came after it.

    Parameters
    ----------
    trained
        The model.
    tracks
        One series up to the present.
    future
        Series -> time -> what is known ahead, see :func:`remy.tasks.forecasting.ahead.read_future`; None if
        the model reads no such columns.
    target
        The H values (H,) or (H, K) that came, in the data's unit. None for no gradients: an autoregressive
        decoder then reads its own medians.

    Returns
    -------
    Subject
        With scores ``(1, H, K * O)`` on the common scale, the O quantiles or parameters of each target, and
        losses ``(1, H)``, those of training.

    Raises
    ------
    DataError
        If there are several series, the one is too short or unknown, something known ahead is missing, or a
        value is not finite.
    ShapeError
        If the target has another shape or more steps than the model answers.
    """
    history = _only(tracks)
    trained._check_history(history)
    mean, scale = trained.scaler.target_scale(history.name)
    wanted = None if target is None else _values(trained, target)
    horizon = trained.horizon if wanted is None else len(wanted)
    times = history.step.following(history.times[-1], horizon)
    columns = trained.scaler.columns
    given = None if future is None else aligned(history.name, times, future, columns)
    known = trained._future(history, times, given)
    ahead = trained.scaler.scale_known(history.name, known, times)[None].astype(np.float32)
    present = np.array([[0, len(history)]], np.int64)
    inputs = trained._windows([history]).inputs(present, ahead)
    if wanted is None:
        wanted = trained.forecast(history, horizon, future=given).point
    scaled = ((wanted - mean) / scale)[None]
    arrays = [torch.from_numpy(array) for array in (*vars(inputs).values(), scaled)]

    def run(network: ForecasterNetwork) -> Tensor:
        found: Tensor = network(*(array.to(dtype_of(network)) for array in arrays))
        return found.flatten(2)

    architecture = trained.model_file.architecture
    window = [say_time(moment) for moment in history.times[-trained.window :]]
    items = {f"encoder_{layer}": window for layer in range(architecture["layers"])}
    items |= {
        f"decoder_{layer}": [f"+{step}" for step in range(1, horizon + 1)]
        for layer in range(architecture["layers"])
    }

    def expected() -> NDArray[np.float64]:
        return trained._network.parameters(inputs, scaled.astype(np.float32)).reshape(1, horizon, -1)

    return Subject(
        network_of(trained, ForecasterNetwork),
        run,
        "numbers",
        None if target is None else _losses(trained, torch.from_numpy(scaled)),
        items=items,
        names=_names(trained),
        expected=expected,
    )


def _only(tracks: Sequence[Track]) -> Track:
    if not tracks:
        raise DataError("trace: expected x as a series with at least one step, got an empty one")
    if len(tracks) > 1:
        names = ", ".join(track.name for track in tracks[:10])
        raise DataError(f"trace: expected x as one series, got {len(tracks)}: {names}; give the rows of one")
    return tracks[0]


def _levels(trained: runtime.Forecaster) -> tuple[float, ...]:
    """Return the levels whose quantiles are the output; none of a distribution."""
    if trained.model_file.architecture["output"] != "quantiles":
        return ()
    return tuple((trained.model_file.tokenizer or {})["quantiles"])


def _names(trained: runtime.Forecaster) -> tuple[str, ...]:
    outputs = tuple(f"q{level:g}" for level in _levels(trained)) or STUDENT_T
    targets = trained.scaler.columns.target
    if len(targets) == 1:
        return outputs
    return tuple(f"{target} {output}" for target in targets for output in outputs)


def _losses(trained: runtime.Forecaster, true: Tensor) -> Callable[[Tensor], Tensor]:
    levels = _levels(trained)

    def of_each_step(scores: Tensor) -> Tensor:
        right = true.to(scores.dtype)
        found = scores.reshape(*right.shape, -1)
        each = [
            pinball(found[:, [step]], right[:, [step]], levels)
            if levels
            else student_t_nats(found[:, [step]], right[:, [step]])
            for step in range(right.shape[1])
        ]
        return torch.stack(each)[None]

    return of_each_step


def _values(trained: runtime.Forecaster, target: Any) -> Floats:
    """Return the values that came, (H, K)."""
    names = trained.scaler.columns.target
    most = MOST_STEPS if trained.autoregressive else trained.horizon
    try:
        found = np.asarray(target, np.float64)
    except (TypeError, ValueError):
        raise DataError(f"trace: expected the target as numbers, got {type(target).__name__}") from None
    if found.ndim == 1 and len(names) == 1:
        found = found[:, None]
    if found.ndim != 2 or found.shape[1] != len(names) or not 1 <= len(found) <= most:
        raise ShapeError(
            f"trace: expected a target of shape (H, K) with H from 1 to {most:,} steps ahead and "
            f"K = {len(names)} ({', '.join(names)}), got {np.shape(target)}"
        )
    if not np.isfinite(found).all():
        raise DataError("trace: expected a target of finite numbers, got others")
    return found
