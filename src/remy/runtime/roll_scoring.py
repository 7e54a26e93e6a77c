"""How likely a model of piano rolls finds some pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError
from remy.runtime.stack import Floats


class RollScore(NamedTuple):
    """How likely some pieces are.

    Attributes
    ----------
    nats_per_frame
        ``-log P`` of a frame, summed over its keys, the mean over frames 2 to T of all pieces: the convention
        of the published figures (Bai, Kolter and Koltun 2018, whose code predicts all frames but the first).
        The network reads all T frames and a silent one before them.
    nats_per_frame_from_start
        The same over all frames, the first one predicted from nothing.
    frames
        How many frames 2 to T there are.
    """

    nats_per_frame: float
    nats_per_frame_from_start: float
    frames: int


def score_of(rolls: Sequence[NDArray[Any]], logits: Sequence[Floats]) -> RollScore:
    """Return how likely pieces (T, 88) are by the logits (T, 88) of their frames.

    Raises
    ------
    DataError
        If no piece has two frames.
    """
    nats = [frame_nats(roll, scores) for roll, scores in zip(rolls, logits, strict=True) if len(roll)]
    frames = sum(len(each) - 1 for each in nats)
    if not frames:
        raise DataError("score: expected a piece of at least 2 frames, got none.")
    later, start = sum(float(each[1:].sum()) for each in nats), sum(float(each[0]) for each in nats)
    return RollScore(later / frames, (start + later) / (frames + len(nats)), frames)


def frame_nats(roll: NDArray[Any], logits: Floats) -> NDArray[np.float64]:
    """Return ``-log P`` (T,) of each frame of `roll` (T, 88), summed over its keys, from logits (T, 88).

    Examples
    --------
    >>> frame_nats(np.ones((1, 2)), np.zeros((1, 2), np.float32)).round(4)
    array([1.3863])
    """
    scores = logits.astype(np.float64)
    # -log σ(z) for a key that sounds, -log (1 - σ(z)) for one that does not.
    wrong = np.where(np.asarray(roll) != 0, -scores, scores)
    return np.asarray(np.logaddexp(0.0, wrong).sum(axis=1))
