"""Two problems that are nothing but memory: their sequences are drawn, so there are always fresh ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from remy.errors import UsageError

#: Symbols of the copy problem, how many of them are to be kept, and the two that mean nothing and "now".
SYMBOLS: Final = 8
KEPT: Final = 10
_BLANK, _NOW = SYMBOLS, SYMBOLS + 1


@dataclass(frozen=True)
class Problem:
    """What the problems share.

    Attributes
    ----------
    steps
        As each problem says; see there.
    """

    steps: int

    name = ""
    inputs = 1
    outputs = 1
    #: What is scored, less is better; a score below `solved` is called so.
    score_name = ""
    item = "sequence"
    baseline_name = ""
    fewest = 1
    usual = 1
    #: Size of the state and highest learning rate where nobody says.
    units = 64
    rate = 0.02
    #: Whether only the last step is answered.
    answers_once = True

    def __post_init__(self) -> None:
        if self.steps < self.fewest:
            raise UsageError(f"steps: the {self.name} problem needs at least {self.fewest}, got {self.steps}")

    @property
    def solved(self) -> float:
        """A score below this counts as solved."""
        raise NotImplementedError

    @property
    def length(self) -> int:
        """Steps of a sequence."""
        raise NotImplementedError

    def sample(self, count: int, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """Draw sequences ``(B, T, I)`` float32, and what is right."""
        raise NotImplementedError

    def loss(self, scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the mean loss, which is also the score."""
        raise NotImplementedError

    def baseline(self, target: NDArray[Any]) -> float:
        """Return the score of who remembers nothing."""
        raise NotImplementedError


class Adding(Problem):
    """The adding problem: add the two marked numbers of a sequence.

    A step has a number drawn evenly from [0, 1] and a mark. One step of the first half and one of the second
    are marked with 1, all others with 0; the answer after the last step is the sum of the two marked numbers.
    Who remembers nothing does best by answering 1: mean squared error 1/6, the variance of such a sum.

    `steps` is the length T, 150 by default.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, Neural Computation 9 (1997), experiment 4: there numbers are from
    [-1, 1], lengths vary and the first mark is among the first ten steps. This form, with [0, 1] and a fixed
    length, is that of M. Arjovsky, A. Shah and Y. Bengio, ICML 2016, and Q. Le et al., arXiv:1504.00941.

    Examples
    --------
    >>> import numpy as np
    >>> x, target = Adding(20).sample(3, np.random.default_rng(0))
    >>> x.shape, x[..., 1].sum(axis=1).tolist()
    ((3, 20, 2), [2.0, 2.0, 2.0])
    """

    name = "adding"
    inputs = 2
    score_name = "mean squared error"
    baseline_name = "always 1"
    fewest = 2
    usual = 150

    @property
    def solved(self) -> float:
        """Below 0.02, an eighth of the baseline's."""
        return 0.02

    @property
    def length(self) -> int:
        """T."""
        return self.steps

    def sample(self, count: int, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """Draw sequences ``(B, T, 2)`` and sums ``(B,)``."""
        rows, half = np.arange(count), self.steps // 2
        x = np.zeros((count, self.steps, 2), np.float32)
        x[..., 0] = random.random((count, self.steps), np.float32)
        x[rows, random.integers(0, half, count), 1] = 1.0
        x[rows, random.integers(half, self.steps, count), 1] = 1.0
        return x, (x[..., 0] * x[..., 1]).sum(axis=1)

    def loss(self, scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the mean squared error of answers ``(B, 1)``."""
        return functional.mse_loss(scores[:, 0], target)

    def baseline(self, target: NDArray[Any]) -> float:
        """Return the mean squared error of always answering 1, on these very sequences."""
        return float(np.mean((target - 1.0) ** 2))


class Copy(Problem):
    """The copy problem: keep ten symbols for a while and then write them down.

    Ten of eight symbols, drawn evenly; `steps` blanks, of which the last is the sign to begin; ten more
    blanks, during which the symbols are to be written in their order. Before that blanks are right. Who
    remembers nothing writes blanks and then draws evenly: cross-entropy ``10 ln 8 / (steps + 20)`` a step.

    `steps` is the delay.

    References
    ----------
    S. Hochreiter and J. Schmidhuber, Neural Computation 9 (1997); in this form M. Arjovsky, A. Shah and
    Y. Bengio, ICML 2016.

    Examples
    --------
    >>> import numpy as np
    >>> x, target = Copy(5).sample(1, np.random.default_rng(0))
    >>> x.shape, bool((target[0, -10:] == x[0, :10].argmax(axis=1)).all())
    ((1, 25, 10), True)
    """

    name = "copy"
    inputs = SYMBOLS + 2
    outputs = SYMBOLS + 1
    score_name = "nats/step"
    baseline_name = "no memory"
    usual = 10
    units = 128
    rate = 0.01
    answers_once = False

    @property
    def solved(self) -> float:
        """A tenth of the baseline's."""
        return 0.1 * self._chance

    @property
    def length(self) -> int:
        """The delay and twice ten."""
        return self.steps + 2 * KEPT

    @property
    def _chance(self) -> float:
        return float(KEPT * np.log(SYMBOLS) / self.length)

    def sample(self, count: int, random: np.random.Generator) -> tuple[NDArray[Any], NDArray[Any]]:
        """Draw sequences ``(B, T, 10)``, one of ten at each step, and what to write, ``(B, T)``."""
        kept = random.integers(0, SYMBOLS, (count, KEPT))
        read = np.full((count, self.length), _BLANK)
        read[:, :KEPT] = kept
        read[:, KEPT + self.steps - 1] = _NOW
        right = np.full((count, self.length), _BLANK)
        right[:, -KEPT:] = kept
        return np.eye(self.inputs, dtype=np.float32)[read], right

    def loss(self, scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the mean cross-entropy a step of scores ``(B, T, 9)``."""
        return functional.cross_entropy(scores.flatten(0, 1), target.flatten())

    def baseline(self, target: NDArray[Any]) -> float:
        """Return the cross-entropy of blanks and then an even guess; it is the same on any sequences."""
        return self._chance


#: Name -> problem.
PROBLEMS: Final[dict[str, type[Problem]]] = {"adding": Adding, "copy": Copy}
