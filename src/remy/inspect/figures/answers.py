"""What a model held likeliest at each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from remy.inspect.figures.heat_map import share_map
from remy.inspect.figures.labels import label_numbers, places, readable
from remy.inspect.figures.style import literal
from remy.inspect.record import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: How many outputs are named at each step.
_RANKS = 5
_LONGEST = 7
# Inches a step has in the figure from which on a name lies flat.
_BROAD = 0.6


def answers_panel(axes: Axes, likely: Array, outputs: Sequence[str] | None, valid: Array) -> None:
    """Draw the likeliest outputs of each step, the first on top, their probability as colour.

    Parameters
    ----------
    likely
        ``(T, V)``.
    outputs
        V names; None for their numbers.
    valid
        ``(T,)``.
    """
    ranks = min(_RANKS, likely.shape[1])
    order = np.argsort(-likely, axis=1, kind="stable")[:, :ranks]
    sizes = np.take_along_axis(likely, order, axis=1).T
    share_map(axes, sizes, valid, label="probability\n(share)")
    named = places(len(likely))
    names = {
        int(output): readable(str(output) if outputs is None else outputs[output], longest=_LONGEST)
        for output in np.unique(order[named.start : named.stop : named.step])
    }
    broad = axes.get_window_extent().width / axes.figure.dpi / len(likely) > _BROAD
    # With steps between the named ones a name has the room of all of them, to the right.
    side = "center" if named.step == 1 else "left"
    for step in named:
        for rank in range(ranks) if valid[step] else ():
            name = names[int(order[step, rank])]
            long = len(name) > 2
            text = axes.text(
                step if named.step == 1 else step - 0.5,
                rank,
                name,
                ha=side,
                va="center",
                fontsize=6 if long else 8,
                rotation=90 if long and not broad else 0,
                color="black" if sizes[rank, step] > 0.5 else "white",
            )
            # They lie inside the panel: measuring them all for the layout would take most of the time.
            text.set_in_layout(False)
            literal(text)
    label_numbers(axes, range(1, ranks + 1), most=ranks)
    axes.set_ylabel("answer (rank)")
