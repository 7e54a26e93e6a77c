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
    nats
        Their validation loss in nats per character, as measured during training.
    update, updates
        When that was, and how many updates were made.
    seconds
        Training time of all sessions.
    characters_per_second
        Characters learned from, per second of this session, validations included.
    history
        One record a validation.
    """

    reason: str
    tensors: Arrays
    nats: float
    update: int
    updates: int
    seconds: float
    characters_per_second: float
    history: list[dict[str, Any]]
