"""Asking the lab's questions without a server, and comparing what comes with a trace made directly."""

from __future__ import annotations

from typing import Any

import numpy as np

from remy.inspect import LayerTrace, Trace, time_constants
from remy.lab.lab import Lab
from remy.lab.scenes.tracing import answer_trace
from remy.lab.schemas.trace import LayerAnswer, TraceAnswer, TraceAsked
from tests.lab import trained


def lab() -> Lab:
    """Return a lab of tiny models."""
    return Lab(library=trained.library())


def ask_trace(model: dict[str, Any] | str, given: dict[str, Any] | str, **more: Any) -> TraceAnswer:
    """Ask for a trace; a text stands for the id of a model, and for a text to be read."""
    chosen = {"kind": "trained", "id": model} if isinstance(model, str) else model
    read = {"kind": "text", "text": given} if isinstance(given, str) else given
    asked = TraceAsked.model_validate({"model": chosen, "input": read, **more})
    return answer_trace(lab(), asked)


def beginning(id: str) -> dict[str, Any]:
    """Return the input that a model brings with it."""
    found = trained.library().card(id).begin
    assert found is not None
    return found.model_dump()


def expect_same(answer: TraceAnswer, trace: Trace) -> None:
    """Check that an answer is the first row of a trace, to the last bit."""
    layers = [layer for layer in trace.layers if not layer.name.startswith("characters")]
    assert [(each.name, each.direction) for each in answer.layers] == [
        (each.name, each.direction) for each in layers
    ]
    for found, expected in zip(answer.layers, layers, strict=True):
        _expect_same_layer(found, expected)
        assert found.items == trace.items_of(expected)
    steps = trace.scores.ndim == 3
    assert answer.answers == ("step" if steps else "end")
    assert np.array_equal(answer.scores, trace.scores[0] if steps else trace.scores)
    assert (answer.probabilities is None) == (trace.probabilities is None)
    if trace.probabilities is not None:
        assert np.array_equal(answer.probabilities, trace.probabilities[0] if steps else trace.probabilities)
    assert answer.outputs == trace.outputs
    assert answer.loss == trace.loss
    if trace.residuals.reference is not None:
        for name in ("forward", "reference", "reference_gradients"):
            assert getattr(answer.residuals, name) == getattr(trace.residuals, name)


def _expect_same_layer(found: LayerAnswer, expected: LayerTrace) -> None:
    assert (found.cell, found.units, found.gate_names) == (expected.cell, expected.units, expected.gate_names)
    assert found.valid == tuple(expected.valid[0].tolist())
    for name in ("preactivations", "gates", "h"):
        assert np.array_equal(getattr(found, name), getattr(expected, name)[0]), name
    assert (found.c is None) == (expected.c is None)
    if expected.c is not None:
        assert np.array_equal(found.c, expected.c[0])  # type: ignore[arg-type]
    for name, norm in vars(expected.jacobians).items():
        assert np.array_equal(getattr(found.jacobians, name), norm[0]), name
    assert (found.gradients is None) == (expected.gradients is None)
    if found.gradients is not None and expected.gradients is not None:
        for name, norm in expected.gradients.norms.items():
            assert np.array_equal(getattr(found.gradients, name), norm[0]), name
        assert np.array_equal(found.gradients.cell_road, expected.gradients.cell_road[0])
        assert np.array_equal(found.gradients.gate_road, expected.gradients.gate_road[0])
    if expected.gate_names:
        assert np.array_equal(found.time_constants, time_constants(expected))  # type: ignore[arg-type]
    else:
        assert found.time_constants is None
