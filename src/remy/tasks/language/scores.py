"""Scores of a language model, as dictionaries that JSON can hold."""

from __future__ import annotations

import math
from typing import Any


def score_record(nats: float, *, characters: int | None = None, dropped: int | None = None) -> dict[str, Any]:
    """Return nats and bits per character, with the number of characters where it is known.

    Examples
    --------
    >>> score_record(math.log(2.0))
    {'nats_per_character': 0.6931471805599453, 'bits_per_character': 1.0}
    """
    record: dict[str, Any] = {"nats_per_character": nats, "bits_per_character": nats / math.log(2.0)}
    if characters is not None:
        record["characters"] = characters
    if dropped is not None:
        record["dropped"] = dropped
    return record
