"""Learning from records of their own lengths, in batches of similar length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from remy.config import BatchTrainConfig
from remy.data.batches import Batches, Indices
from remy.models.network import Network
from remy.training.lesson import Words
from remy.training.snapshot import Arrays


def batches_of(lengths: Sequence[int], train: BatchTrainConfig) -> Batches:
    """Return the batches of records of some lengths, as `train` wants them."""
    return Batches(lengths, batch_size=train.batch_size, batch_tokens=train.batch_tokens, seed=train.seed)


@dataclass
class BatchLesson:
    """What a network learns from, where records do not depend on each other.

    Attributes
    ----------
    network
        Already on its device, with fresh weights.
    batches
        Which records come together.
    loss_of
        From the places of a batch's records to their mean loss, and how many items it is the mean of.
    scores
        The scores on what is held out, ``loss`` among them.
    epochs
        How many are meant where nobody says.
    words
        How loss and items are called.
    """

    network: Network
    batches: Batches
    loss_of: Callable[[Indices], tuple[torch.Tensor, int]]
    scores: Callable[[], dict[str, float]]
    epochs: float
    words: Words
    _epoch: tuple[int, list[Indices]] | None = field(default=None, init=False, repr=False)

    @property
    def updates_per_epoch(self) -> int:
        """One a batch."""
        return len(self.batches)

    def loss(self, update: int) -> tuple[torch.Tensor, int]:
        """Return the mean loss of a batch, and of how many items it is the mean."""
        epoch, place = divmod(update, len(self.batches))
        if self._epoch is None or self._epoch[0] != epoch:
            self._epoch = (epoch, self.batches.epoch(epoch))
        return self.loss_of(self._epoch[1][place])

    def validate(self) -> dict[str, float]:
        """Return the scores on what is held out; the network's mode is as before afterwards."""
        training = self.network.training
        self.network.eval()
        try:
            with torch.no_grad():
                return self.scores()
        finally:
            self.network.train(training)

    def weights(self) -> Arrays:
        """Return a copy of the network's weights."""
        return self.network.to_tensors()

    def capture(self) -> Arrays:
        """Return nothing: a batch follows from its number."""
        return {}

    def restore(self, carried: Arrays) -> None:
        """There is nothing to take back."""
