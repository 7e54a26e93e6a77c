"""Beam search: the likeliest sequences a network can write, for many sources at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.decoding.hypothesis import Hypothesis, Penalties
from remy.decoding.likeliest import likeliest
from remy.errors import UsageError

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Steps(Protocol):
    """A network that writes, a token at a time, for N sources with K rows each (source by source)."""

    def step(self, ids: Ints) -> Floats:
        """Read one token a row, (N K,), and return the scores (N K, V) of the next; ``-inf`` forbids one."""

    def attention(self) -> Floats | None:
        """Return what the last step looked at, (N K, S), zero past a source's end; None: at nothing."""

    def keep(self, rows: Ints, sources: Ints) -> None:
        """Go on with some sources (M,) only, and for each of them from the old rows `rows`, (M K')."""


def beam_search(
    steps: Steps,
    *,
    longest: ArrayLike,
    begin: int,
    end: int,
    beam: int = 5,
    n_best: int = 1,
    penalties: Penalties | None = None,
    parts: ArrayLike | None = None,
) -> list[list[Hypothesis]]:
    """Return the best sequences for every source, the best first.

    Of all continuations of a source's live sequences the 2 K likeliest are looked at; those of the first K
    that end are done, and the first K that do not go on. A source is finished when K sequences are done, or
    at its longest length; only where fewer than `n_best` ended are others, cut there, given after them.
    With K = 1 this is greedy search.

    Parameters
    ----------
    steps
        The network, with one row a source, before the first token.
    longest
        (N,) the most tokens of each source's sequences, the end not counted.
    begin, end
        The token that is read first, and the one that ends a sequence.
    beam
        K, how many sequences are alive at once.
    n_best
        How many are given, at most K.
    penalties
        How those that are done are ranked; None for the usual way.
    parts
        (N,) how many parts of each source can be looked at; None: as many as the attention has columns.

    Raises
    ------
    UsageError
        If `beam` or a length is below 1, or `n_best` not from 1 to K.
    """
    if beam < 1:
        raise UsageError(f"beam: expected at least 1, got {beam}.")
    if not 1 <= n_best <= beam:
        raise UsageError(f"n_best: expected from 1 to the beam, {beam}, got {n_best}.")
    limits = np.asarray(longest, np.int64)
    if limits.size and limits.min() < 1:
        raise UsageError(f"max_length: expected at least 1, got {limits.min()}.")
    if not limits.size:
        return []
    counts = np.asarray(parts, np.int64) if parts is not None else None
    search = _Search(steps, limits, begin, end, beam, penalties or Penalties(), counts)
    while search.sources.size:
        search.advance()
    return [_best(done, n_best) for done in search.done]


@dataclass
class _Search:
    """The live sequences: ``width`` rows a source, in the order of `sources`."""

    steps: Steps
    limits: Ints
    begin: int
    end: int
    beam: int
    penalties: Penalties
    parts: Ints | None
    done: list[list[Hypothesis]] = field(init=False)
    sources: Ints = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.limits)
        self.done = [[] for _ in range(count)]
        self.sources = np.arange(count)
        self._last = np.full(count, self.begin, np.int64)
        self._totals = np.zeros((count, 1))
        self._written = np.zeros((count, 0), np.int64)
        self._looks: list[Floats] = []

    def advance(self) -> None:
        """Write one more token of every live sequence."""
        count, width = self._totals.shape
        values, tokens = likeliest(self.steps.step(self._last), 2 * self.beam)
        look = self.steps.attention()
        if look is not None:
            self._looks.append(look)
        # From the likeliest of each row to the likeliest of each source.
        each = values.shape[1]
        sums = (self._totals[:, :, None] + values.reshape(count, width, each)).reshape(count, -1)
        most = min(2 * self.beam, sums.shape[1])
        order = np.argsort(-sums, axis=1, kind="stable")[:, :most]
        sums = np.take_along_axis(sums, order, axis=1)
        parents = order // each + width * np.arange(count)[:, None]
        chosen = np.take_along_axis(tokens.reshape(count, -1), order, axis=1)
        self._go_on(sums, parents, chosen)

    def _go_on(self, sums: NDArray[np.float64], parents: Ints, chosen: Ints) -> None:
        length = self._written.shape[1]
        kept: list[int] = []
        rows: list[Ints] = []
        totals: list[NDArray[np.float64]] = []
        tokens: list[Ints] = []
        possible = np.isfinite(sums)
        ending = (chosen == self.end) & possible
        for place, source in enumerate(self.sources.tolist()):
            full = length == self.limits[source]
            for rank in np.flatnonzero(ending[place, : None if full else self.beam]).tolist():
                if len(self.done[source]) < self.beam:
                    self._finish(source, int(parents[place, rank]), float(sums[place, rank]), ended=True)
            live = np.flatnonzero(possible[place] & ~ending[place])[: self.beam]
            if len(self.done[source]) >= self.beam or not live.size:
                continue
            if full:
                self._cut(source, place)
                continue
            # A source with fewer live sequences than the others keeps its worst one several times, as dead.
            padded = np.concatenate([live, np.repeat(live[-1:], self.beam - live.size)])
            each = sums[place, padded].copy()
            each[live.size :] = -np.inf
            kept.append(place)
            rows.append(parents[place, padded])
            totals.append(each)
            tokens.append(chosen[place, padded])
        self.sources = self.sources[kept]
        if not kept:
            return
        chosen_rows, self._last = np.concatenate(rows), np.concatenate(tokens)
        self._totals = np.stack(totals)
        self._written = np.concatenate([self._written[chosen_rows], self._last[:, None]], axis=1)
        self._looks = [look[chosen_rows] for look in self._looks]
        self.steps.keep(chosen_rows, np.array(kept))

    def _cut(self, source: int, place: int) -> None:
        """Take in a source's live sequences as they are."""
        width = self._totals.shape[1]
        for rank in np.flatnonzero(np.isfinite(self._totals[place])).tolist():
            self._finish(source, place * width + rank, float(self._totals[place, rank]), ended=False)

    def _finish(self, source: int, row: int, total: float, *, ended: bool) -> None:
        ids = self._written[row].copy()
        seen, look = None, None
        if self._looks:
            attention = np.stack([one[row] for one in self._looks])
            look = attention[: len(ids), : None if self.parts is None else self.parts[source]]
            seen = look.sum(axis=0)
        score = self.penalties.score(total, length=len(ids) + ended, seen=seen)
        self.done[source].append(Hypothesis(ids, total, score, ended, look))


def _best(done: Sequence[Hypothesis], count: int) -> list[Hypothesis]:
    """Return the best ones; those that ended come before those that were cut."""
    ranked = sorted(done, key=lambda one: (not one.ended, -one.score))
    return ranked[:count]
