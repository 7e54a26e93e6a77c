"""How the figures look: colours that survive colour blindness and grey, lines told apart three ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure

#: For values from none to all: monotone in luminance, the same to all kinds of colour vision.
SEQUENTIAL = "cividis"
#: From blue (negative) over white to orange; both halves are equally dark at equal distance from 0.
_DIVERGING = ("#08306b", "#2f74b3", "#9cc3e0", "#f7f7f7", "#f2b27a", "#c4671d", "#5c2a04")
MASKED = "#d9d9d9"
HATCH = "////"
INK = "#222222"
GRID = "#e6e6e6"

# The font comes with matplotlib, so that a figure does not depend on the machine. The salt makes the names
# inside an SVG the same every time.
_SETTINGS = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "figure.titlesize": 10.5,
    "svg.hashsalt": "remy",
}


class Line(NamedTuple):
    """What tells a curve from the others: any one of the three is enough."""

    color: str
    linestyle: Any
    marker: str


#: Okabe and Ito's palette (2008) without its yellow, which white paper swallows.
LINES = (
    Line("#0072b2", "-", "o"),
    Line("#d55e00", "--", "s"),
    Line("#009e73", "-.", "^"),
    Line("#000000", ":", "D"),
    Line("#cc79a7", (0, (7, 2, 1, 2, 1, 2)), "v"),
    Line("#56b4e9", (0, (9, 4)), "P"),
    Line("#e69f00", (0, (3, 1, 1, 1)), "X"),
    Line("#7f7f7f", (0, (1, 3)), "*"),
)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw with matplotlib's own defaults and ours, whatever the user's settings are."""
    import matplotlib.style

    with matplotlib.style.context(["default", _SETTINGS]):
        yield


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that size in inches whose parts make room for each other."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def diverging() -> LinearSegmentedColormap:
    """Return the colour map for values that have a sign; an odd number of colours: 0 has the middle one."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("remy_diverging", _DIVERGING, N=257)


def literal(*texts: Any) -> None:
    """Take these texts as they stand: a dollar sign in them begins no formula."""
    for text in texts:
        text.set_parse_math(False)
