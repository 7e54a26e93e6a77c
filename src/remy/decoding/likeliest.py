"""The likeliest tokens of many rows of scores, without sorting them all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Tokens of a block, whose largest score is looked at first; what is not in one of the best blocks is not
#: among the best.
_DEPTH = 16


def likeliest(scores: NDArray[np.float32], count: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the logarithms of the largest probabilities of each row, and whose they are.

    Parameters
    ----------
    scores
        (R, V) logits; ``-inf`` forbids a token.
    count
        k, at most V are given.

    Returns
    -------
    values, ids
        Both (R, k), the largest first; which of equal ones come is left open.

    Examples
    --------
    >>> values, ids = likeliest(np.log(np.array([[0.25, 0.5, 0.25]], np.float32)), 2)
    >>> np.exp(values).round(3).tolist(), ids.tolist()
    ([[0.5, 0.25]], [[1, 0]])
    """
    rows, size = scores.shape
    count = min(count, size)
    top = scores.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # a row of -inf alone has no finite top
        shares = scores - top
        sums = np.exp(shares, out=shares).sum(axis=1)
    blocks = size // _DEPTH
    if blocks > 2 * count:
        # Block b is the tokens b, b + blocks, ...: their largest scores come of a few long rows.
        largest = scores[:, : blocks * _DEPTH].reshape(rows, _DEPTH, blocks).max(axis=1)
        best = np.sort(np.argpartition(-largest, count - 1, axis=1)[:, :count], axis=1)
        places = (best[:, None] + blocks * np.arange(_DEPTH)[:, None]).reshape(rows, -1)
        rest = np.broadcast_to(np.arange(blocks * _DEPTH, size), (rows, size - blocks * _DEPTH))
        places = np.concatenate([places, rest], axis=1)
        found = np.take_along_axis(scores, places, axis=1)
    else:
        places = np.broadcast_to(np.arange(size), (rows, size))
        found = scores
    order = np.argsort(-found, axis=1, kind="stable")[:, :count]
    values = np.take_along_axis(found, order, axis=1).astype(np.float64)
    ids = np.take_along_axis(places, order, axis=1).astype(np.int64)
    return values - top.astype(np.float64) - np.log(sums)[:, None], ids


def log_probabilities(scores: NDArray[np.float32], ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the logarithm of the probability of one token a row, (R,), by the logits (R, V).

    Examples
    --------
    >>> log_probabilities(np.log(np.array([[0.25, 0.75]], np.float32)), np.array([1])).round(4).tolist()
    [-0.2877]
    """
    top = scores.max(axis=1, keepdims=True)
    sums = np.exp(scores - top).sum(axis=1, dtype=np.float64)
    hits = scores[np.arange(len(scores)), ids]
    found: NDArray[np.float64] = hits.astype(np.float64) - top[:, 0] - np.log(sums)
    return found
