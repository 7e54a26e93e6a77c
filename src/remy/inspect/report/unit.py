"""One unit of a layer, step by step: its h, its cell state and its gates as bars."""

from __future__ import annotations

import numpy as np

from remy.errors import UsageError
from remy.inspect.gates import time_constants
from remy.inspect.record import LayerTrace
from remy.inspect.report.columns import MASKED, first_columns
from remy.inspect.report.marks import Line, bar, signed_bar
from remy.inspect.report.view import View

# Cells of a bar: of a gate from 0 to 1, of a state to either side of zero.
_GATE, _STATE = 6, 8


def unit_lines(view: View, unit: int, *, plain: bool = False) -> list[Line]:
    """Return the unit's time constant, a heading and one line a step.

    States have bars to the left or right of zero, full at the largest of the shown steps; gates from 0 to 1.

    Raises
    ------
    UsageError
        If the layer has no such unit.
    """
    layer = view.layer
    layer.expect_unit(unit)
    states = {"h": layer.h} | ({} if layer.c is None else {"c": layer.c})
    values = {name: view.of(each)[:, unit].astype(np.float64) for name, each in states.items()}
    scales = {name: float(np.abs(each).max(initial=0.0)) for name, each in values.items()}
    gates = {name: view.of(layer.gate(name))[:, unit] for name in layer.gate_names}
    first, starts = first_columns(view)
    heading = [first]
    heading += [f"{f'{name} (full: {scales[name]:.3g})':<{9 + 2 * _STATE}}" for name in states]
    heading += [name if name == "candidate" else f"{name:<{5 + _GATE}}" for name in gates]
    lines: list[Line] = [
        [(_constant(layer, unit), "")],
        [("  ".join(heading).rstrip(), "head")],
    ]
    for k, (start, counts) in enumerate(zip(starts, view.of(layer.valid), strict=True)):
        if not counts:
            lines.append([(start + MASKED, "quiet")])
            continue
        line: Line = [(start, "")]
        for name, each in values.items():
            line += [(f"  {each[k]:7.3f} ", ""), signed_bar(each[k], scales[name], _STATE, plain=plain)]
        for name, gate in gates.items():
            if name == "candidate":  # what the step would write, from -1 to 1, and no share
                line.append((f"  {float(gate[k]):9.2f}", ""))
            else:
                line += [(f"  {float(gate[k]):.2f} ", ""), (bar(float(gate[k]), _GATE, plain=plain), "above")]
        lines.append(line)
    return lines


def _constant(layer: LayerTrace, unit: int) -> str:
    try:
        constant = float(time_constants(layer)[unit])
    except UsageError:
        return f"unit {unit}: no time constant, as a {layer.cell} has no gate that keeps a state"
    return f"unit {unit}: by its gate alone it decays to 1/e in {constant:.3g} steps (its time constant)"
