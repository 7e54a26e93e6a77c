"""Checks of layer options, each with the words of the layer it serves."""

from __future__ import annotations

from remy.errors import UsageError


def at_least_one(layer: str, name: str, value: int) -> int:
    """Return `value` if it is a whole number of at least 1, else raise a `UsageError`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise UsageError(f"{layer}: expected {name} of at least 1, got {value!r}.")
    return value


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
