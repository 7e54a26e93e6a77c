"""Batches of records of similar length, so that little or nothing is spent on padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def pad(rows: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return rows (T,) or (T, F) as one array (B, T, ...) with zeros at their ends, and their lengths.

    Examples
    --------
    >>> padded, lengths = pad([np.array([1, 2]), np.array([3])])
    >>> padded.tolist(), lengths.tolist()
    ([[1, 2], [3, 0]], [2, 1])
    """
    lengths = np.array([len(row) for row in rows], np.int64)
    padded = np.zeros((len(rows), lengths.max(), *rows[0].shape[1:]), rows[0].dtype)
    for place, row in enumerate(rows):
        padded[place, : len(row)] = row
    return padded, lengths


class Batches:
    """Cuts records into batches, epoch by epoch.

    In every epoch the records are sorted by length, those of one length in random order, and cut into
    batches, which come in random order. Sizes depend on the lengths alone: every epoch has as many batches.

    Parameters
    ----------
    lengths
        Steps of every record.
    batch_size
        Most records in a batch.
    batch_tokens
        Most steps in a batch, every record counted as long as the longest; one record is always taken.
    seed
        All randomness comes from it and from the epoch's number.

    Examples
    --------
    >>> batches = Batches([3, 9, 3, 2, 9], batch_size=2, batch_tokens=18, seed=0)
    >>> len(batches), [sorted(batch.tolist()) for batch in batches.in_order()]
    (3, [[1, 4], [0, 2], [3]])
    """

    def __init__(self, lengths: Sequence[int], *, batch_size: int, batch_tokens: int, seed: int) -> None:
        self._lengths = np.asarray(lengths, dtype=np.int64)
        self._seed = seed
        longest_first = -np.sort(-self._lengths)
        self._cuts = [0]
        while self._cuts[-1] < len(longest_first):
            start = self._cuts[-1]
            fitting = max(1, batch_tokens // max(1, int(longest_first[start])))
            self._cuts.append(min(start + min(batch_size, fitting), len(longest_first)))

    def __len__(self) -> int:
        return len(self._cuts) - 1

    def epoch(self, number: int) -> list[Indices]:
        """Return the batches of an epoch: places of records, the longest record of a batch first."""
        random = np.random.default_rng((self._seed, number))
        batches = self._cut(random.permutation(len(self._lengths)))
        return [batches[place] for place in random.permutation(len(batches))]

    def in_order(self) -> list[Indices]:
        """Return batches without any randomness, the longest records first."""
        return self._cut(np.arange(len(self._lengths)))

    def _cut(self, order: Indices) -> list[Indices]:
        order = order[np.argsort(-self._lengths[order], kind="stable")]
        return [order[start:stop] for start, stop in zip(self._cuts, self._cuts[1:], strict=False)]
