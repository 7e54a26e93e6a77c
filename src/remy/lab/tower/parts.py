"""How many numbers a network learns, layer by layer, and by which formula."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from remy.lab.schemas.tower import PartCount

#: What the parts of a network are called that are not recurrent layers.
_NAMES = {"embedding": "embedding", "dense": "output", "dense_bias": "output"}


def parts_of(weights: Mapping[str, Any]) -> tuple[PartCount, ...]:
    """Return the parts of a network in the order in which they are passed.

    Parameters
    ----------
    weights
        Every weight under its name in a model file.

    Examples
    --------
    >>> import numpy as np
    >>> weights = {"rnn_0/kernel": np.zeros((3, 8)), "rnn_0/recurrent_kernel": np.zeros((2, 8)),
    ...     "rnn_0/bias": np.zeros(8)}
    >>> [(part.name, part.formula, part.numbers, part.count) for part in parts_of(weights)]
    [('layer 1', '4 (I·H + H·H + H)', '4 (3·2 + 2·2 + 2)', 48)]
    """
    layers: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, weight in weights.items():
        layer, _, rest = name.partition("/")
        layers.setdefault(layer, {})[rest] = tuple(weight.shape)
    return tuple(
        _recurrent(name, shapes) if name.startswith("rnn_") else _other(name, shapes)
        for name, shapes in layers.items()
    )


def _recurrent(name: str, shapes: Mapping[str, tuple[int, ...]]) -> PartCount:
    directions = 2 if any(each.startswith("backward/") for each in shapes) else 1
    start = "forward/" if directions == 2 else ""
    inputs, width = shapes[f"{start}kernel"]
    units = shapes[f"{start}recurrent_kernel"][0]
    gates = width // units
    biases = prod(shapes[f"{start}bias"]) // width
    factor = "" if directions * gates == 1 else _factor(directions, gates)

    def written(i: str, h: str) -> str:
        bias = h if biases == 1 else f"{biases}·{h}"
        inside = f"{i}·{h} + {h}·{h} + {bias}"
        return f"{factor}({inside})" if factor else inside

    return PartCount(
        name=f"layer {int(name.removeprefix('rnn_')) + 1}",
        formula=written("I", "H"),
        numbers=written(str(inputs), str(units)),
        count=_count(shapes.values()),
        recurrent=_count(shape for each, shape in shapes.items() if each.endswith("recurrent_kernel")),
    )


def _factor(directions: int, gates: int) -> str:
    return " · ".join(str(each) for each in (directions, gates) if each > 1) + " "


def _other(name: str, shapes: Mapping[str, tuple[int, ...]]) -> PartCount:
    letters = {
        "embeddings": "V·E",
        "kernel": "I·V",
        "bias": "V",
    }
    parts = [(letters.get(each or name, each), "·".join(map(str, shape))) for each, shape in shapes.items()]
    return PartCount(
        name=_NAMES.get(name, name),
        formula=" + ".join(letter for letter, _ in parts),
        numbers=" + ".join(number for _, number in parts),
        count=_count(shapes.values()),
        recurrent=0,
    )


def _count(shapes: Any) -> int:
    return sum(prod(shape) for shape in shapes)
