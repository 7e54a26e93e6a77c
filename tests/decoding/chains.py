"""Chains of tags so small that every path can be written down: what Viterbi and the field answer to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from math import exp, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Path = tuple[int, ...]

#: Steps, labels and lengths: ragged ones with 0 and 1, one label, one step, a whole batch of one.
SIZES = [
    (5, 3, (5, 0, 1, 2, 4)),
    (4, 4, (4, 3, 4)),
    (6, 2, (1, 6)),
    (1, 3, (1, 0, 1)),
    (3, 1, (2, 3)),
    (7, 3, (6,)),
    (3, 2, (0, 0)),
]


@dataclass(frozen=True)
class Chain:
    """Scores (T, B, K), weights and lengths; whatever lies beyond a row's length is NaN."""

    scores: Floats
    transitions: Floats
    start: Floats
    end: Floats
    lengths: NDArray[np.int64]

    def arguments(self) -> dict[str, Any]:
        return dict(vars(self))

    def padding(self) -> NDArray[np.bool_]:
        """Return where (T, B) lies beyond the rows' lengths."""
        return np.arange(len(self.scores))[:, None] >= self.lengths

    def with_weights(self, **weights: Any) -> Chain:
        return replace(self, **{name: np.asarray(value, np.float64) for name, value in weights.items()})

    def paths(self, row: int) -> dict[Path, float]:
        """Return every path of a row with its score, summed up word for word as the formula has it."""
        steps = range(int(self.lengths[row]))
        result = {}
        for path in product(range(len(self.start)), repeat=len(steps)):
            score = sum(float(self.scores[step, row, path[step]]) for step in steps)
            score += sum(float(self.transitions[path[step - 1], path[step]]) for step in steps if step)
            if path:
                score += float(self.start[path[0]]) + float(self.end[path[-1]])
            result[path] = score
        return result

    def best(self, row: int) -> tuple[Path, float]:
        """Return the best path; of equal ones the one with the lower last tag, then the one before it ..."""
        paths = self.paths(row)
        highest = max(paths.values())
        return min((path for path in paths if paths[path] == highest), key=lambda path: path[::-1]), highest

    def log_partition(self, row: int) -> float:
        scores = self.paths(row).values()
        return max(scores) + log(sum(exp(score - max(scores)) for score in scores))

    def probabilities(self, row: int) -> dict[Path, float]:
        total = self.log_partition(row)
        return {path: exp(score - total) for path, score in self.paths(row).items()}

    def marginals(self, row: int) -> Floats:
        """Return how likely each tag is at each step, (T, K), 0 beyond the row's length."""
        result = np.zeros((len(self.scores), len(self.start)))
        for path, probability in self.probabilities(row).items():
            for step, tag in enumerate(path):
                result[step, tag] += probability
        return result


def chain(steps: int, labels: int, lengths: tuple[int, ...], *, seed: int = 0, spread: float = 1.5) -> Chain:
    """Draw a chain whose weights are all different."""
    generator = np.random.default_rng([seed, steps, labels, len(lengths)])
    scores, transitions, start, end = (
        generator.normal(scale=spread, size=shape)
        for shape in ((steps, len(lengths), labels), (labels, labels), (labels,), (labels,))
    )
    drawn = Chain(scores, transitions, start, end, np.array(lengths))
    scores[drawn.padding()] = np.nan
    return drawn
