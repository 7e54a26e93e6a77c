"""Windows over series: what a forecaster reads at one present, and the steps ahead that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remy.data.series_scaler import SeriesScaler
from remy.data.tracks import Track

Floats = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the network reads at N presents.

    Attributes
    ----------
    past
        Array (N, W, 2 K + C + P): each step's targets, their difference from the last ones, what was known
        of the step ahead of time, and the past columns.
    ahead
        Array (N, H, 1 + C): how far a step is ahead, as a share of the model's horizon, and what is known.
    last
        Array (N, K): the last targets, on the common scale.
    """

    past: Floats
    ahead: Floats
    last: Floats


class Windows:
    """Tracks on the common scale, from which windows are cut.

    A present is a pair (track, end): steps before `end` are the past, and `end` is the first step ahead.

    Parameters
    ----------
    tracks
        All of them with the scaler's columns.
    scaler
        As the model keeps it.
    window
        W, steps of the past.
    horizon
        The steps ahead that the model was made for: what a step's distance is a share of.
    """

    def __init__(self, tracks: Sequence[Track], scaler: SeriesScaler, *, window: int, horizon: int) -> None:
        self.window, self.horizon = window, horizon
        self._first = np.cumsum([0, *(len(track) for track in tracks[:-1])])
        self._target = _joined([scaler.scale_target(track) for track in tracks])
        self._known = _joined([scaler.scale_known(track.name, track.known, track.times) for track in tracks])
        self._past = _joined([scaler.scale_past(track) for track in tracks])

    def inputs(self, presents: Places, ahead: Floats | int) -> Inputs:
        """Return what is read at `presents` (N, 2).

        Parameters
        ----------
        presents
            Track and end; the window before the end has to lie in the track.
        ahead
            Steps ahead, which lie in the track; or what is known of them, (N, H, C), where they do not.
        """
        end = self._first[presents[:, 0]] + presents[:, 1]
        steps = end[:, None] + np.arange(-self.window, 0)
        target, last = self._target[steps], self._target[end - 1]
        past = np.concatenate([target, target - last[:, None], self._known[steps], self._past[steps]], axis=2)
        known: Floats = self._known[end[:, None] + np.arange(ahead)] if isinstance(ahead, int) else ahead
        distance = np.minimum(np.arange(1, known.shape[1] + 1) / self.horizon, 1.0).astype(np.float32)
        distances = np.broadcast_to(distance[None, :, None], (len(end), len(distance), 1))
        return Inputs(past, np.concatenate([distances, known], axis=2), last)

    def targets(self, presents: Places, horizon: int) -> Floats:
        """Return the `horizon` steps ahead of `presents` (N, 2) on the common scale, (N, H, K)."""
        end = self._first[presents[:, 0]] + presents[:, 1]
        return np.asarray(self._target[end[:, None] + np.arange(horizon)])


def presents_between(
    tracks: Sequence[Track], start: Sequence[int], stop: Sequence[int], *, window: int, horizon: int
) -> Places:
    """Return every present (N, 2) whose steps ahead all lie from `start` to before `stop` of their track.

    Their windows reach back as far as they need, also before `start`: the past is known at its present.

    Examples
    --------
    >>> from remy.data.tracks import from_columns
    >>> tracks = from_columns({"t": np.arange(9), "y": np.zeros(9)}, time="t", target=["y"])
    >>> presents_between(tracks, [5], [9], window=2, horizon=3)[:, 1]
    array([5, 6])
    """
    found = []
    for number in range(len(tracks)):
        ends = np.arange(max(start[number], window), stop[number] - horizon + 1)
        found.append(np.stack([np.full(len(ends), number), ends], axis=1))
    return np.concatenate(found).astype(np.int64) if found else np.empty((0, 2), np.int64)


def _joined(parts: Sequence[NDArray[np.float64]]) -> Floats:
    return np.concatenate(parts).astype(np.float32)
