"""The input that a model's file brings with it, as the page sends inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from remy.lab.schemas.choices import ColoursInput, Input, NumbersInput, PictureInput, TextInput, WordsInput


def beginning_of(header: Mapping[str, Any]) -> Input | None:
    """Return the golden example's input of a model file.

    Parameters
    ----------
    header
        As :func:`remy.io.model_file.read_header` returns it.

    Returns
    -------
    TextInput, WordsInput, NumbersInput, PictureInput or None
        None where there is no example, or it is longer than the page's inputs can be.

    Examples
    --------
    >>> beginning_of({"task": "language_model", "golden": {"prompt": "ROMEO:", "next": []}})
    TextInput(kind='text', text='ROMEO:')
    """
    golden, make = header["golden"], _MAKERS.get(header["task"])
    if golden is None or make is None:
        return None
    try:
        return make(golden)
    except (KeyError, TypeError, ValueError, ValidationError):
        return None


def _sequence(golden: Mapping[str, Any]) -> Input:
    given = golden["input"]
    if isinstance(given, str):
        return TextInput(kind="text", text=given)
    values = np.asarray(given, np.float64)
    return _numbers(values[:, None] if values.ndim == 1 else values)


def _shown(golden: Mapping[str, Any]) -> Input:
    """Return a picture, or the vector or grid of vectors that stands for one."""
    values = np.asarray(golden["source"], np.float64)
    if values.ndim < 3:
        return _numbers(np.atleast_2d(values))
    if values.shape[2] == 3:
        return ColoursInput(kind="colours", pixels=values.astype(int).tolist())
    ink = 1.0 - values.mean(axis=2) / 255.0
    return PictureInput(kind="picture", pixels=ink.round(3).tolist())


def _series(golden: Mapping[str, Any]) -> Input:
    parts = [np.asarray(golden[part], np.float64) for part in ("target", "known", "past")]
    return _numbers(np.concatenate([part.reshape(len(golden["times"]), -1) for part in parts], axis=1))


def _numbers(values: np.ndarray[Any, Any]) -> NumbersInput:
    return NumbersInput(kind="numbers", values=values.tolist())


_MAKERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Input]]] = {
    "language_model": lambda golden: TextInput(kind="text", text=golden["prompt"]),
    "classifier": _sequence,
    "regressor": _sequence,
    "tagger": lambda golden: WordsInput(kind="words", words=golden["words"]),
    "translator": lambda golden: TextInput(kind="text", text=golden["source"]),
    "captioner": _shown,
    "forecaster": _series,
    "piano_roll": _sequence,
}
