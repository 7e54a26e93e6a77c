"""What each item contributed to a score, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remy.errors import UsageError
from remy.inspect.figures.heat_map import mark_masked
from remy.inspect.figures.labels import every, label_items, wrapped
from remy.inspect.figures.style import GRID, INK, house_style, literal, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from remy.inspect.attribution import Attribution

_AGAINST, _FOR = "#2f74b3", "#c4671d"


def plot_attribution(attribution: Attribution, *, row: int = 0) -> Figure:
    """Draw what each item that was read contributed to a score, in the score's own units.

    Parameters
    ----------
    attribution
        Of :func:`remy.inspect.attribute`.
    row
        Of the batch.

    Returns
    -------
    matplotlib.figure.Figure
        Its title has the score, the score without input, and by how much the contributions miss their
        difference. Bars upward are orange, downward blue and hatched; masked steps are grey.

    Raises
    ------
    UsageError
        If there is no such row.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect.attribution import attribute
    >>> from remy.inspect.figures import plot_attribution
    >>> from remy.layers import GRU
    >>> plot_attribution(attribute(GRU(4), torch.ones(1, 6, 3), 0)).axes[0].get_xlabel()
    'step (number)'
    """
    if not 0 <= row < len(attribution.values):
        raise UsageError(f"row: expected 0 to {len(attribution.values) - 1}, got {row}")
    values, valid, items = attribution.values[row], attribution.valid[row], attribution.items
    numbered = items == tuple(map(str, range(len(items))))
    with house_style():
        width = min(18.0, max(6.0, 0.2 * len(items) + 1.8))
        figure = new_figure(width, 4.0)
        axes = figure.subplots()
        upward = values >= 0
        for chosen, color, hatch in ((valid & upward, _FOR, ""), (valid & ~upward, _AGAINST, "////")):
            axes.bar(
                np.flatnonzero(chosen), values[chosen], width=0.8, color=color, hatch=hatch, edgecolor=INK,
                linewidth=0.4,
            )  # fmt: skip
        axes.axhline(0.0, color=INK, linewidth=0.8)
        if attribution.answers is not None:
            answer = int(attribution.answers[row])
            axes.axvline(answer, color=INK, linestyle=":", label=f"answer after step {answer}")
            axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, borderpad=0.0)
        mark_masked(axes, valid)
        axes.set_xlim(-0.6, len(items) - 0.4)
        label_items(axes, items)
        masked = "" if valid.all() else "; grey: masked"
        what = "number" if numbered else "what was read"
        axes.set_xlabel(f"step ({what}{every(len(items))}{masked})")
        axes.set_ylabel("contribution (as the score)")
        axes.grid(visible=True, axis="y", color=GRID)
        axes.set_axisbelow(True)
        literal(figure.suptitle(wrapped(_title(attribution, row), width)))
    return figure


def _title(attribution: Attribution, row: int) -> str:
    method, missed = attribution.method.replace("_", " "), abs(attribution.error[row])
    return (
        f"{method} at {attribution.name}: score '{attribution.explained[row]}' is "
        f"{attribution.score[row]:.4g}, without input {attribution.baseline[row]:.4g}; the contributions add "
        f"up to {attribution.values[row].sum():.4g} and miss the difference by {missed:.2g}"
    )
