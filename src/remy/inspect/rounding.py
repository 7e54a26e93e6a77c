"""One row of a trace, rounded, in the form of the schema ``remy-trace/1``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from remy.errors import DataError
from remy.inspect.options import whole_number
from remy.inspect.record import SCHEMA, Array, LayerTrace, Trace
from remy.inspect.schema import MOST_DIGITS, TraceRecord, validated


def to_record(trace: Trace, *, digits: int = 4, row: int = 0) -> TraceRecord:
    """Return one row of a trace, rounded.

    Parameters
    ----------
    trace
        What :func:`remy.inspect.trace` returned.
    digits
        Significant digits that are kept of every number, 1 to 17.
    row
        Which of the trace's rows B. Layers that ran over rows of their own are kept with all of them.

    Raises
    ------
    UsageError
        If there is no such row, or `digits` is no whole number from 1 to 17.
    DataError
        If the trace does not fit the schema: its scores are neither (B, T, V) nor (B, V), or arrays differ
        in size.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.layers import GRU
    >>> record = to_record(trace(GRU(2), torch.ones(3, 5, 1)), row=2)
    >>> len(record.layers[0].gates), record.layers[0].gate_names
    (5, ('update', 'reset', 'candidate'))
    """
    if trace.scores.ndim not in (2, 3):
        raise DataError(f"trace: expected scores (B, T, V) or (B, V), got the shape {trace.scores.shape}")
    rows = len(trace.scores)
    digits = whole_number("digits", digits, least=1, most=MOST_DIGITS)
    row = whole_number("row", row, least=0, most=rows - 1)
    own = {"row": row, "rows": rows}
    layers: list[dict[str, Any]] = []
    for layer in trace.layers:
        layers += _layer(trace, layer, digits, own)
    values = {
        "schema": SCHEMA,
        "digits": digits,
        **own,
        "layers": layers,
        "scores": _rounded(trace.scores[row], digits),
        "probabilities": None if trace.probabilities is None else _rounded(trace.probabilities[row], digits),
        "outputs": trace.outputs,
        "loss": None if trace.loss is None else _number(trace.loss, digits),
        "residuals": {
            name: None if value is None else _number(value, digits)
            for name, value in vars(trace.residuals).items()
        },
        "held": trace.held,
    }
    return validated(values)


def _layer(trace: Trace, layer: LayerTrace, digits: int, own: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Return the values of a layer's record of the trace's row, or of each row of its own."""
    rows = len(layer.valid)
    shared = rows == own["rows"]
    # What stands for "all layers" in the trace's items was read by those that ran over the trace's rows.
    known = shared or layer.name in trace.items
    gradients = layer.gradients
    norms: dict[str, Any] = {"c": None}
    if gradients is not None:
        norms |= {**gradients.norms, "cell_road": gradients.cell_road, "gate_road": gradients.gate_road}
    for row in [own["row"]] if shared else range(rows):
        yield {
            "name": layer.name,
            "direction": layer.direction,
            "cell": layer.cell,
            "gate_names": layer.gate_names,
            "units": layer.units,
            "rows": rows,
            "row": row,
            "steps": layer.steps.tolist(),
            "items": trace.items_of(layer) if known else [str(step) for step in layer.steps],
            "valid": layer.valid[row].tolist(),
            "preactivations": _rounded(layer.preactivations[row], digits),
            "gates": _rounded(layer.gates[row], digits),
            "h": _rounded(layer.h[row], digits),
            "c": None if layer.c is None else _rounded(layer.c[row], digits),
            "jacobians": {name: _rounded(norm[row], digits) for name, norm in vars(layer.jacobians).items()},
            "gradients": None
            if gradients is None
            else {
                name: None if norm is None else _rounded(norm[row], digits) for name, norm in norms.items()
            },
            "held": None if layer.held is None else _held(layer, layer.held[row]),
        }


def _held(layer: LayerTrace, held: Array) -> dict[str, Any] | None:
    names = (*layer.gate_names, "h", "c")
    found = {name: held[:, slot].tolist() for slot, name in enumerate(names) if held[:, slot].any()}
    return found or None  # a stride can leave out every held step


def _rounded(values: Array, digits: int) -> Any:
    found = np.empty(values.size, dtype=object)
    found[:] = [_number(value, digits) for value in values.astype(np.float64).ravel().tolist()]
    return found.reshape(values.shape).tolist()


def _number(value: float, digits: int) -> float | None:
    if not math.isfinite(value):
        return None
    found = float(f"{value:.{digits}g}") + 0.0  # -0.0 + 0.0 is 0.0
    return found if math.isfinite(found) else value  # the largest float64 would round up to infinity
