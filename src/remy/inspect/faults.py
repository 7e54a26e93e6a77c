"""What is wrong with a written trace, in one clause: the place, what was expected, what came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from remy.errors import nearest

#: Tags of the two forms of scores, which pydantic puts into the place of a fault.
FORMS = ONE_ANSWER, AN_ANSWER_A_STEP = "(V,)", "(T, V)"


def first_fault(error: ValidationError, known: Sequence[str]) -> str:
    """Return the first fault that pydantic found; `known` are the fields that could have been meant."""
    fault = error.errors(include_url=False)[0]
    parts = [part for part in fault["loc"] if part not in FORMS]
    message, kind = fault["msg"], fault["type"]
    if kind == "extra_forbidden":
        name, within = parts[-1], place_of(parts[:-1])
        return f"unknown field '{name}'{' in ' + within if within else ''}{nearest(str(name), known)}"
    if kind == "missing":
        return f"field {place_of(parts)} is missing"
    place = place_of(parts)
    if kind == "value_error":
        return f"{place}{'.' if place else ''}{message.removeprefix('Value error, ')}"
    expected = message.removeprefix("Input should be ").replace("a valid tuple", "a list")
    return f"{place}: expected {expected[:1].lower()}{expected[1:]}, got {short(fault['input'])}"


def place_of(parts: Sequence[int | str]) -> str:
    """Return ``layers[0].gates[2]`` for ``("layers", 0, "gates", 2)``."""
    found = ""
    for part in parts:
        found += f"[{part}]" if isinstance(part, int) else f".{part}" if found else part
    return found


def short(value: Any) -> str:
    """Return a value as it is written, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
