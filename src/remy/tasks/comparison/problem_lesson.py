"""A network for a drawn problem and what it learns from: a fresh batch for every update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from remy.layers import Dense
from remy.models.stack import make_stack, stack_weights
from remy.tasks.comparison.problem_config import ProblemConfig
from remy.tasks.comparison.problems import Problem
from remy.training.lesson import Words
from remy.training.snapshot import Arrays, array_of

#: Updates between two validations, and the sequences of a validation and of the score in the end.
UPDATES: Final = 100
VALIDATED, SCORED = 256, 10_000

#: What sequences are drawn for: the first number of each generator's seed.
_LEARNED, _VALIDATED, _SCORED, _LOOKED_AT = range(4)


class ProblemNetwork(torch.nn.Module):
    """Recurrent layers and a dense output, at every step or after the last.

    Parameters
    ----------
    problem
        Says the sizes.
    architecture
        ``cell``, ``units``, ``layers``, ``bidirectional``, ``reset_after``, ``activation``.
    """

    def __init__(
        self,
        problem: Problem,
        architecture: Mapping[str, Any],
        *,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        width = architecture["units"] * (2 if architecture["bidirectional"] else 1)
        self.architecture = dict(architecture)
        self.stack = make_stack(architecture, dropout=dropout, recurrent_dropout=recurrent_dropout)
        self.dense = Dense(problem.outputs, input_size=width)
        self._once = problem.answers_once
        with torch.no_grad():
            # The layers find their input size at the first call.
            self.stack.run(torch.zeros(1, 1, problem.inputs), None, None, None)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores ``(B, V)`` or ``(B, T, V)`` of sequences ``(B, T, I)``."""
        whole = self.stack.run(x, None, None, None)
        return torch.as_tensor(self.dense(whole.last if self._once else whole.outputs))

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight, named as in the model files of tasks."""
        assert self.dense.bias is not None
        dense = {"dense/kernel": self.dense.kernel, "dense/bias": self.dense.bias}
        return {**stack_weights(self.stack), **dense}

    def to_tensors(self) -> Arrays:
        """Return a copy of every weight."""
        return {name: array_of(weight) for name, weight in self.named_weights().items()}

    def from_tensors(self, tensors: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Take over weights that `to_tensors` returned."""
        with torch.no_grad():
            for name, weight in self.named_weights().items():
                weight.copy_(torch.from_numpy(tensors[name]))


class ProblemLesson:
    """What a network learns from a problem: all cells see the same batches, which follow from the seed.

    Parameters
    ----------
    network
        On the CPU or wherever it is to learn.
    problem, config
        What, and how.
    """

    def __init__(self, network: ProblemNetwork, problem: Problem, config: ProblemConfig) -> None:
        self.network = network
        self.problem = problem
        self.updates_per_epoch = UPDATES
        self.epochs = config.train.epochs or 1.0
        self.words = Words(loss=problem.score_name, item=problem.item)
        self._batch, self._seed = config.train.batch_size, config.train.seed
        self._device = next(network.parameters()).device

    def loss(self, update: int) -> tuple[Tensor, int]:
        """Return the mean loss of a fresh batch, and its sequences."""
        x, target = self._draw(self._batch, _LEARNED, self._seed, update)
        return self.problem.loss(self.network(x), target), self._batch

    def validate(self) -> dict[str, float]:
        """Return the loss on sequences that are the same for every seed and cell."""
        return {"loss": self._scored(VALIDATED, _VALIDATED)[0]}

    def baseline(self) -> float:
        """Return the score of who remembers nothing, on the sequences of a validation."""
        return self.problem.baseline(self._draw(VALIDATED, _VALIDATED)[1].cpu().numpy())

    def score(self) -> tuple[float, float]:
        """Return the score on other ones, and the baseline's on the same."""
        return self._scored(SCORED, _SCORED)

    def weights(self) -> Arrays:
        """Return a copy of the weights."""
        return self.network.to_tensors()

    def capture(self) -> Arrays:
        """Return nothing: a batch follows from its number."""
        return {}

    def restore(self, carried: Arrays) -> None:
        """There is nothing to take back."""

    def looked_at(self, count: int) -> Tensor:
        """Return sequences ``(B, T, I)`` that were drawn for neither learning nor scores."""
        return self._draw(count, _LOOKED_AT)[0]

    def _scored(self, count: int, purpose: int) -> tuple[float, float]:
        training = self.network.training
        self.network.eval()
        try:
            x, target = self._draw(count, purpose)
            total = 0.0
            with torch.no_grad():
                for start in range(0, count, VALIDATED):
                    part = slice(start, start + VALIDATED)
                    loss = self.problem.loss(self.network(x[part]), target[part])
                    total += float(loss) * len(x[part])
            return total / count, self.problem.baseline(target.cpu().numpy())
        finally:
            self.network.train(training)

    def _draw(self, count: int, *seed: int) -> tuple[Tensor, Tensor]:
        x, target = self.problem.sample(count, np.random.default_rng(seed))
        return torch.from_numpy(x).to(self._device), torch.from_numpy(target).to(self._device)
