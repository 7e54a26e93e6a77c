"""Linear-chain decoding: the best path of tags, the sum over all paths, and the chance of each tag.

A path y of a row with n steps has the score

    s(y) = start[y_1] + Σ_t scores[t, y_t] + Σ_t transitions[y_{t-1}, y_t] + end[y_n],

and the probability exp(s(y)) / Z with Z the sum of exp(s) over all paths (Lafferty, McCallum & Pereira 2001,
"Conditional random fields"). The empty path of a row without steps has the score 0 and probability 1.
Everything is computed in float64, and for sums in log space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError

_Floats = NDArray[np.float64]


def viterbi(
    scores: ArrayLike, transitions: ArrayLike, start: ArrayLike, end: ArrayLike, lengths: ArrayLike
) -> tuple[NDArray[np.int64], _Floats]:
    """Find the path with the largest score in each row of a batch.

    With ``δ_1[k] = start[k] + scores[1, k]``::

        δ_t[k] = max_j (δ_{t-1}[j] + transitions[j, k]) + scores[t, k]
        s(y*)  = max_k (δ_n[k] + end[k])

    Parameters
    ----------
    scores (T, B, K)
        Of each tag at each step. Beyond a row's length nothing is read.
    transitions (K, K)
        ``transitions[a, b]``: added where b follows a. Forbid one with a large negative number.
    start, end (K,)
        Added for the first and for the last tag.
    lengths (B,)
        Steps of each row, from 0 to T.

    Returns
    -------
    tags (T, B) int64
        The best path, -1 beyond a row's length. Of equally good paths it is the one whose last tag has the
        lower number, then the one before it, and so on.
    score (B,) float64
        Its score; less :func:`log_partition` it is the logarithm of its probability.

    Raises
    ------
    ShapeError
        If the shapes do not fit each other.
    DataError
        If a length is not from 0 to T or a number that is read is not finite.

    References
    ----------
    A. Viterbi, "Error bounds for convolutional codes", IEEE Trans. Inf. Theory 13 (1967).

    Examples
    --------
    >>> scores = np.array([[[1.0, 0.0]], [[0.0, 0.2]]])
    >>> sticky = np.array([[0.5, 0.0], [0.0, 0.5]])
    >>> tags, score = viterbi(scores, sticky, np.zeros(2), np.zeros(2), [2])
    >>> tags[:, 0], score
    (array([0, 0]), array([1.5]))
    """
    chain = _chain("viterbi", scores, transitions, start, end, lengths)
    steps, batch, labels = chain.scores.shape
    tags = np.full((steps, batch), -1, np.int64)
    if not steps or not batch:
        return tags, np.zeros(batch)
    origins = np.zeros((steps, batch, labels), np.int64)
    best = chain.start + chain.scores[0]
    for step in range(1, steps):
        candidates = best[:, :, None] + chain.transitions
        origins[step] = candidates.argmax(axis=1)
        reached = candidates.max(axis=1) + chain.scores[step]
        best = np.where(chain.alive[step, :, None], reached, best)
    best = best + chain.end
    tag = best.argmax(axis=1)
    rows = np.arange(batch)
    for step in range(steps - 1, -1, -1):
        alive = chain.alive[step]
        tags[step, alive] = tag[alive]
        tag = np.where(alive, origins[step, rows, tag], tag)
    return tags, np.where(chain.alive[0], best.max(axis=1), 0.0)


def log_partition(
    scores: ArrayLike, transitions: ArrayLike, start: ArrayLike, end: ArrayLike, lengths: ArrayLike
) -> _Floats:
    """Return log Z, the logarithm of the sum of exp(score) over all paths, for each row of a batch.

    The forward algorithm, with ``α_1[k] = start[k] + scores[1, k]``::

        α_t[k] = log Σ_j exp(α_{t-1}[j] + transitions[j, k]) + scores[t, k]
        log Z  = log Σ_k exp(α_n[k] + end[k])

    Parameters
    ----------
    scores, transitions, start, end, lengths
        As for :func:`viterbi`.

    Returns
    -------
    array (B,) float64
        0 for a row without steps: its only path is the empty one.

    Raises
    ------
    ShapeError, DataError
        As :func:`viterbi` does.

    Examples
    --------
    >>> log_z = log_partition(np.zeros((3, 1, 2)), np.zeros((2, 2)), np.zeros(2), np.zeros(2), [3])
    >>> float(np.exp(log_z[0]).round(9))  # of 2 ** 3 paths, each with the score 0
    8.0
    """
    chain = _chain("log_partition", scores, transitions, start, end, lengths)
    if not chain.scores.shape[0]:
        return np.zeros(chain.scores.shape[1])
    return _log_z(chain, _forward(chain)[-1])


def marginals(
    scores: ArrayLike, transitions: ArrayLike, start: ArrayLike, end: ArrayLike, lengths: ArrayLike
) -> _Floats:
    """Return the probability of each tag at each step, by the forward and the backward algorithm.

    With ``α`` as in :func:`log_partition` and ``β_n[k] = end[k]``::

        β_t[j] = log Σ_k exp(transitions[j, k] + scores[t+1, k] + β_{t+1}[k])
        P(y_t = k) = exp(α_t[k] + β_t[k] - log Z)

    Parameters
    ----------
    scores, transitions, start, end, lengths
        As for :func:`viterbi`.

    Returns
    -------
    array (T, B, K) float64
        Adds up to 1 over the tags of a step; 0 beyond a row's length.

    Raises
    ------
    ShapeError, DataError
        As :func:`viterbi` does.

    References
    ----------
    L. Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77 (1989), section III.

    Examples
    --------
    >>> scores = np.log([[[3.0, 1.0]], [[1.0, 1.0]]])
    >>> marginals(scores, np.zeros((2, 2)), np.zeros(2), np.zeros(2), [2]).round(3)[:, 0]
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    chain = _chain("marginals", scores, transitions, start, end, lengths)
    steps, batch, labels = chain.scores.shape
    result = np.zeros((steps, batch, labels))
    if not steps:
        return result
    alpha = _forward(chain)
    beta = np.broadcast_to(chain.end, (batch, labels))
    for step in range(steps - 1, -1, -1):
        if step + 1 < steps:
            arriving = chain.transitions + (chain.scores[step + 1] + beta)[:, None, :]
            beta = np.where(chain.alive[step + 1, :, None], _log_sum_exp(arriving, axis=2), beta)
        alive = chain.alive[step]
        joint = (alpha[step] + beta)[alive]
        # The sum is log Z at every step; taking it anew keeps the rounding of a long row out of it.
        result[step, alive] = np.exp(joint - _log_sum_exp(joint, axis=1)[:, None])
    return result


