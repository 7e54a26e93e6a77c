"""Checks of layer options, each with the words of the layer it serves."""

from __future__ import annotations

import operator

from remy.errors import UsageError


def at_least_one(layer: str, name: str, value: int) -> int:
    """Return `value` if it is a whole number of at least 1, else raise a `UsageError`."""
    try:
        whole = 0 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        whole = 0
    if whole < 1:
        raise UsageError(f"{layer}: expected {name} of at least 1, got {value!r}.")
    return whole


def share(layer: str, name: str, value: float) -> float:
    """Return `value` if it lies from 0 to 1, else raise a `UsageError`."""
    if not 0.0 <= value <= 1.0:
        raise UsageError(f"{layer}: expected {name} from 0 to 1, got {value!r}.")
    return float(value)


def only(layer: str, name: str, value: str, allowed: str, remedy: str) -> str:
    """Return `value` if it is the one the kernels have, else raise a `UsageError` with the way out."""
    if value != allowed:
        raise UsageError(f"{layer}: expected {name} '{allowed}', got '{value}'; {remedy}.")
    return value
