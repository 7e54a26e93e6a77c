"""Choosing tags one after the other, each final as soon as its word has been read."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


class LeftToRight:
    """The likeliest tag of each word among those that may follow the tag chosen before it.

    Nothing that comes later changes a choice, as Viterbi's search would. The end of a sentence is not known
    before it is there: in BIOES a span may be left open.

    Parameters
    ----------
    start (K,) bool
        Which tag may stand first.
    transitions (K, K) bool
        ``transitions[a, b]``: b may follow a. After a tag that nothing may follow anything may.

    Examples
    --------
    >>> choice = LeftToRight([True, False], [[True, False], [True, True]])
    >>> choice.next([0.1, 0.9]), choice.next([0.9, 0.1])
    (0, 0)
    """

    def __init__(self, start: ArrayLike, transitions: ArrayLike) -> None:
        self._allowed: NDArray[np.bool_] = np.array(start, bool)
        self._transitions: NDArray[np.bool_] = np.array(transitions, bool)

    def next(self, scores: ArrayLike) -> int:
        """Return the tag of the next word by the scores (K,) of all tags; of equal ones the first."""
        values = np.asarray(scores)
        if self._allowed.any():
            values = np.where(self._allowed, values, -np.inf)
        tag = int(values.argmax())
        self._allowed = self._transitions[tag]
        return tag
