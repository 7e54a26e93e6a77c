"""What a training run came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from remy.training.snapshot import Arrays


@dataclass(frozen=True)
class Outcome:
    """What a finished run came to.

    Attributes
    ----------
    reason
        Why it ended: ``"epochs"`` (all updates made), ``"patience"`` (early stopping) or ``"max_time"``.
    tensors
        The best weights, under their names in the model file.
    score
        What they were chosen by, as measured during training.
    update, updates
        When that was, and how many updates were made.
    seconds
        Training time of all sessions.
    items_per_second
        Items learned from, per second of this session, validations included.
    history
        One record a validation.
    """

    reason: str
    tensors: Arrays
    score: float
    update: int
    updates: int
    seconds: float
    items_per_second: float
    history: list[dict[str, Any]]
