"""The baseline every language model is measured against: an interpolated n-gram.

Each order's estimate is mixed with the next lower one's, as Witten & Bell do (1991, "The zero-frequency
problem", IEEE Trans. Inf. Theory 37):

    P_k(w | context) = (count(context, w) + a_k * types(context) * P_{k-1}(w | shorter context))
                       / (count(context) + a_k * types(context)),

with types(context) the number of different successors that context had, P_0 uniform, and a_k = 1 in the
paper. Here each a_k is chosen on the last tenth of the training ids (the counts are then taken over all of
them), which makes the baseline stronger and stays blind to the evaluated text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, UsageError

_WEIGHTS = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_HELD_OUT = 0.1
_LEAST_HELD_OUT = 100  # below this the choice of weights would be noise; Witten and Bell's 1 is used


class NGram:
    """A model of the next id from the `order` - 1 ids before it.

    Parameters
    ----------
    order
        Length of the longest counted sequence, at least 1. Four: the next character from the three before it.

    Examples
    --------
    >>> import numpy as np
    >>> model = NGram(order=2).fit(np.tile([0, 1, 2], 200), vocabulary_size=3)
    >>> model.nats_per_character(np.tile([0, 1, 2], 20)) < 0.02
    True
    """

    def __init__(self, order: int = 4) -> None:
        if order < 1:
            raise UsageError(f"NGram: expected an order of at least 1, got {order}.")
        self.order = order
        self.weights: tuple[float, ...] = (1.0,) * order
        self._vocabulary_size = 0
        self._levels: list[_Level] = []

    def fit(self, ids: ArrayLike, vocabulary_size: int) -> NGram:
        """Count the sequences of `ids` (N,) and choose the mixing weights.

        Raises
        ------
        DataError
            If `ids` is empty or has an id outside 0 .. vocabulary_size - 1.
        """
        numbers = _checked(ids, vocabulary_size)
        if numbers.size == 0:
            raise DataError("NGram.fit: expected at least one id, got none.")
        self._vocabulary_size = vocabulary_size
        held_out = int(numbers.size * _HELD_OUT)
        if held_out >= _LEAST_HELD_OUT:
            self._levels = _count(numbers[:-held_out], self.order, vocabulary_size)
            self.weights = self._tuned_weights(numbers[-held_out:])
        self._levels = _count(numbers, self.order, vocabulary_size)
        return self

    def nats_per_character(self, ids: ArrayLike) -> float:
        """Return the mean of -log P(next) over `ids` (N,) from the second on, as the networks are scored.

        Raises
        ------
        DataError
            If there are fewer than two ids, an id is outside the vocabulary, or the model was not fitted.
        """
        return float(-self.log_probabilities(ids).mean())

    def log_probabilities(self, ids: ArrayLike) -> NDArray[np.float64]:
        """Return log P(ids[t] | before), in nats, for t = 1 .. N - 1: an array (N - 1,).

        The first few ids have shorter contexts and are predicted by the lower orders.
        """
        if not self._levels:
            raise DataError("NGram: call fit before scoring.")
        numbers = _checked(ids, self._vocabulary_size)
        if numbers.size < 2:
            raise DataError(f"NGram: expected at least 2 ids to score, got {numbers.size}.")
        mixed = np.full(numbers.size, 1.0 / self._vocabulary_size)
        for found, weight in zip(self._look_up(numbers), self.weights, strict=True):
            mixed = found.mix(mixed, weight)
        logs: NDArray[np.float64] = np.log(mixed[1:])
        return logs

    def _tuned_weights(self, held_out: NDArray[np.int64]) -> tuple[float, ...]:
        """Choose each order's weight for the smallest loss, from the lowest order up."""
        mixed = np.full(held_out.size, 1.0 / self._vocabulary_size)
        chosen = []
        for found in self._look_up(held_out):
            trials = [found.mix(mixed, weight) for weight in _WEIGHTS]
            best = int(np.argmin([-np.log(trial).mean() for trial in trials]))
            chosen.append(_WEIGHTS[best])
            mixed = trials[best]
        return tuple(chosen)

    def _look_up(self, ids: NDArray[np.int64]) -> list[_Found]:
        """Find at every position and order the counts of the sequence that ends there."""
        result = []
        rank = np.zeros(
            ids.size, np.int64
        )  # of the sequence ending at t in the order below; -1 if never seen
        for level in self._levels:
            context = rank if level is self._levels[0] else np.concatenate(([-1], rank[:-1]))
            usable = context >= 0
            keys = np.where(usable, context * self._vocabulary_size + ids, -1)
            rank = level.rank(keys)
            count = np.where(rank >= 0, level.counts[rank], 0)
            safe = np.where(usable, context, 0)
            result.append(_Found(count, usable * level.totals[safe], usable * level.types[safe]))
        return result


@dataclass(frozen=True)
class _Level:
    """The counted sequences of one length: key = rank of the context in the level below * V + last id."""

    keys: NDArray[np.int64]  # sorted
    counts: NDArray[np.int64]
    totals: NDArray[np.int64]  # of each context: how often something followed it
    types: NDArray[np.int64]  # of each context: how many different ids followed it

    def rank(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of each key among the counted ones, -1 where it was never seen."""
        place = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[place] == keys, place, -1)


@dataclass(frozen=True)
class _Found:
    count: NDArray[np.int64]
    total: NDArray[np.int64]
    types: NDArray[np.int64]

    def mix(self, lower: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
        """Mix this order's estimate with the lower one's, which stands alone where the context is new."""
        spread = weight * self.types
        return np.where(
            self.total > 0, (self.count + spread * lower) / np.maximum(self.total + spread, 1e-300), lower
        )


def _count(ids: NDArray[np.int64], order: int, vocabulary_size: int) -> list[_Level]:
    levels = []
    context = np.zeros(ids.size, np.int64)
    contexts = 1
    for length in range(1, min(order, ids.size) + 1):
        keys, rank, counts = np.unique(
            context * vocabulary_size + ids[length - 1 :], return_inverse=True, return_counts=True
        )
        owner = keys // vocabulary_size
        totals = np.bincount(owner, weights=counts, minlength=contexts).astype(np.int64)
        levels.append(_Level(keys, counts, totals, np.bincount(owner, minlength=contexts)))
        context, contexts = rank.reshape(-1)[:-1], keys.size
    empty = np.zeros(1, np.int64)
    while len(levels) < order:  # a text shorter than the order has no sequences that long
        levels.append(_Level(empty - 1, empty, np.zeros(contexts, np.int64), np.zeros(contexts, np.int64)))
        contexts = 1
    return levels


def _checked(ids: ArrayLike, vocabulary_size: int) -> NDArray[np.int64]:
    numbers = np.asarray(ids, dtype=np.int64).reshape(-1)
    if numbers.size and (numbers.min() < 0 or numbers.max() >= vocabulary_size):
        raise DataError(
            f"NGram: expected ids from 0 to {vocabulary_size - 1}, got {numbers.min()} .. {numbers.max()}."
        )
    return numbers
