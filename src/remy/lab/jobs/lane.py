"""A network of a race with the trainer that trains it."""

from __future__ import annotations

import math
import time

import torch

from remy import ops
from remy.errors import DataError
from remy.inspect.flow import Flow
from remy.inspect.glance import Glance
from remy.lab.jobs.track import Track
from remy.lab.schemas.choices import CellName
from remy.training import Trainer, learning_rate


class Lane:
    """One cell with one seed.

    Lanes take turns in one process; everything random in each is as if it were alone, so each makes the same
    updates as its trainer would alone, to the last bit.

    Parameters
    ----------
    number
        Its place in the race.
    cell, seed
        Which.
    track
        What it learns from.

    Attributes
    ----------
    fault
        Why it has left the race; None as long as it is in it.
    """

    def __init__(self, number: int, cell: CellName, seed: int, track: Track) -> None:
        self.number, self.cell, self.seed = number, cell, seed
        self.fault: str | None = None
        self._track = track
        self._spent = 0.0
        self._since: float | None = None
        self._config = track.config(cell, seed).train
        torch.manual_seed(seed)
        self._lesson = track.lesson(track.config(cell, seed))
        self._trainer = Trainer(self._lesson, self._config, clock=self._clock)
        self._advancing = self._trainer.advance()
        self._random = torch.get_rng_state()
        self.parameters = sum(weight.numel() for weight in self._lesson.network.parameters())

    @property
    def made(self) -> int:
        """Updates so far."""
        return self._trainer.progress.update

    @property
    def runs(self) -> bool:
        """Whether there is an update to be made."""
        return self.fault is None and self.made < self._trainer.updates

    @property
    def seconds(self) -> float:
        """Time of its own updates."""
        return self._clock()

    @property
    def peak(self) -> float:
        """The highest learning rate; a change counts from the next update on."""
        return self._trainer.peak

    @peak.setter
    def peak(self, rate: float) -> None:
        self._trainer.peak = rate

    @property
    def rate(self) -> float:
        """The learning rate of the last update."""
        config, trainer = self._config, self._trainer
        return learning_rate(
            max(0, self.made - 1),
            updates=trainer.updates, peak=trainer.peak, warmup=config.warmup, final=config.final_lr,
        )  # fmt: skip

    def update(self) -> float:
        """Make one update and return its loss; one that is no number ends the lane."""
        torch.set_rng_state(self._random)
        self._since = time.perf_counter()
        try:
            loss = float(next(self._advancing))
        except DataError as error:  # of the validation after the last update
            self.fault = str(error)
            return math.nan
        finally:
            self._spent, self._since = self._clock(), None
            self._random = torch.get_rng_state()
        if not math.isfinite(loss):
            self.fault = (
                f"the loss is no longer a number at update {self.made}; lower the learning rate "
                f"(now {self.rate:g}) or the longest gradient (clip, now {self._config.clip:g})"
            )
        return loss

    def score(self) -> float:
        """Return the loss on what is held out; it changes nothing."""
        history = self._trainer.progress.history
        if history and history[-1]["update"] == self.made:
            return float(history[-1]["valid_loss"])
        return self._lesson.validate()["loss"]

    def flow(self) -> Flow:
        """Return how far the gradient of its last state reaches, on what is looked at; it changes nothing."""
        network = self._lesson.network
        glance, training = Glance(network), network.training
        network.eval()
        try:
            with torch.no_grad(), ops.watch(glance):
                self._track.read(network)
        finally:
            network.train(training)
        return glance.measure()[0].flow

    def _clock(self) -> float:
        return self._spent + (0.0 if self._since is None else time.perf_counter() - self._since)
