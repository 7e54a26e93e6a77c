"""Scores of predicted keys: which of those that sounded were found, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from remy.errors import ShapeError
from remy.metrics.pairs import same_number


@dataclass(frozen=True)
class FrameScores:
    """How good predicted keys are, over all frames together; 0 / 0 counts as 0.

    Attributes
    ----------
    accuracy
        ``TP / (TP + FP + FN)``: keys that do not sound and are not predicted do not count.
    precision, recall
        ``TP / (TP + FP)`` and ``TP / (TP + FN)``.
    f1
        ``2 TP / (2 TP + FP + FN)``.
    """

    accuracy: float
    precision: float
    recall: float
    f1: float


def frame_scores(expected: Sequence[ArrayLike], predicted: Sequence[ArrayLike]) -> FrameScores:
    """Score predicted keys.

    Parameters
    ----------
    expected, predicted
        For each piece (T, K): whether a key sounds in a frame.

    Raises
    ------
    ShapeError
        If the two differ in number or shape.
    DataError
        If there is no piece.

    References
    ----------
    M. Bay, A. Ehmann and J. S. Downie, "Evaluation of multiple-F0 estimation and tracking systems",
    ISMIR 2009.

    Examples
    --------
    >>> frame_scores([[[1, 1, 0]]], [[[1, 0, 1]]])
    FrameScores(accuracy=0.3333333333333333, precision=0.5, recall=0.5, f1=0.5)
    """
    same_number("frame_scores", expected, predicted, of="pieces")
    hits = given = wanted = 0
    for number, (truth, guess) in enumerate(zip(expected, predicted, strict=True)):
        right, found = np.asarray(truth, bool), np.asarray(guess, bool)
        if right.shape != found.shape:
            raise ShapeError(
                f"frame_scores: expected shape {right.shape} for piece {number}, got {found.shape}."
            )
        hits += int((right & found).sum())
        given += int(found.sum())
        wanted += int(right.sum())
    return FrameScores(
        accuracy=_share(hits, given + wanted - hits),
        precision=_share(hits, given),
        recall=_share(hits, wanted),
        f1=_share(2 * hits, given + wanted),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
