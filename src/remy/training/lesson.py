"""What a network learns from: the batch of every update, its loss, and the score on what is held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch

from remy.training.snapshot import Arrays

#: Scores of which more is better; of all others, losses among them, less is.
MORE_IS_BETTER = frozenset(
    {"accuracy", "bleu", "chrf", "exact_match", "macro_f1", "micro_f1", "span_f1", "word_f1"}
)


@dataclass(frozen=True)
class Words:
    """How a run's loss and speed are called: ``"nats/char"`` and ``"char"``."""

    loss: str
    item: str


class Lesson(Protocol):
    """A network and what it learns from.

    Everything an update does follows from its number, the seed and torch's generator, and from what `capture`
    returns, so that a run goes on from a checkpoint as if it had never stopped.
    """

    @property
    def network(self) -> torch.nn.Module:
        """What learns, on its device."""

    @property
    def updates_per_epoch(self) -> int:
        """The same in every epoch."""

    @property
    def epochs(self) -> float:
        """How many are meant where nobody says."""

    @property
    def words(self) -> Words:
        """How things are called."""

    def loss(self, update: int) -> tuple[torch.Tensor, int]:
        """Return the mean loss of the batch of an update, and how many items it is the mean of."""

    def validate(self) -> dict[str, float]:
        """Return the scores on what is held out, ``loss`` among them; no random number is drawn."""

    def weights(self) -> Arrays:
        """Return a copy of the network's weights under their names in the model file."""

    def capture(self) -> Arrays:
        """Return what is carried from update to update."""

    def restore(self, carried: Arrays) -> None:
        """Take back what `capture` returned."""
