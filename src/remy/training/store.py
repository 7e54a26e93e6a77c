"""Where a training run keeps what it makes."""

from __future__ import annotations

from typing import Any, Protocol

from remy.training.checkpoint import Checkpoint
from remy.training.snapshot import Arrays


class Store(Protocol):
    """Where a run keeps what it makes; each call replaces what was there, wholly or not at all."""

    def save_best(self, tensors: Arrays, score: float, update: int) -> None:
        """Keep the weights of the best validation so far."""

    def save_history(self, history: list[dict[str, Any]]) -> None:
        """Keep the records of all validations."""

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep everything that is needed to go on."""


class Forgetful:
    """A store that keeps nothing."""

    def save_best(self, tensors: Arrays, score: float, update: int) -> None:
        """Drop `tensors`."""

    def save_history(self, history: list[dict[str, Any]]) -> None:
        """Drop `history`."""

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Drop `checkpoint`."""
