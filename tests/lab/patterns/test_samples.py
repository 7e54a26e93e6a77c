"""From what the page sends to a row, with what is right for it and what may stand beside it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from remy.errors import UsageError
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.kinds import ICONS, SOUNDS, SYLLABLES, TAGS, VOWELS, Kind, task_of
from remy.lab.patterns.samples import Bound, bind
from remy.lab.schemas.patterns import PatternRunAsked
from tests.lab.patterns import tiny

GOLDEN = {"input": np.ones((7, 12)).tolist(), "scores": []}


def bound(kind: Kind, given: dict[str, Any], right: str | None = None) -> Bound:
    """Bind what a page would send."""
    asked = PatternRunAsked.model_validate({"model": kind.id, "input": given, "right": right})
    return bind(kind, task_of(kind)(tiny.model(kind.id)), GOLDEN, asked)


def text(words: str) -> dict[str, str]:
    return {"kind": "text", "text": words}


def test_a_sample_is_known_another_word_is_not_and_what_is_given_wins() -> None:
    known = bound(SYLLABLES, text(" Banana "))
    assert (known.row.x, known.row.right, known.right_is) == ("banana", "3", "known")
    unknown = bound(SYLLABLES, text("ban"))
    assert (unknown.row.right, unknown.right_is) == ("", "its own answer")
    given = bound(SYLLABLES, text("banana"), right=" 2 ")
    assert (given.row.right, given.right_is) == ("2", "given")


def test_sounds_are_given_in_any_letters() -> None:
    assert bound(SOUNDS, text("pat"), right="p  ae t").row.right == "P AE T"


def test_a_sample_never_stands_beside_itself() -> None:
    assert "banana" not in [each.x for each in bound(SYLLABLES, text("banana")).others]
    assert "banana" in [each.x for each in bound(SYLLABLES, text("ban")).others]


def test_marks_that_are_typed_are_right_and_without_any_the_model_says() -> None:
    typed = bound(TAGS, text("Past, is past."))
    assert typed.row.x == ("past", "is", "past")
    assert (typed.row.right, typed.right_is) == ((",", "none", "."), "given")
    assert bound(TAGS, text("past is past")).row.right == ()
    assert bound(TAGS, text("Good night, good night!")).right_is == "known"
    assert all(each.right for each in typed.others)


def test_a_drawing_that_is_a_sample_is_known_as_such() -> None:
    picture = drawn("heart", tiny.SIDE)
    known = bound(ICONS, {"kind": "picture", "pixels": picture.tolist()})
    assert (known.row.title, known.row.right, known.right_is) == ("heart", "heart", "known")
    assert len(known.others) == len(SHAPES) - 1
    np.testing.assert_array_equal(known.row.x[:, :, 0], 255 * (1 - picture))
    picture[3, 3] ^= 1
    own = bound(ICONS, {"kind": "picture", "pixels": picture.tolist()})
    assert (own.row.title, own.row.right, own.right_is) == ("your drawing", "", "its own answer")


def test_the_only_recording_stands_beside_its_own_first_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remy.lab.patterns.recordings._archive", lambda data: None)
    found = bound(VOWELS, {"kind": "recording"})
    assert len(found.row.x) == 7
    [half] = found.others
    assert len(half.x) == 3
    assert "first 3 steps" in half.title


def test_a_recording_is_cut_where_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remy.lab.patterns.recordings._archive", lambda data: None)
    found = bound(VOWELS, {"kind": "recording", "steps": 5}, right="4")
    assert len(found.row.x) == 5
    assert found.row.title.endswith("the first 5 of them")
    assert (found.row.right, found.others[0].right) == ("4", "4")
    assert len(bound(VOWELS, {"kind": "recording", "steps": 900}).row.x) == 7


def test_a_recording_that_is_not_there_and_an_input_of_another_kind_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("remy.lab.patterns.recordings._archive", lambda data: None)
    with pytest.raises(UsageError, match="expected one of 1 recordings, 0 to 0, got 3"):
        bound(VOWELS, {"kind": "recording", "number": 3})
    with pytest.raises(UsageError, match="'syllables' reads a text, got a recording"):
        bound(SYLLABLES, {"kind": "recording"})
