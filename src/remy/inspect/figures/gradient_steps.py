"""The sizes of the gradients that arrived at each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from remy.inspect.figures.heat_map import mark_masked
from remy.inspect.figures.style import GRID, LINES
from remy.inspect.record import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def gradients_panel(axes: Axes, norms: Mapping[str, Array], valid: Array) -> None:
    """Draw the norms ``(T,)`` of the gradients at h, c and x on a logarithmic axis, as they are.

    A norm of 0 has no place on that axis: it is left out, and counted in the legend.
    """
    steps = np.arange(len(valid))
    for line, (name, sizes) in zip(LINES, norms.items(), strict=False):
        drawn = np.where(valid & (sizes > 0), sizes, np.nan)
        nothing = int(np.sum(valid & (sizes == 0)))
        axes.plot(
            steps,
            drawn,
            **line._asdict(),
            markersize=4,
            markevery=max(1, len(steps) // 40),
            label=f"at {name}" + (f" (0 at {nothing} of {int(valid.sum())} steps)" if nothing else ""),
        )
    log_axis(axes, list(norms.values()))
    mark_masked(axes, valid)
    axes.set_ylabel("gradient norm\n(loss per unit)")
    axes.grid(visible=True, color=GRID)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=3,
        frameon=False,
        fontsize=8,
        handlelength=4.0,
        borderpad=0.0,
    )


def log_axis(axes: Axes, sizes: list[Array]) -> None:
    """Make the vertical axis logarithmic; linear where no size is above 0."""
    if any(bool((each > 0).any()) for each in sizes):
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        # Less than a factor of ten shows no power of ten, and an axis without a number says nothing.
        if high < 10 * low:
            middle = (low * high) ** 0.5
            axes.set_ylim(middle / 10**0.55, middle * 10**0.55)
    else:
        axes.set_ylim(0.0, 1.0)
