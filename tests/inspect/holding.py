"""What can be held of every cell."""

from __future__ import annotations

from typing import Any

from remy.inspect import LayerTrace
from tests.layers.kinds import KINDS

GATES = {
    "lstm": ("input", "forget", "candidate", "output", "cell"),
    "gru_reset_after": ("update", "reset", "candidate"),
    "gru_reset_before": ("update", "reset", "candidate"),
}

#: Every kind of layer with everything that can be held of it.
EVERYTHING = [(kind, name) for kind in KINDS for name in (*GATES.get(kind, ()), "hidden")]


def value_of(layer: LayerTrace, name: str) -> Any:
    """Return what a trace says of a gate, or of a state."""
    return layer.h if name == "hidden" else layer.c if name == "cell" else layer.gate(name)
