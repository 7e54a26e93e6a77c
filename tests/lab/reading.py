"""A second reader of the lab's answers, as the page reads them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from remy.lab.answering import BINARY, JSON, Encoded


def read(answer: Encoded) -> Any:
    """Return the tree with arrays in it."""
    if answer.media_type == JSON:
        return _filled(json.loads(answer.body, parse_constant=_refuse), None)
    assert answer.media_type == BINARY
    length = int.from_bytes(answer.body[:4], "little")
    begin = 4 + length
    begin += -begin % 8
    return _filled(json.loads(answer.body[4 : 4 + length], parse_constant=_refuse), answer.body[begin:])


def _filled(tree: Any, data: bytes | None) -> Any:
    if isinstance(tree, list):
        return [_filled(each, data) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if set(tree) != {"$tensor"}:
        return {name: _filled(each, data) for name, each in tree.items()}
    told = tree["$tensor"]
    if data is None:
        return np.array(told["values"], np.float64).reshape(told["shape"])
    kind = np.dtype(told["dtype"]).newbyteorder("<")
    assert told["offset"] % 8 == 0
    count = int(np.prod(told["shape"], dtype=int))
    return np.frombuffer(data, kind, count, told["offset"]).reshape(told["shape"])


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")
