"""A gallery of units: the passages that drive each, coloured by its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from remy.errors import DataError
from remy.inspect.figures.heat_map import signed_map
from remy.inspect.figures.labels import label_numbers, readable, wrapped
from remy.inspect.figures.style import INK, house_style, literal, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from remy.inspect.passages import Passage
    from remy.inspect.record import Trace
    from remy.inspect.units import SelectiveUnit, Selectivity

#: Letters of a line, and of what stands before and after a passage.
_LETTERS, _AROUND = 72, 12
# Letters of a line at least, so that a figure of short passages is no narrow strip.
_FEWEST = 30


@dataclass(frozen=True)
class _Line:
    """Letters with a value each, NaN where none is known, and where the passage begins and ends."""

    letters: list[str]
    values: list[float]
    start: int
    stop: int


def plot_units(selectivity: Selectivity, *, trace: Trace | None = None, row: int = 0) -> Figure:
    """Draw the most selective units: their passages over the unit's state, blue below 0 and orange above.

    Each panel is a unit, with the property that it follows and the correlation; its colours end at the
    largest size shown in it, which the bar names.

    Parameters
    ----------
    selectivity
        Of :func:`remy.inspect.unit_selectivity`.
    trace
        What it was measured on, if that was a trace: then every item has the colour of the state at it, and
        what stands around a passage is drawn too. Else a passage has one colour, that of its mean.
    row
        Of the trace's batch.

    Returns
    -------
    matplotlib.figure.Figure
        Its title says how many units follow a property more closely than chance.

    Raises
    ------
    UsageError
        If the trace has no such layer.
    DataError
        If the trace is too short to be the one that was measured, or there are no units.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.figures import plot_units
    >>> from remy.inspect.units import unit_selectivity
    >>> from remy.layers import GRU
    >>> text = "abracadabra, alas"
    >>> x = torch.tensor([[[float(mark == "a")] for mark in text]])
    >>> found = unit_selectivity(GRU(3), x, items=text, properties={"an a": lambda i: [m == "a" for m in i]})
    >>> plot_units(found).axes[0].get_ylabel()
    'passage (rank)'
    """
    units = selectivity.units
    if not units:
        raise DataError("plot_units: expected at least one unit, got none")
    lines = [[_line(selectivity, unit, passage, trace, row) for passage in unit.passages] for unit in units]
    with house_style():
        heights = [0.24 * max(2, len(each)) for each in lines]
        columns = max(_FEWEST, *(len(line.letters) for drawn in lines for line in drawn), 0)
        width = 0.15 * columns + 2.0
        figure = new_figure(width, sum(heights) + 0.52 * len(units) + 1.3)
        every_axes = figure.subplots(len(units), squeeze=False, sharex=True, height_ratios=heights)[:, 0]
        for axes, unit, drawn in zip(every_axes, units, lines, strict=True):
            _draw(axes, unit, drawn, columns)
        every_axes[-1].set_xlabel("place in the line (letter)")
        literal(figure.suptitle(wrapped(_title(selectivity, trace), width)))
    return figure


def _draw(axes: Axes, unit: SelectiveUnit, lines: list[_Line], columns: int) -> None:
    values = np.full((max(1, len(lines)), columns), np.nan)
    for place, line in enumerate(lines):
        values[place, : len(line.values)] = line.values
    image = signed_map(axes, values, np.ones(columns, bool), label=f"{unit.state}\n(no unit)")
    limit = image.get_clim()[1]
    for place, line in enumerate(lines):
        for column, letter in enumerate(line.letters):
            dark = abs(values[place, column]) > 0.6 * limit
            text = axes.text(
                column, place, letter, ha="center", va="center", fontsize=8, color="white" if dark else INK
            )
            text.set_in_layout(False)
            literal(text)
        if line.stop - line.start < len(line.letters):
            axes.plot([line.start - 0.5, line.stop - 0.5], [place + 0.42] * 2, color="black", linewidth=1.2)
    if not lines:
        axes.text(columns / 2, 0, "no passage", ha="center", va="center", fontsize=8)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(len(values) - 0.5, -0.5)
    label_numbers(axes, range(1, len(values) + 1), most=len(values))
    axes.set_ylabel("passage (rank)", fontsize=8)
    said = f"unit {unit.unit}, {unit.state}: {unit.property}, correlation {unit.correlation:+.2f}"
    literal(axes.set_title(wrapped(said, 0.15 * columns + 0.5), loc="left"))


def _line(
    selectivity: Selectivity, unit: SelectiveUnit, passage: Passage, trace: Trace | None, row: int
) -> _Line:
    if trace is None:
        letters = _letters(passage.text)
        line = _Line(letters, [passage.mean] * len(letters), 0, len(letters))
    else:
        line = _with_states(selectivity, unit, passage, trace, row)
    if len(line.letters) <= _LETTERS:
        return line
    letters = [*line.letters[: _LETTERS - 1], "…"]
    return _Line(letters, line.values[:_LETTERS], line.start, min(line.stop, _LETTERS))


def _with_states(
    selectivity: Selectivity, unit: SelectiveUnit, passage: Passage, trace: Trace, row: int
) -> _Line:
    """Return a passage and what stands around it, each item with the unit's state."""
    layer = trace.layer(selectivity.name, selectivity.direction)
    items = trace.items.get(layer.name, trace.items.get("", ()))
    if passage.stop > len(items) or passage.stop > int(layer.steps[-1]) + 1 or unit.unit >= layer.units:
        raise DataError(
            f"plot_units: expected the trace that was measured, got one of {len(items)} items and "
            f"{layer.units} units; item {passage.stop - 1} of unit {unit.unit} is not in it"
        )
    state = layer.h if unit.state == "h" or layer.c is None else layer.c
    known = {
        int(step): float(value)
        for step, value, valid in zip(layer.steps, state[row, :, unit.unit], layer.valid[row], strict=True)
        if valid
    }
    spaced = any(len(item) > 1 for item in items)
    letters: list[str] = []
    values: list[float] = []
    first, last = _around(items, passage)
    edges = [0, 0]
    for place in range(first, last):
        if place == passage.start:
            edges[0] = len(letters)
        own = [*_letters(items[place]), *([" "] if spaced and place + 1 < last else [])]
        letters += own
        values += [known.get(place, np.nan)] * len(own)
        if place + 1 == passage.stop:
            edges[1] = len(letters)
    return _Line(letters, values, edges[0], edges[1])


def _around(items: Sequence[str], passage: Passage) -> tuple[int, int]:
    """Return the items from a little before a passage to a little after it."""
    first, last, room = passage.start, passage.stop, _AROUND
    while first > 0 and (room := room - len(items[first - 1]) - 1) >= 0:
        first -= 1
    room = _AROUND
    while last < len(items) and (room := room - len(items[last]) - 1) >= 0:
        last += 1
    return first, last


def _letters(text: str) -> list[str]:
    """Return one drawable letter for each of a text; a box where the font has none."""
    shown = [readable(letter) for letter in text]
    return [each if len(each) == 1 else "□" for each in shown]


def _title(selectivity: Selectivity, trace: Trace | None) -> str:
    beyond = selectivity.beyond_chance
    colour = "of the mean over the passage" if trace is None else "of each item's state; passages underlined"
    return (
        f"{selectivity.name} ({selectivity.direction}): {int(beyond.sum())} of {len(beyond)} units follow a "
        f"property more closely than chance ({selectivity.chance:.2f}), over {selectivity.steps:,} items\n"
        f"colours {colour}"
    )
