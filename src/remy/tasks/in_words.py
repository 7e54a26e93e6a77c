"""What was right of an input, in the words of a person: for ``remy inspect`` and the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from remy.errors import DataError, UsageError

#: One text, or several: labels, tags, numbers.
Words = str | Sequence[str]


def target_of(trained: Any, words: Words, *, what: str = "target") -> Any:
    """Return what was right as the ``subject`` of the model's task takes it.

    Parameters
    ----------
    trained
        What an estimator learned or loaded.
    words
        A text; a label, or several, with the model's separator between them where they are one text; tags
        between blanks; a number, or of a forecaster the numbers that came, with commas between them.
    what
        What a message calls it: ``--target``.

    Returns
    -------
    str, list of str, float or ndarray
        Of a forecaster ``(H,)``, of several targets ``(H, K)``.

    Raises
    ------
    UsageError
        If there are several where one is expected.
    DataError
        If what should be a number is none.

    Examples
    --------
    >>> import remy
    >>> model = remy.Regressor(units=2, epochs=1).fit([[[0.0]], [[1.0]]] * 8, [0.0, 1.0] * 8)
    >>> target_of(model._trained, "2.5")
    2.5
    """
    return _READERS[trained.model_file.task](trained, words, what)


def _one(words: Words, what: str) -> str:
    if isinstance(words, str):
        return words
    if len(words) != 1:
        raise UsageError(f"{what}: expected one text, got {len(words)}")
    return words[0]


def _text(trained: Any, words: Words, what: str) -> str:
    return _one(words, what)


def _labels(trained: Any, words: Words, what: str) -> Any:
    if not trained.multi_label:
        return _one(words, what)
    each = words.split(trained.separator or "|") if isinstance(words, str) else words
    return [label for label in map(str.strip, each) if label]


def _tags(trained: Any, words: Words, what: str) -> list[str]:
    return words.split() if isinstance(words, str) else list(words)


def _number(trained: Any, words: Words, what: str) -> float:
    found = _parsed(words, what)
    if len(found) != 1:
        raise DataError(f"{what}: expected one number, got {len(found)}")
    return found[0]


def _numbers(trained: Any, words: Words, what: str) -> Any:
    found = np.array(_parsed(words, what))
    count = len(trained.model.scaler.columns.target)
    return found if count == 1 or len(found) % count else found.reshape(-1, count)


def _parsed(words: Words, what: str) -> list[float]:
    found = []
    for word in words.split(",") if isinstance(words, str) else words:
        try:
            found.append(float(word))
        except ValueError:
            raise DataError(f"{what}: expected numbers such as 1.5, got '{word.strip()}'") from None
    return found


_READERS: Final[Mapping[str, Callable[[Any, Words, str], Any]]] = {
    "language_model": _text,
    "classifier": _labels,
    "regressor": _number,
    "tagger": _tags,
    "translator": _text,
    "captioner": _text,
    "forecaster": _numbers,
    "piano_roll": _text,
}
