"""Cells side by side: what each scored, costs and remembers, a point for every seed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, Protocol

from remy.inspect.figures.labels import readable, wrapped
from remy.inspect.figures.style import GRID, INK, LINES, house_style, literal, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Panels side by side.
_ACROSS = 3
#: The measure of which a row may know only that it is at least so much.
_OPEN = "memory horizon"


class Scored(Protocol):
    """What was scored, and who needs no network."""

    @property
    def name(self) -> str: ...
    @property
    def more_is_better(self) -> bool: ...
    @property
    def baseline_name(self) -> str | None: ...
    @property
    def baseline(self) -> float | None: ...
    @property
    def solved(self) -> float | None: ...


class Compared(Protocol):
    """A cell: of every measure a number for each seed, the measures' units, and whether horizons are open."""

    @property
    def name(self) -> str: ...
    @property
    def measures(self) -> Mapping[str, Sequence[float]]: ...
    @property
    def units(self) -> Mapping[str, str]: ...
    @property
    def at_least(self) -> Sequence[bool]: ...


class Comparison(Protocol):
    """What is drawn of :class:`remy.tasks.comparison.result.Comparison`, which this floor cannot import."""

    @property
    def data(self) -> str: ...
    @property
    def task(self) -> str: ...
    @property
    def scale(self) -> Any: ...
    @property
    def seeds(self) -> Sequence[int]: ...
    @property
    def verdict(self) -> str: ...
    def __iter__(self) -> Iterator[Any]: ...


def plot_comparison(comparison: Comparison) -> Figure:
    """Draw every measure of a comparison in a panel of its own, from 0 on, a cell a line.

    A point is a seed, a bar reaches from the lowest to the highest, a stroke is the median. A memory horizon
    beyond the lags that were seen is an open triangle: it is at least so much.

    Parameters
    ----------
    comparison
        Of :func:`remy.inspect.compare`.

    Returns
    -------
    matplotlib.figure.Figure
        Its title is the comparison's own verdict.

    Examples
    --------
    >>> from remy.inspect.figures import plot_comparison
    >>> from remy.tasks.comparison.result import Comparison, Scale
    >>> nothing = Comparison("text.txt", "language-model", Scale("nats/char", more_is_better=False), rows=())
    >>> plot_comparison(nothing).get_suptitle()
    'text.txt (language-model): Nothing was trained to the end.'
    """
    rows: list[Compared] = list(comparison)
    scale: Scored = comparison.scale
    measures = list(dict.fromkeys(name for row in rows for name in row.measures))
    with house_style():
        across = min(_ACROSS, max(1, len(measures)))
        down = -(-len(measures) // across)
        height = 0.3 * len(rows) + 1.0
        figure = new_figure(3.4 * across + 1.6, down * height + 1.0)
        for place, measure in enumerate(measures):
            axes = figure.add_subplot(down, across, place + 1)
            _draw(axes, measure, rows, scale)
            axes.set_ylabel("cell (name)" if place % across == 0 else "")
            if place % across:
                axes.tick_params(labelleft=False)
        seeds = f", {len(comparison.seeds)} seeds" if len(comparison.seeds) > 1 else ""
        title = f"{comparison.data} ({comparison.task}{seeds}): {comparison.verdict}"
        literal(figure.suptitle(wrapped(title, figure.get_figwidth())))
    return figure


def _draw(axes: Axes, measure: str, rows: Sequence[Compared], scale: Scored) -> None:
    from matplotlib.ticker import MaxNLocator

    for place, row in enumerate(rows):
        given = list(row.measures.get(measure, ()))
        opened = list(row.at_least) if measure == _OPEN else [False] * len(given)
        known = [
            (value, at_least) for value, at_least in zip(given, opened, strict=True) if math.isfinite(value)
        ]
        if not known:
            axes.text(
                0.02, place, "none", va="center", color=INK, fontsize=8, transform=axes.get_yaxis_transform()
            )
            continue
        values = [value for value, _ in known]
        axes.plot(
            [min(values), max(values)], [place] * 2, color="#9ab8d8", linewidth=7, solid_capstyle="butt"
        )
        axes.plot([median(values)] * 2, [place - 0.32, place + 0.32], color=INK, linewidth=1.6)
        for value, at_least in known:
            axes.plot(
                value, place, ">" if at_least else "o", color=LINES[0].color, markersize=6 if at_least else 4,
                markerfacecolor="none" if at_least else LINES[0].color,
            )  # fmt: skip
    if measure == scale.name:
        _mark(axes, scale)
    if measure == _OPEN and any(flag for row in rows for flag in row.at_least):
        axes.plot([], [], ">", color=LINES[0].color, markerfacecolor="none", label="at least")
    axes.set_yticks(range(len(rows)), [readable(row.name, longest=32).replace("␣", " ") for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    literal(*axes.get_yticklabels(), axes.set_xlabel(_named(measure, rows, scale)))
    _from_zero(axes)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.grid(visible=True, axis="x", color=GRID)
    axes.set_axisbelow(True)
    if axes.get_legend_handles_labels()[0]:
        legend = axes.legend(
            loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, frameon=False, fontsize=7, borderpad=0.0
        )
        literal(*legend.get_texts())


def _mark(axes: Axes, scale: Scored) -> None:
    """Draw what the score is held against."""
    if scale.baseline is not None:
        name = readable(scale.baseline_name or "baseline", longest=18).replace("␣", " ")
        axes.axvline(scale.baseline, color=INK, linestyle="--", label=f"{name} {scale.baseline:.3g}")
    if scale.solved is not None:
        axes.axvline(scale.solved, color=INK, linestyle=":", label=f"solved {scale.solved:.3g}")


def _from_zero(axes: Axes) -> None:
    """Let an axis hold 0 and a little more than all that is drawn: a length is then a size."""
    low, high = axes.dataLim.intervalx
    if not (math.isfinite(low) and math.isfinite(high)):
        low = high = 0.0
    low, high = min(0.0, low), max(0.0, high)
    room = 0.06 * (high - low) or 0.5
    axes.set_xlim(low - (room if low < 0 else 0.0), high + room)


def _named(measure: str, rows: Sequence[Compared], scale: Scored) -> str:
    if measure == scale.name:
        return f"{measure} ({'more' if scale.more_is_better else 'less'} is better)"
    if measure.endswith("/s"):
        return f"training speed ({measure})"
    unit = next((row.units[measure] for row in rows if row.units.get(measure)), "no unit")
    return f"{measure} ({unit})"
