"""From what the page says was right to what a trained model of its task takes for it."""

from __future__ import annotations

from typing import Any

from remy.tasks.in_words import Words, target_of

__all__ = ["Words", "read_target"]


def read_target(trained: Any, words: Words | None) -> Any:
    """Return what was right; None where nothing is known.

    Parameters
    ----------
    trained
        The estimator.
    words
        As :func:`remy.tasks.in_words.target_of` takes them, and raises what it raises.
    """
    return None if words is None else target_of(trained._need("trace"), words)
