"""What a pattern can begin with, and what the page sends, as rows that a task reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from remy.errors import UsageError
from remy.lab.inputs import picture_of
from remy.lab.patterns import kinds
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.kinds import Kind
from remy.lab.patterns.marks import words_and_marks
from remy.lab.patterns.recordings import recordings
from remy.lab.patterns.task import Row
from remy.lab.schemas.choices import PictureInput, TextInput
from remy.lab.schemas.patterns import PatternRunAsked, RecordingInput

RightIs = Literal["given", "known", "its own answer"]
_KINDS = {"text": "a text", "picture": "a picture", "recording": "a recording"}


@dataclass(frozen=True)
class Bound:
    """The person's input among what is known.

    Attributes
    ----------
    row
        The input; its `right` is empty where nobody knows it.
    right_is
        Who says what is right.
    others
        Rows that may stand beside it.
    """

    row: Row
    right_is: RightIs
    others: Sequence[Row]


def bind(kind: Kind, task: Any, golden: Any, asked: PatternRunAsked) -> Bound:
    """Return what was asked about as a row, with the samples of its kind beside it.

    Parameters
    ----------
    kind, task
        Of the model.
    golden
        The example in the model's file.
    asked
        The question.

    Raises
    ------
    UsageError
        If the model reads another kind of input.
    DataError
        If there is nothing in the input.
    """
    given = asked.input
    if given.kind != kind.takes:
        raise UsageError(f"patterns: '{kind.id}' reads {_KINDS[kind.takes]}, got {_KINDS[given.kind]}")
    known = known_rows(kind, task, golden)
    if isinstance(given, TextInput):
        return _of_text(kind, given.text, asked.right, known)
    if isinstance(given, PictureInput):
        pixels = picture_of(given, size=task.size, channels=task.channels)
        same = next((each for each in known if np.array_equal(each.x, pixels)), None)
        return _bound(Row("your drawing", pixels, ""), asked.right, same, known)
    return _of_recording(given, asked.right, known)


def known_rows(kind: Kind, task: Any, golden: Any) -> list[Row]:
    """Return the samples, each with what is right where that is known."""
    if kind.takes == "picture":
        return [Row(name, as_pixels(drawn(name, task.size), task.channels), name) for name in SHAPES]
    if kind.takes == "recording":
        return [Row(each.name, each.values, each.right) for each in recordings(kind.data, golden)]
    return [_text_row(kind, text, right) for text, right in kind.samples.items()]


def as_pixels(ink: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Return ink (P, P), 1 where there is some, as a picture (P, P, channels) in black on white."""
    return np.repeat(255 * (1 - ink[:, :, None]), channels, axis=2).astype(np.uint8)


def _text_row(kind: Kind, text: str, right: str | None) -> Row:
    if kind is kinds.TAGS:
        words, marks = words_and_marks(text)
        return Row(" ".join(words), words, marks or ())
    word = " ".join(text.lower().split())
    return Row(word, word, right or "")


def _of_text(kind: Kind, text: str, right: str | None, known: Sequence[Row]) -> Bound:
    row = _text_row(kind, text, None)
    same = next((each for each in known if each.x == row.x), None)
    if kind is kinds.TAGS:
        # What is right is typed with the words; of the samples it is known.
        known_so = same is not None and same.right == row.right
        others = [each for each in known if each is not same and each.right]
        return Bound(row, "known" if known_so else "given", others)
    if kind is kinds.SOUNDS and right is not None:
        right = right.upper()
    return _bound(row, right, same, known)


def _of_recording(given: RecordingInput, right: str | None, known: Sequence[Row]) -> Bound:
    if given.number >= len(known):
        raise UsageError(
            f"patterns: expected one of {len(known)} recordings, 0 to {len(known) - 1}, got {given.number}"
        )
    whole = known[given.number]
    steps = min(given.steps or len(whole.x), len(whole.x))
    title = whole.title if steps == len(whole.x) else f"{whole.title}, the first {steps} of them"
    found = _bound(Row(title, whole.x[:steps], ""), right, whole, known)
    if found.others:
        return found
    half = max(1, steps // 2)
    beside = Row(f"the first {half} steps of the same", whole.x[:half], found.row.right)
    return Bound(found.row, found.right_is, [beside])


def _bound(row: Row, right: str | None, same: Row | None, known: Sequence[Row]) -> Bound:
    """Return the row with what the person, or else the same sample, says is right."""
    others = [each for each in known if each is not same]
    if right is not None and right.strip():
        return Bound(Row(row.title, row.x, " ".join(right.split())), "given", others)
    if same is None or not same.right:
        return Bound(row, "its own answer", others)
    title = row.title if same.right != same.title else same.title
    return Bound(Row(title, row.x, same.right), "known", others)
