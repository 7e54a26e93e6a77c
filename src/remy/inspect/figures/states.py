"""States, gates, gradients and answers of one row of a trace, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from remy.errors import UsageError, choice
from remy.inspect.figures.answers import answers_panel
from remy.inspect.figures.gradient_steps import gradients_panel
from remy.inspect.figures.heat_map import share_map, signed_map
from remy.inspect.figures.labels import every, label_items, label_numbers, wrapped
from remy.inspect.figures.style import house_style, literal, new_figure
from remy.inspect.record import LayerTrace, Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The one gate that is a tanh and not a sigmoid.
_SIGNED_GATE = "candidate"


@dataclass(frozen=True)
class _Panel:
    height: float
    draw: Callable[[Axes], None]


def plot_trace(
    trace: Trace,
    *,
    layer: int | str = 0,
    direction: str | None = None,
    what: str | Sequence[str] | None = None,
    units: int | Sequence[int] | None = None,
    row: int = 0,
) -> Figure:
    """Draw what a layer remembered and what its gates did, step by step.

    States have a scale that is symmetric about 0 and ends at the largest absolute value; gates one from 0 to
    1 (the candidate from -1 to 1) that is the same in every figure. Nothing is rescaled. Masked steps are
    hatched.

    Parameters
    ----------
    trace
        Of :func:`remy.inspect.trace`.
    layer, direction
        Which layer, by its place in ``trace.layers``, or by its name and, of a bidirectional one, its
        direction.
    what
        One or several of ``"h"``, ``"c"``, the names of the gates, ``"gradients"`` (the norms at h, c and x)
        and ``"answers"`` (the likeliest outputs at each step); None for all that the trace has.
    units
        Which units, in this order; None for all.
    row
        Of the batch.

    Returns
    -------
    matplotlib.figure.Figure
        See :func:`save_figure` for its file.

    Raises
    ------
    UsageError
        If the trace has no such layer, unit, row or part; the message says what it has.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.figures import plot_trace
    >>> from remy.layers import LSTM
    >>> figure = plot_trace(trace(LSTM(4), torch.ones(1, 6, 3)), what=["c", "forget"])
    >>> [axes.get_ylabel() for axes in figure.axes[:2]]
    ['unit (number)', 'unit (number)']
    """
    chosen = trace.layer(layer, direction)
    if not 0 <= row < len(chosen.h):
        raise UsageError(f"row: expected 0 to {len(chosen.h) - 1}, got {row}")
    panels = _panels(trace, chosen, row, _units(chosen, units))
    names = list(panels) if what is None else [what] if isinstance(what, str) else list(what)
    wanted = [panels[choice("what", name, panels)] for name in names]
    if not wanted:
        raise UsageError(f"what: expected one or several of {', '.join(panels)}, got none")
    items, valid = trace.items_of(chosen), chosen.valid[row]
    numbered = items == tuple(str(step) for step in chosen.steps)
    with house_style():
        width = min(18.0, max(7.0, 0.2 * len(items) + 3.0))
        figure = new_figure(width, sum(panel.height for panel in wanted) + (1.5 if numbered else 1.9))
        every_axes = figure.subplots(
            len(wanted), sharex=True, squeeze=False, height_ratios=[panel.height for panel in wanted]
        )[:, 0]
        for axes, panel in zip(every_axes, wanted, strict=True):
            axes.set_xlim(-0.5, len(items) - 0.5)
            panel.draw(axes)
        label_items(every_axes[-1], items)
        for axes in every_axes[:-1]:
            axes.tick_params(labelbottom=False)
        said = "step (number" if numbered else "step (what was read"
        masked = "" if valid.all() else "; hatched: masked"
        for axes in every_axes:
            axes.set_xlabel(said + every(len(items)) + masked + ")" if axes is every_axes[-1] else "")
        if not numbered:
            _number_steps(every_axes[0], chosen)
        literal(figure.suptitle(wrapped(_title(trace, chosen, row), width)))
    return figure


def _panels(trace: Trace, layer: LayerTrace, row: int, units: list[int]) -> dict[str, _Panel]:
    """Return everything that can be drawn of a layer, in the order in which it is."""
    valid = layer.valid[row]
    height = min(4.0, max(1.15, 0.13 * len(units) + 0.3))

    def heat(name: str) -> _Panel:
        gate = name in layer.gate_names
        values = layer.gate(name) if gate else layer.h if name == "h" else layer.c
        assert values is not None
        shown = values[row][:, units].T

        def draw(axes: Axes) -> None:
            if not gate:
                signed_map(axes, shown, valid, label=f"{name}\n(no unit)")
            elif name == _SIGNED_GATE:
                signed_map(axes, shown, valid, label="candidate\n(no unit)", limit=1.0)
            else:
                share_map(axes, shown, valid, label=f"{name} gate\n(share)")
            label_numbers(axes, units, most=max(2, int(height / 0.14)))
            axes.set_ylabel("unit (number)")

        return _Panel(height, draw)

    found = {name: heat(name) for name in ("h", *(["c"] if layer.c is not None else []), *layer.gate_names)}
    gradients = layer.gradients
    if gradients is not None:
        norms = {name: each[row] for name, each in gradients.norms.items()}
        found["gradients"] = _Panel(1.8, lambda axes: gradients_panel(axes, norms, valid))
    if _answers_each_step(trace, layer):
        assert trace.probabilities is not None
        likely, outputs = trace.probabilities[row, layer.steps], trace.outputs
        found["answers"] = _Panel(2.2, lambda axes: answers_panel(axes, likely, outputs, valid))
    return found


def _answers_each_step(trace: Trace, layer: LayerTrace) -> bool:
    """Whether the answers stand beside the steps of `layer`: not those of a decoder beside its encoder."""
    if trace.probabilities is None or trace.probabilities.ndim != 3:
        return False
    answered, last = trace.probabilities.shape[1], trace.layers[-1]
    stride = int(layer.steps[1] - layer.steps[0]) if len(layer.steps) > 1 else answered
    fits = 0 <= answered - 1 - int(layer.steps[-1]) < stride
    return fits and trace.items_of(layer) == trace.items_of(last)


def _units(layer: LayerTrace, units: int | Sequence[int] | None) -> list[int]:
    if units is None:
        return list(range(layer.units))
    wanted = [units] if isinstance(units, int | np.integer) else list(units)
    if not wanted:
        raise UsageError(f"units: expected some of 0 to {layer.units - 1}, got none; pass None for all")
    return [layer.expect_unit(int(unit)) for unit in wanted]


def _number_steps(axes: Axes, layer: LayerTrace) -> None:
    """Write the steps' numbers above the first panel, about a dozen."""
    count = len(layer.steps)
    apart = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500) if count / size <= 12 or size == 500)
    above = axes.secondary_xaxis("top")
    places = list(range(0, count, apart))
    above.set_xticks(places, [str(layer.steps[place]) for place in places], fontsize=8)
    above.set_xlabel("step (number)")


def _title(trace: Trace, layer: LayerTrace, row: int) -> str:
    units = f"{layer.units} unit{'' if layer.units == 1 else 's'}"
    steps = f"{len(layer.steps)} step{'' if len(layer.steps) == 1 else 's'}"
    said = [f"{layer.name} ({layer.cell}, {layer.direction}): {units}, {steps}"]
    if len(layer.h) > 1:
        said.append(f"row {row} of {len(layer.h)}")
    if trace.loss is not None:
        said.append(f"loss {trace.loss:.4g}")
    if trace.held:
        said.append("held: " + "; ".join(trace.held))
    return ", ".join(said)