@dataclass(frozen=True)
class _Chain:
    """Checked arguments in float64; beyond a row's length `scores` is 0 and `alive` (T, B) False."""

    scores: _Floats
    transitions: _Floats
    start: _Floats
    end: _Floats
    alive: NDArray[np.bool_]


def _forward(chain: _Chain) -> _Floats:
    """Return α of every step, (T, B, K); beyond a row's length that of its last step."""
    alpha = np.empty_like(chain.scores)
    alpha[0] = chain.start + chain.scores[0]
    for step in range(1, len(alpha)):
        reached = _log_sum_exp(alpha[step - 1][:, :, None] + chain.transitions, axis=1) + chain.scores[step]
        alpha[step] = np.where(chain.alive[step, :, None], reached, alpha[step - 1])
    return alpha


def _log_z(chain: _Chain, last: _Floats) -> _Floats:
    return np.where(chain.alive[0], _log_sum_exp(last + chain.end, axis=1), 0.0)


def _log_sum_exp(values: _Floats, *, axis: int) -> _Floats:
    largest = values.max(axis=axis, keepdims=True)
    total: _Floats = np.log(np.exp(values - largest).sum(axis=axis)) + largest.squeeze(axis)
    return total


def _chain(
    name: str,
    scores: ArrayLike,
    transitions: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    lengths: ArrayLike,
) -> _Chain:
    emitted = np.asarray(scores)
    if emitted.ndim != 3 or not emitted.shape[2]:
        raise ShapeError(
            f"{name}: expected scores of shape (T, B, K) with at least one tag, got {emitted.shape}."
        )
    steps, batch, labels = emitted.shape
    weights = {}
    for what, values, form, shape in (
        ("transitions", transitions, "(K, K)", (labels, labels)),
        ("start", start, "(K,)", (labels,)),
        ("end", end, "(K,)", (labels,)),
    ):
        weights[what] = np.asarray(values, np.float64)
        if weights[what].shape != shape:
            raise ShapeError(f"{name}: expected {what} of shape {form} = {shape}, got {weights[what].shape}.")
    counts = np.asarray(lengths)
    if counts.shape != (batch,):
        raise ShapeError(f"{name}: expected lengths of shape (B,) = ({batch},), got {counts.shape}.")
    if batch and not (counts.dtype.kind in "iu" and counts.min() >= 0 and counts.max() <= steps):
        raise DataError(f"{name}: expected whole lengths from 0 to T = {steps}, got {counts.tolist()}.")
    alive = np.arange(steps)[:, None] < counts
    read = np.where(alive[:, :, None], emitted, 0.0).astype(np.float64, copy=False)
    for what, numbers in (("scores", read), *weights.items()):
        if not np.isfinite(numbers).all():
            place = tuple(np.argwhere(~np.isfinite(numbers))[0].tolist())
            raise DataError(
                f"{name}: expected finite {what}, got {numbers[place]} at {place}; "
                "forbid a tag with a large negative number such as -1e4."
            )
    return _Chain(read, weights["transitions"], weights["start"], weights["end"], alive)
