"""Reading a question, and saying in one sentence what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from starlette.exceptions import HTTPException

from remy.errors import nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from starlette.requests import Request

    from remy.lab.schemas.base import Asked

    Question = TypeVar("Question", bound=Asked)

#: Of what came, so much is quoted.
_MOST_QUOTED = 60


def expect_json(request: Request, *, name: str) -> None:
    """Refuse a body of another type: a form of a foreign page can send text, but not JSON.

    Raises
    ------
    HTTPException
        With status 415.
    """
    found = request.headers.get("content-type", "nothing").partition(";")[0].strip().lower()
    if found != "application/json":
        raise HTTPException(415, f"{name}: expected a body of type application/json, got {found}")


def read_asked(kind: type[Question], body: bytes, *, name: str) -> Question:
    """Read the body of a request.

    Parameters
    ----------
    kind
        The record that it has to be.
    body
        JSON.
    name
        What is asked, to begin the sentence with: ``trace``.

    Returns
    -------
    Asked
        The record.

    Raises
    ------
    HTTPException
        With status 422 and one sentence if it is something else.
    """
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422, f"{name}: {describe(error, body)}") from error


def describe(error: ValidationError, body: bytes) -> str:
    """Say what was expected where, and what came; of many faults the first.

    Examples
    --------
    >>> from remy.lab.schemas.trace import TraceAsked
    >>> body = b'{"model": {"kind": "fresh"}, "input": {"kind": "text", "text": ""}}'
    >>> try:
    ...     TraceAsked.model_validate_json(body)
    ... except ValidationError as error:
    ...     print(describe(error, body))
    input.text: expected at least 1 character, got an empty text
    """
    faults = error.errors(include_url=False)
    first = faults[0]
    if first["type"] == "json_invalid":
        return f"expected JSON, got something else: {first['ctx']['error']}"
    asked = json.loads(body)
    places = [_place(fault, asked) for fault in faults]
    # A value that may be one of several things has a fault for each of them: the deepest knows most.
    around = places[0]
    place = max((each for each in places if each[: len(around)] == around), key=len)
    same = [fault for fault, each in zip(faults, places, strict=True) if each == place]
    first = same[0]
    expected = " or ".join(dict.fromkeys(_expected(fault) for fault in same))
    came = "nothing" if first["type"] in ("missing", "union_tag_not_found") else _quoted(first)
    sentence = f"expected {expected}, got {came}{_suggestion(first)}"
    where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return f"{where.removeprefix('.')}: {sentence}" if place else sentence


def _place(fault: ErrorDetails, asked: Any) -> tuple[str | int, ...]:
    """Return the way to the value, without the names of the alternatives, which stand in it too."""
    steps: list[str | int] = []
    value, may_be_kind = asked, True
    last = len(fault["loc"]) - 1
    for number, step in enumerate(fault["loc"]):
        if may_be_kind and isinstance(value, dict) and value.get("kind") == step:
            may_be_kind = False
            continue
        inside = isinstance(value, dict) and step in value
        inside = inside or (isinstance(value, list) and isinstance(step, int) and step < len(value))
        if inside:
            value = value[step]
        elif not (number == last and isinstance(value, dict)):
            continue
        steps.append(step)
        may_be_kind = True
    if fault["type"].startswith("union_tag"):
        steps.append(fault["ctx"]["discriminator"].strip("'"))
    return tuple(steps)


_EXPECTED: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda told: "a value",
    "extra_forbidden": lambda told: "no field of this name",
    "union_tag_not_found": lambda told: "the name of a kind",
    "union_tag_invalid": lambda told: f"one of {_listed(told['expected_tags'])}",
    "literal_error": lambda told: f"one of {_listed(told['expected'])}",
    "string_too_short": lambda told: f"at least {_many(told['min_length'], 'character')}",
    "string_too_long": lambda told: f"at most {_many(told['max_length'], 'character')}",
    "too_short": lambda told: f"at least {_many(told['min_length'], 'item')}",
    "too_long": lambda told: f"at most {_many(told['max_length'], 'item')}",
    "greater_than_equal": lambda told: f"at least {_number(told['ge'])}",
    "greater_than": lambda told: f"more than {_number(told['gt'])}",
    "less_than_equal": lambda told: f"at most {_number(told['le'])}",
    "less_than": lambda told: f"less than {_number(told['lt'])}",
    "finite_number": lambda told: "a finite number",
    "none_required": lambda told: "null",
}

#: Beginnings of pydantic's names of faults, and what they expected.
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "tuple": "a list",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
}


def _expected(fault: ErrorDetails) -> str:
    say = _EXPECTED.get(fault["type"])
    if say is not None:
        return say(fault.get("ctx", {}))
    kind = _KINDS.get(fault["type"].partition("_")[0])
    return kind or re.sub(r"^(Value error, )?(Input should be )?", "", fault["msg"])


def _suggestion(fault: ErrorDetails) -> str:
    told = fault.get("ctx", {})
    names = told.get("expected_tags") or (told.get("expected") if fault["type"] == "literal_error" else None)
    came = told.get("tag", fault["input"])
    return nearest(came, _names(names)) if names and isinstance(came, str) else ""


def _names(listed: str) -> list[str]:
    """Take apart what pydantic lists: ``'a', 'b' or 'c'``."""
    return re.findall(r"'([^']*)'", listed)


def _listed(listed: str) -> str:
    return ", ".join(_names(listed)) or listed


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _number(value: float) -> str:
    return f"{value:,.15g}"


def _quoted(fault: ErrorDetails) -> str:
    """Return what came, in a few words."""
    value, told = fault["input"], fault.get("ctx", {})
    if "tag" in told:
        value = told["tag"]
    counted = fault["type"] in ("string_too_short", "string_too_long")
    if value == "":
        return "an empty text"
    if counted:
        return f"{len(value):,}"
    if fault["type"] in ("too_short", "too_long"):
        return f"{told['actual_length'] or len(value):,}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"a list of {len(value):,}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_QUOTED else f"{text[: _MOST_QUOTED - 3]}..."
