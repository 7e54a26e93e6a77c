"""A long text as parallel streams: B places of the text read side by side, T characters at a time.

Chunk k+1 of a stream goes on exactly where chunk k ended, so the network's state can be carried from one to
the next (truncated back-propagation through time; Williams & Peng 1990).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError


@dataclass(frozen=True)
class StreamPlan:
    """How a text of some length is cut.

    Attributes
    ----------
    batch
        Number of parallel streams, B.
    steps
        Characters in a chunk, T.
    chunks
        Chunks in one epoch.
    shifts
        Each epoch begins at one of this many places, drawn at random, so that the cuts fall elsewhere.
    """

    batch: int
    steps: int
    chunks: int
    shifts: int

    @property
    def characters(self) -> int:
        """Characters predicted in one update."""
        return self.batch * self.steps


def plan_streams(length: int, *, batch_size: int, steps: int) -> StreamPlan:
    """Cut a text of `length` characters into at most `batch_size` streams of chunks of at most `steps`.

    A short text gets fewer streams before it gets shorter chunks: a stream is at least two chunks long where
    the text allows.

    Raises
    ------
    DataError
        If there are fewer than 2 characters: nothing to predict.

    Examples
    --------
    >>> plan_streams(1000, batch_size=4, steps=20)
    StreamPlan(batch=4, steps=20, chunks=12, shifts=20)
    """
    if length < 2:
        raise DataError(
            f"training: expected at least 2 characters, got {length}: there is nothing to predict"
        )
    pairs = length - 1
    steps = min(steps, pairs)
    batch = max(1, min(batch_size, pairs // (2 * steps)))
    shifts = max(1, min(steps, pairs // 20 + 1))
    stream = (pairs - (shifts - 1)) // batch
    if stream < steps:
        steps = stream
    return StreamPlan(batch=batch, steps=steps, chunks=stream // steps, shifts=shifts)


def epoch_streams(
    ids: NDArray[np.int32], plan: StreamPlan, *, seed: int, epoch: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return inputs and targets of one epoch, both ``(B, chunks * T)``; targets are one character ahead.

    The place of the cuts depends on `seed` and `epoch` only.
    """
    shift = int(np.random.default_rng((seed, epoch)).integers(plan.shifts))
    stream = (len(ids) - 1 - (plan.shifts - 1)) // plan.batch
    used = plan.chunks * plan.steps
    starts = shift + stream * np.arange(plan.batch)[:, None]
    places = starts + np.arange(used + 1)[None, :]
    window = ids[places].astype(np.int64)
    return np.ascontiguousarray(window[:, :-1]), np.ascontiguousarray(window[:, 1:])
