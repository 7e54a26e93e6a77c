"""What a person types for a model, and inputs as they would be typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy.data.piano_roll import KEY_NAMES
from remy.errors import DataError, UsageError, nearest
from remy.lab.schemas.choices import MOST_STEPS, Input, NumbersInput, TextInput, WordsInput
from remy.lab.schemas.models import ModelCard

#: A frame in which no key sounds.
REST: Final = "rest"

_BETWEEN = re.compile(r"[\s,;]+")
_BETWEEN_CELLS = re.compile(r"\s*[,;\t]\s*|\s+")
_FLATS: Final = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


def typing_of(card: ModelCard) -> str:
    """Return a sentence on how an input of the model is typed."""
    if card.takes == "text":
        unit = "character" if card.task == "language_model" else "token"
        return f"A text; each {unit} of it is a step."
    if card.takes == "words":
        return "A sentence; words stand between blanks, and each is a step."
    if card.takes == "picture":
        return f"Upload a picture; the model reads {card.picture} by {card.picture} pixels of it."
    if card.task == "piano_roll":
        return f"A line for each frame, with the keys that sound, such as C4 E4 G4, or {REST}."
    if card.task == "captioner":
        return f"A line for each vector, {card.features} numbers in it."
    what = "A line for each step" if card.features != 1 else "A number for each step"
    return f"{what}, {card.features} numbers in it." if card.features != 1 else f"{what}."


def read_typed(card: ModelCard, text: str) -> tuple[Input, tuple[str, ...]]:
    """Return the input that a text means for a model, and what was left out of it, a sentence each.

    Raises
    ------
    DataError
        If there is nothing in it, or a line is no line of such an input; the line is named.
    UsageError
        If the model reads pictures.
    """
    if card.takes == "picture":
        raise UsageError(f"input: '{card.id}' reads pictures, which are uploaded rather than typed")
    if card.takes == "text":
        found = text.replace("\r\n", "\n")
        if not found:
            raise DataError("input: expected a text with at least one character, got an empty one")
        return TextInput(kind="text", text=found[:MOST_STEPS]), cut_note(len(found), "characters")
    if not text.strip():
        raise DataError(f"input: expected {_expected(card)}, got {'blanks' if text else 'an empty text'}")
    if card.takes == "words":
        words = text.split()
        kept = tuple(word[:100] for word in words[:MOST_STEPS])
        return WordsInput(kind="words", words=kept), cut_note(len(words), "words")
    rows = _frames(text) if card.task == "piano_roll" else _rows(text, card.features)
    return numbers_input(rows), cut_note(len(rows), "steps")


def as_typed(card: ModelCard, given: Input) -> str | None:
    """Return how a person would type an input; None of a picture.

    Examples
    --------
    >>> as_typed(None, WordsInput(kind="words", words=("a", "bank")))
    'a bank'
    """
    if isinstance(given, TextInput):
        return given.text
    if isinstance(given, WordsInput):
        return " ".join(given.words)
    if not isinstance(given, NumbersInput):
        return None
    if card.task == "piano_roll":
        return "\n".join(chord_of(frame) for frame in given.values)
    return "\n".join(", ".join(map(_number, row)) for row in given.values)


def numbers_input(rows: NDArray[Any] | Sequence[Sequence[float]]) -> NumbersInput:
    """Return rows as an input, as many as one may have.

    Numbers of float32 become those that their shortest decimals mean: 0.1, not 0.10000000149.
    """
    kept = rows[:MOST_STEPS]
    if isinstance(kept, np.ndarray):
        single = kept.dtype == np.float32
        kept = [[float(str(value)) for value in row] for row in kept] if single else kept.tolist()
    return NumbersInput(kind="numbers", values=tuple(map(tuple, kept)))


def cut_note(count: int, what: str, *, more: bool = False) -> tuple[str, ...]:
    """Return a sentence where an input of so many steps, or `more`, is cut; nothing where it is not."""
    if count <= MOST_STEPS:
        return ()
    counted = f"{'more than ' if more else ''}{count:,}"
    return (f"Only the first {MOST_STEPS:,} of {counted} {what} are read.",)


def chord_of(frame: Sequence[float]) -> str:
    """Return the names of the keys that sound in a frame (88,)."""
    return " ".join(KEY_NAMES[key] for key, sounds in enumerate(frame) if sounds) or REST


def _frames(text: str) -> list[list[float]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = _BETWEEN.split(line.strip())
        frame = [0.0] * len(KEY_NAMES)
        if words == [""] and number == len(text.splitlines()):
            continue
        for word in words if words not in ([""], [REST]) else ():
            frame[_key(word, number)] = 1.0
        found.append(frame)
    return found


def _key(word: str, line: int) -> int:
    name = word[:1].upper() + word[1:]
    name = _FLATS.get(name[:2], name[:2]) + name[2:]
    if name not in KEY_NAMES:
        raise DataError(
            f"input: line {line}: expected names of keys such as C4 or F#3, from A0 to C8, or {REST}, "
            f"got '{word}'{nearest(name, KEY_NAMES)}"
        )
    return KEY_NAMES.index(name)


def _rows(text: str, features: int | None) -> list[list[float]]:
    """Return rows of so many numbers; where a step is one number, lines do not matter."""
    found = [
        _numbers(line.strip(), number)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]
    if features == 1:
        return [[value] for row in found for value in row]
    numbered = [number for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    for number, row in zip(numbered, found, strict=True):
        if features is not None and len(row) != features:
            raise DataError(
                f"input: line {number}: expected {features} numbers, one a feature, got {len(row)}"
            )
    return found


def _numbers(line: str, number: int) -> list[float]:
    found = []
    for cell in _BETWEEN_CELLS.split(line.rstrip(",; ")):
        try:
            value = float(cell)
        except ValueError:
            value = float("nan")
        if not abs(value) < float("inf"):
            raise DataError(f"input: line {number}: expected finite numbers such as 0.5, got '{cell[:40]}'")
        found.append(value)
    return found


def _number(value: float) -> str:
    return f"{value:.15g}"


def _expected(card: ModelCard) -> str:
    return {"words": "words"}.get(card.takes, "lines of numbers" if card.task != "piano_roll" else "keys")
