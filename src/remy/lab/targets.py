"""From what the page says was right to what a trained model of its task takes for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from remy.errors import DataError, UsageError

Words = str | tuple[str, ...]


def read_target(task: str, trained: Any, words: Words | None) -> Any:
    """Return what was right.

    Parameters
    ----------
    task
        Of the model.
    trained
        The estimator.
    words
        A label or several, tags, a text, or numbers in words; None where nothing is known.

    Raises
    ------
    UsageError
        If there are several where one is expected.
    DataError
        If what should be a number is none.
    """
    return None if words is None else _READERS[task](trained, words)


def _one(words: Words) -> str:
    if isinstance(words, str):
        return words
    if len(words) != 1:
        raise UsageError(f"target: expected one text, got {len(words)}")
    return words[0]


def _text(trained: Any, words: Words) -> str:
    return _one(words)


def _labels(trained: Any, words: Words) -> Any:
    model = trained._need("trace")
    if not model.multi_label:
        return _one(words)
    if isinstance(words, str):
        words = tuple(each.strip() for each in words.split(model.separator or "|"))
    return [each for each in words if each]


def _tags(trained: Any, words: Words) -> list[str]:
    return words.split() if isinstance(words, str) else list(words)


def _number(trained: Any, words: Words) -> float:
    [found] = _parsed((_one(words),))
    return found


def _numbers(trained: Any, words: Words) -> Any:
    """Return what came, ``(H,)``, of several targets ``(H, K)``."""
    found = np.array(_parsed(words.split(",") if isinstance(words, str) else words))
    count = len(trained._need("trace").model.scaler.columns.target)
    return found if count == 1 or len(found) % count else found.reshape(-1, count)


def _parsed(words: Any) -> list[float]:
    found = []
    for word in words:
        try:
            found.append(float(word))
        except ValueError:
            raise DataError(f"target: expected numbers such as 1.5, got '{word}'") from None
    return found


_READERS: Final[Mapping[str, Callable[[Any, Words], Any]]] = {
    "language_model": _text,
    "classifier": _labels,
    "regressor": _number,
    "tagger": _tags,
    "translator": _text,
    "captioner": _text,
    "forecaster": _numbers,
    "piano_roll": _text,
}
