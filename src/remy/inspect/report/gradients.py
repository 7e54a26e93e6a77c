"""Where the gradient arrives, step by step, and by which road it goes back."""

from __future__ import annotations

import math

import numpy as np

from remy.errors import UsageError
from remy.inspect.report.columns import first_columns
from remy.inspect.report.marks import Line, bar
from remy.inspect.report.view import View

#: Decades that a bar of a gradient shows: what is below 1e-8 of the largest has none.
DECADES = 8
_CELLS = 16


def gradient_lines(view: View, *, plain: bool = False) -> list[Line]:
    """Return a heading and one line a step: the norms of the gradients at h, c and x, and of both roads back.

    The bar is that at h, by its logarithm: full at the largest of the shown steps.

    Raises
    ------
    UsageError
        If the trace has no gradients.
    """
    found = view.layer.gradients
    if found is None:
        raise UsageError("gradients: the trace has none; give it a target")
    columns = {f"|d{name}|": view.of(norms) for name, norms in found.norms.items()}
    columns["by cell"] = view.of(found.cell_road)
    columns["by gates"] = view.of(found.gate_road)
    first, starts = first_columns(view)
    marks = f"|dh|: {_CELLS // DECADES} marks a decade"
    lines: list[Line] = [[("  ".join([first, *(f"{name:>8}" for name in columns), marks]), "head")]]
    largest = float(np.max(columns["|dh|"], initial=0.0))
    for k, start in enumerate(starts):
        cells = [_short(float(values[k])) for values in columns.values()]
        share = _share(float(columns["|dh|"][k]), largest)
        lines.append([("  ".join([start, *cells, ""]), ""), (bar(share, _CELLS, plain=plain), "above")])
    return lines


def _short(value: float) -> str:
    return f"{'0' if value == 0 else f'{value:.1e}':>8}"


def _share(value: float, largest: float) -> float:
    """Return how much of a bar a size fills: all at the largest, nothing `DECADES` decades below."""
    return 1 + math.log10(value / largest) / DECADES if value > 0 and largest > 0 else 0.0
