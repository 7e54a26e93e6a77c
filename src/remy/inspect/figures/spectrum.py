"""The eigenvalues of what one step does to the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from remy.errors import DataError, UsageError
from remy.inspect.figures.labels import whole_numbers, wrapped
from remy.inspect.figures.style import GRID, INK, SEQUENTIAL, house_style, literal, new_figure
from remy.inspect.jacobian import state_jacobians
from remy.inspect.record import Array, LayerTrace

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

#: Steps drawn where none are named: eigenvalues of a large layer take time.
_MOST_STEPS = 32


def plot_jacobian_spectrum(
    layer: LayerTrace, *, steps: int | Sequence[int] | None = None, row: int = 0
) -> Figure:
    """Draw the eigenvalues of ``∂s_t/∂s_{t-1}`` in the complex plane with the unit circle.

    The state s is ``h``, of the LSTM ``(h, c)``: see :func:`remy.inspect.state_jacobians`, whose two parts
    are added. Outside the circle a step makes some direction of the state larger, inside it forgets.

    Parameters
    ----------
    layer
        Of a trace: ``trace.layers[0]``.
    steps
        Which steps, negative from the end; None for all that are not masked, or 32 of them, evenly spaced.
    row
        Of the batch.

    Returns
    -------
    matplotlib.figure.Figure
        Its title has the smallest and the largest spectral radius.

    Raises
    ------
    UsageError
        If there is no such row, or a step is not there or masked.
    DataError
        If all steps are masked.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.figures import plot_jacobian_spectrum
    >>> from remy.layers import GRU
    >>> figure = plot_jacobian_spectrum(trace(GRU(4), torch.ones(1, 6, 3)).layers[0], steps=[0, -1])
    >>> figure.axes[0].get_xlabel()
    'real part (no unit)'
    """
    if not 0 <= row < len(layer.h):
        raise UsageError(f"row: expected 0 to {len(layer.h) - 1}, got {row}")
    places = _places(layer, steps, row)
    chosen = np.zeros_like(layer.valid)
    chosen[row, places] = True
    cell_road, gate_road = state_jacobians(replace(layer, valid=chosen))
    found = np.linalg.eigvals((cell_road + gate_road).astype(np.float64))
    numbers = layer.steps[places]
    with house_style():
        figure = new_figure(6.4, 5.8)
        axes = figure.subplots()
        turn = np.linspace(0.0, 2 * np.pi, 361)
        axes.plot(np.cos(turn), np.sin(turn), color=INK, linestyle="--", linewidth=1, label="unit circle")
        points = axes.scatter(
            found.real,
            found.imag,
            c=np.repeat(numbers, found.shape[1]).astype(float),
            cmap=SEQUENTIAL,
            s=22,
            edgecolors=INK,
            linewidths=0.4,
            zorder=3,
        )
        axes.axhline(0.0, color=GRID, zorder=0)
        axes.axvline(0.0, color=GRID, zorder=0)
        axes.set_aspect("equal", adjustable="datalim")
        axes.margins(0.08)
        axes.set_xlabel("real part (no unit)")
        axes.set_ylabel("imaginary part (no unit)")
        axes.legend(loc="upper right", fontsize=8)
        bar = figure.colorbar(points, ax=axes, label="step (number)", shrink=0.8)
        whole_numbers(bar.ax.yaxis)
        literal(axes.set_title(wrapped(_title(layer, np.abs(found).max(axis=1), numbers, row), 5.4)))
    return figure


def _places(layer: LayerTrace, steps: int | Sequence[int] | None, row: int) -> NDArray[np.intp]:
    """Return where in the arrays the wanted steps stand."""
    valid = layer.valid[row]
    free: NDArray[np.intp] = np.flatnonzero(valid)
    if not len(free):
        raise DataError(
            f"plot_jacobian_spectrum: every step of row {row} is masked; there is nothing to draw"
        )
    if steps is None:
        few = np.linspace(0, len(free) - 1, min(_MOST_STEPS, len(free)))
        some: NDArray[np.intp] = free[np.unique(few.round().astype(int))]
        return some
    wanted = [steps] if isinstance(steps, int | np.integer) else list(steps)
    if not wanted:
        raise UsageError("steps: expected at least one step, got none; pass None for all")
    last = int(layer.steps[-1])
    found: list[int] = []
    for step in wanted:
        there = np.flatnonzero(layer.steps == (step + last + 1 if step < 0 else step))
        if not len(there):
            raise UsageError(f"steps: expected kept steps from 0 to {last}, or -1 to {-last - 1}, got {step}")
        if not valid[there[0]]:
            raise UsageError(f"steps: step {step} is masked in row {row}: it hands the state on as it is")
        found.append(int(there[0]))
    return np.unique(found)


def _title(layer: LayerTrace, radii: Array, numbers: Array, row: int) -> str:
    count = int(layer.valid[row].sum())
    which = f"step {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} of {count} steps"
    low, high = float(radii.min()), float(radii.max())
    radius = f"{low:.3g}" if len(radii) == 1 else f"{low:.3g} to {high:.3g}"
    state = "(h, c)" if layer.c is not None else "h"
    outside = int(np.sum(radii > 1))
    return (
        f"{layer.name} ({layer.cell}, {layer.direction}), one step of {state}, {which}:\n"
        f"spectral radius {radius}, above 1 at {outside} of {len(radii)}"
    )
