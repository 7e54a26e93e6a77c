"""Questions that cannot be answered are refused in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from remy.errors import RemyError
from tests.lab import trained
from tests.lab.scenes.asking import ask_trace

FRESH = {"kind": "fresh", "units": 4}
TEXT = {"kind": "text", "text": "HELL"}
WORDS = {"kind": "words", "words": ["the", "fish"]}
NOISE = {"kind": "noise", "steps": 4}
PICTURE = {"kind": "picture", "pixels": [[0.0, 1.0]]}


def numbers(*rows: list[float]) -> dict[str, Any]:
    return {"kind": "numbers", "values": list(rows)}


def hold(name: str, **more: Any) -> dict[str, Any]:
    return {"holds": [{"name": name, "value": 0.0, **more}]}


@pytest.mark.parametrize(
    ("model", "given", "more", "said"),
    [
        (
            "letters-lstm-63",
            TEXT,
            {},
            "model: there is no 'letters-lstm-63'; did you mean 'letters-lstm-64'?",
        ),
        ("run:../letters", TEXT, {}, "model: 'run:../letters' is not in "),
        ("run:broken", TEXT, {}, "broken/model.safetensors: not a safetensors file"),
        ("run:tags", TEXT, {}, "input: 'run:tags' is a tagger that reads words, got a text"),
        ("run:letters", WORDS, {}, "input: 'run:letters' is a language_model that reads a text, got words"),
        ("run:shapes", NOISE, {}, "input: 'run:shapes' is a captioner that reads a picture, got noise"),
        ("run:ways", PICTURE, {}, "input: 'run:ways' is a classifier that reads numbers, got a picture"),
        (
            FRESH,
            WORDS,
            {},
            "input: a network that has learned nothing reads a text, noise or numbers, got words",
        ),
        (FRESH, PICTURE, {}, "reads a text, noise or numbers, got a picture"),
        (
            "run:letters",
            {"kind": "text", "text": "HE€L"},
            {},
            "vocabulary of 25: '€' (the first at position 2)",
        ),
        (FRESH, {"kind": "text", "text": "HE€L"}, {}, "vocabulary of 25: '€' (the first at position 2)"),
        (
            "run:ways",
            numbers([1, 2], [3]),
            {},
            "as many numbers in every step, got 2 in step 0 and 1 in step 1",
        ),
        ("run:ways", numbers([]), {}, "input.values: expected numbers in every step, got none in step 0"),
        ("run:ways", numbers([1, 2, 3]), {}, "'run:ways' reads 2 numbers a step, got 3"),
        ("run:days", numbers([1, 2]), {}, "'run:days' reads 1 numbers a step, got 2: y"),
        ("run:days", numbers([1.0]), {}, "the model reads 8 steps of the past, got 1"),
        ("run:chords", numbers([0.5] * 88), {}, "expected 0 or 1 for every key of x"),
        (FRESH, numbers([0.5] * 257), {}, "input: expected at most 256 numbers a step, got 257"),
        (
            "run:letters",
            TEXT,
            {"target": "ELL"},
            "expected a target of 4 characters, one for each that is read, got 3",
        ),
        (
            FRESH,
            TEXT,
            {"target": "ELL"},
            "target: expected 'next' or 4 characters, one for each that is read, got 3",
        ),
        (FRESH, TEXT, {"target": "ELL€"}, "target: the text has characters outside"),
        (
            "run:letters",
            {"kind": "text", "text": "H"},
            {"target": "next"},
            "'next' needs a text of 2 characters or more",
        ),
        (
            FRESH,
            {"kind": "text", "text": "H"},
            {"target": "next"},
            "'next' needs a text of 2 characters or more, got 1",
        ),
        (
            "run:letters",
            TEXT,
            {"target": "next", "at": 3},
            "at: expected -3 to 2, as what follows the last character",
        ),
        (
            FRESH,
            TEXT,
            {"target": "next", "at": -4},
            "at: expected -3 to 2, as what follows the last character",
        ),
        (
            FRESH,
            NOISE,
            {"target": "next"},
            "target: of noise, expected 'last', which is the last state, or null; got",
        ),
        (
            FRESH,
            NOISE,
            {"target": "last", "at": 2},
            "at=2 needs an answer at every step; this model gives one",
        ),
        ("run:reviews", TEXT, {"target": "wonderful"}, "'wonderful' is not one of the training data"),
        ("run:reviews", TEXT, {"target": ["good", "bad"]}, "target: expected one text, got 2"),
        (
            "run:heights",
            numbers([1, 2]),
            {"target": "high"},
            "target: expected numbers such as 1.5, got 'high'",
        ),
        ("run:tags", WORDS, {"target": "DET"}, "expected 2 tags as the target, one a word, got 1"),
        (
            "run:tags",
            WORDS,
            {"target": ["DET", "NUON"]},
            "the tag 'NUON' is not one of the training data; did you mean",
        ),
        (
            "run:chords",
            numbers([0] * 88),
            {"target": "last"},
            "expected the target 'next' or a piano roll, got 'last'",
        ),
        (
            "run:days",
            numbers(*[[1.0]] * 9),
            {"target": "1,2,3,4"},
            "a target of shape (H, K) with H from 1 to 3",
        ),
        (
            "run:letters",
            TEXT,
            hold("update"),
            "override: expected one of input, forget, candidate, output, hidden, cell",
        ),
        ("run:letters", TEXT, hold("forget", steps=[4]), "step: expected 0 to 3, got 4"),
        ("run:letters", TEXT, hold("forget", units=[8]), "unit: expected 0 to 7 in rnn_0, got 8"),
        ("run:letters", TEXT, hold("forget", layer="rnn_1"), "override: there is no layer 'rnn_1'"),
        ("run:letters", TEXT, hold("forget", direction="backward"), "there is no layer 'backward'"),
        (
            "run:letters",
            TEXT,
            hold("forget", steps=[]),
            "override: expected some steps for 'forget', got none",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(
    model: Any, given: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    with pytest.raises(RemyError) as refused:
        ask_trace(model, given, **more)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_more_states_than_a_page_can_show_are_refused_at_once() -> None:
    large = {"kind": "fresh", "units": 256, "layers": 8}
    with pytest.raises(
        RemyError, match="expected at most 1,000,000 states, got 2,048,000: steps times units"
    ):
        ask_trace(large, {"kind": "noise", "steps": 1000})


def test_a_run_needs_a_folder_that_was_opened() -> None:
    from remy.lab.library import Library

    with pytest.raises(RemyError, match="the lab was opened without any: remy lab RUN"):
        Library(shipped=trained.shipped()).load("run:letters")
