"""A made-up network that writes: scores from a table by the last two tokens, and attention it can follow."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

BEGIN, END = 1, 2


@dataclass
class Table:
    """Scores (N, V, V, V): of the next token by source, last but one and last token; so order matters."""

    scores: NDArray[np.float32]
    parts: int = 3
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.scores)
        self._of = np.arange(count)
        self._before = np.full(count, BEGIN)
        self._last = np.full(count, BEGIN)
        self._width = 1

    def step(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of the next token of every row."""
        self._before, self._last = self._last, np.asarray(ids)
        self.asked.append(len(ids))
        rows = np.repeat(self._of, self._width)
        found: NDArray[np.float32] = self.scores[rows, self._before, self._last]
        return found

    def attention(self) -> NDArray[np.float32]:
        """Look at the part with the last token's number."""
        found: NDArray[np.float32] = np.eye(self.parts, dtype=np.float32)[self._last % self.parts]
        return found

    def keep(self, rows: NDArray[np.int64], sources: NDArray[np.int64]) -> None:
        """Go on with some rows of some sources."""
        self._before, self._last = self._before[rows], self._last[rows]
        self._of = self._of[sources]
        self._width = len(rows) // len(sources)


def random_scores(sources: int, vocabulary: int, seed: int = 0, sharp: float = 1.0) -> NDArray[np.float32]:
    """Scores in which the token that begins is never written."""
    shape = (sources, vocabulary, vocabulary, vocabulary)
    scores = np.random.default_rng(seed).normal(0, sharp, shape).astype(np.float32)
    scores[..., BEGIN] = -np.inf
    return scores


def everything(scores: NDArray[np.float32], longest: int) -> list[tuple[float, tuple[int, ...]]]:
    """Every sequence (without its end) of one source of at most `longest` tokens, the likeliest first."""
    values = scores.astype(np.float64)
    top = values.max(axis=-1, keepdims=True)
    logs = values - top - np.log(np.exp(values - top).sum(axis=-1, keepdims=True))
    letters = [token for token in range(scores.shape[-1]) if token not in (BEGIN, END)]
    found: list[tuple[float, tuple[int, ...]]] = []
    for count in range(longest + 1):
        for tokens in itertools.product(letters, repeat=count):
            path: list[Any] = [BEGIN, BEGIN, *tokens, END]
            total = sum(logs[a, b, c] for a, b, c in zip(path, path[1:], path[2:], strict=False))
            found.append((float(total), tokens))
    return sorted(found, key=lambda one: -one[0])
