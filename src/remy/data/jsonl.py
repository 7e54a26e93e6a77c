"""JSON Lines: one JSON object a line, its values as the text they are written with."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any

from remy.data.lines import Lines
from remy.data.records import Place
from remy.data.rows import Row, Table
from remy.errors import DataError

_LOOKED_AT = 100
_KINDS = {list: "an array", str: "a string", bool: "true or false", type(None): "null"}


def open_jsonl(lines: Lines) -> Table:
    """Return the table in JSON Lines text; its columns are the keys of the first hundred objects.

    Numbers keep their spelling, null and a missing key are empty cells, arrays and objects stay JSON.

    Raises
    ------
    DataError
        If there is no object; while reading, if a line is not JSON or its value no object.
    """
    limit = _LOOKED_AT if lines.repeatable else 1
    looked_at = list(itertools.islice(_objects(lines.peek(), lines.name), limit))
    if not looked_at:
        raise DataError(f"{lines.name}: the file has only empty lines.")
    columns = list(dict.fromkeys(key for _, found in looked_at for key in found))

    def rows(source: Iterator[tuple[Place, dict[str, str]]]) -> Iterator[Row]:
        for place, found in source:
            yield Row(_filled(columns, found), place)

    return Table(
        lines.name,
        "jsonl",
        columns,
        list(rows(iter(looked_at))),
        lambda: rows(_objects(iter(lines), lines.name)),
    )


def _filled(columns: Sequence[str], found: dict[str, str]) -> dict[str, str]:
    return {**dict.fromkeys(columns, ""), **found}


def _objects(lines: Iterator[str], name: str) -> Iterator[tuple[Place, dict[str, str]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = Place(name, number)
        value = _parsed(line, place)
        if not isinstance(value, dict):
            kind = _KINDS.get(type(value), "a number")
            raise DataError(f'{place}: expected a JSON object such as {{"text": …}}, got {kind}.')
        found = {key: _as_text(item) for key, item in value.items()}
        if "\\u" in line:
            _refuse_lone_surrogates(found, place)
        yield place, found


def _parsed(line: str, place: Place) -> Any:
    try:
        return json.loads(line, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except json.JSONDecodeError as error:
        whole = " (one object a line: `jq -c '.[]'` makes lines of an array)" if line.strip() == "[" else ""
        raise DataError(f"{place}: not JSON: {error.msg} at column {error.pos + 1}{whole}.") from None
    except RecursionError:
        raise DataError(f"{place}: JSON that is nested too deeply.") from None


class _Number(str):
    """A number as it is spelt, told apart from a string."""


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    return json.dumps(_with_numbers(value), ensure_ascii=False)


def _with_numbers(value: Any) -> Any:
    if isinstance(value, _Number):
        return json.loads(value)
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_numbers(item) for key, item in value.items()}
    return value


def _refuse_lone_surrogates(found: dict[str, str], place: Place) -> None:
    for key, text in found.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise DataError(
                f"{place}: '{key}' has half of a surrogate pair, which is no character."
            ) from None
