"""What is said of a question that is none."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import Discriminator, Field
from starlette.exceptions import HTTPException

from remy.lab.asking import read_asked
from remy.lab.schemas.base import Asked

TEXT = {"kind": "text", "text": "HELL"}
FRESH = {"kind": "fresh", "cell": "gru", "units": 3}


class Text(Asked):
    kind: Literal["text"]
    text: str = Field(min_length=1, max_length=1000)


class Words(Asked):
    kind: Literal["words"]
    words: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1, max_length=1000)


class Numbers(Asked):
    kind: Literal["numbers"]
    values: tuple[tuple[Annotated[float, Field(le=10)], ...], ...]


class Trained(Asked):
    kind: Literal["trained"]
    id: str


class Fresh(Asked):
    kind: Literal["fresh"]
    cell: Literal["simple_rnn", "lstm", "gru"]
    units: int = Field(ge=1)
    residual: bool = False


class Hold(Asked):
    name: Literal["forget", "input"]
    value: float


class Question(Asked):
    model: Annotated[Trained | Fresh, Discriminator("kind")]
    input: Annotated[Text | Words | Numbers, Discriminator("kind")]
    target: str | tuple[str, ...] | None = None
    at: int | None = None
    holds: tuple[Hold, ...] = ()


def sentence(body: bytes) -> str:
    with pytest.raises(HTTPException) as refused:
        read_asked(Question, body, name="trace")
    assert refused.value.status_code == 422
    return refused.value.detail


def test_a_question_that_makes_sense_is_read() -> None:
    asked = read_asked(Question, json.dumps({"model": FRESH, "input": TEXT}).encode(), name="trace")
    assert asked.input == Text(kind="text", text="HELL")
    assert asked.model == Fresh(kind="fresh", cell="gru", units=3)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"input": {"kind": "text", "text": ""}},
            "input.text: expected at least 1 character, got an empty text",
        ),
        (
            {"input": {"kind": "text", "text": "a" * 1200}},
            "input.text: expected at most 1,000 characters, got 1,200",
        ),
        ({"input": {"kind": "text"}}, "input.text: expected a value, got nothing"),
        ({"input": {**TEXT, "foo": 1}}, "input.foo: expected no field of this name, got 1"),
        ({"input": {"text": "a"}}, "input.kind: expected the name of a kind, got nothing"),
        (
            {"input": {"kind": "txt", "text": "a"}},
            "input.kind: expected one of text, words, numbers, got \"txt\"; did you mean 'text'?",
        ),
        (
            {"input": {"kind": "words", "words": ["a", ""]}},
            "input.words[1]: expected at least 1 character, got an empty text",
        ),
        ({"input": {"kind": "words", "words": []}}, "input.words: expected at least 1 item, got 0"),
        (
            {"input": {"kind": "words", "words": ["a"] * 1001}},
            "input.words: expected at most 1,000 items, got 1,001",
        ),
        ({"input": {"kind": "words", "words": "abc"}}, 'input.words: expected a list, got "abc"'),
        ({"input": 5}, "input: expected an object, got 5"),
        (
            {"input": {"kind": "numbers", "values": [[1, float("nan")]]}},
            "input.values[0][1]: expected a finite number, got NaN",
        ),
        (
            {"input": {"kind": "numbers", "values": [[0, 1234567.5]]}},
            "input.values[0][1]: expected at most 10, got 1234567.5",
        ),
        ({"model": {**FRESH, "units": 0}}, "model.units: expected at least 1, got 0"),
        ({"model": {**FRESH, "units": 1.5}}, "model.units: expected a whole number, got 1.5"),
        (
            {"model": {**FRESH, "cell": "lstn"}},
            "model.cell: expected one of simple_rnn, lstm, gru, got \"lstn\"; did you mean 'lstm'?",
        ),
        ({"model": {**FRESH, "residual": 3}}, "model.residual: expected true or false, got 3"),
        ({"model": {"kind": "trained", "id": {}}}, "model.id: expected a text, got an object"),
        ({"target": 5}, "target: expected a text or a list, got 5"),
        ({"target": ["a", 5]}, "target[1]: expected a text, got 5"),
        ({"hods": []}, "hods: expected no field of this name, got a list of 0"),
        ({"holds": [{"name": "forget"}]}, "holds[0].value: expected a value, got nothing"),
        ({"at": "x" * 99}, f'at: expected a whole number, got "{"x" * 56}...'),
    ],
)
def test_a_fault_is_said_with_its_place_in_one_sentence(changed: dict[str, Any], expected: str) -> None:
    asked = {"model": FRESH, "input": TEXT, **changed}
    assert sentence(json.dumps(asked).encode()) == f"trace: {expected}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "expected JSON, got something else: EOF while parsing a value at line 1 column 0"),
        (b'{"model":', "expected JSON, got something else: EOF while parsing a value at line 1 column 9"),
        (b"\xff", "expected JSON, got something else: expected value at line 1 column 1"),
        (b"[]", "expected an object, got a list of 0"),
        (b"[" * 100_000, "expected JSON, got something else: recursion limit exceeded"),
    ],
)
def test_a_body_that_is_no_object_is_said_to_be_none(body: bytes, expected: str) -> None:
    assert sentence(body).startswith(f"trace: {expected}")


def test_a_field_that_is_named_like_the_kind_is_told_from_it() -> None:
    body = {"model": FRESH, "input": {"kind": "words", "words": ["a", 7]}}
    assert sentence(json.dumps(body).encode()) == "trace: input.words[1]: expected a text, got 7"
