"""What was read, as labels of an axis: every item readable, none too long, and not too many."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from remy.inspect.figures.style import literal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

#: Labels an axis has at most; with more items, every second, third, ... has one.
MOST_LABELS = 80
_LONGEST = 14
_SHOWN_AS = {" ": "␣", "\u00a0": "␣", "\n": "⏎", "\t": "⇥"}


def readable(item: str, *, longest: int = _LONGEST) -> str:
    """Return an item as it can be drawn: ``␣`` for a space, ``⏎`` for a line's end, ``U+4F60`` for no glyph.

    Examples
    --------
    >>> readable(" the"), readable("\\n"), readable("antidisestablishmentarianism")
    ('␣the', '⏎', 'antidisestabl…')
    """
    if not item:
        return "∅"
    shown = "".join(_SHOWN_AS.get(letter) or _drawable(letter) for letter in item[: longest + 1])
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def drawable(text: str) -> str:
    """Return a text with ``U+...`` for every letter that the figures' font lacks; lines and spaces stay."""
    return "".join(letter if letter in " \n" else _drawable(letter) for letter in text)


def places(count: int, most: int = MOST_LABELS) -> range:
    """Return which of `count` items have a label: all, or every k-th so that there are at most `most`."""
    return range(0, count, max(1, -(-count // most)))


def every(count: int, most: int = MOST_LABELS) -> str:
    """Return ``""``, or ``", every 4th named"`` where only some of `count` items have a label."""
    step = places(count, most).step
    ending = {1: "st", 2: "nd", 3: "rd"}.get(step % 10 if step // 10 % 10 != 1 else 0, "th")
    return "" if step == 1 else f", every {step}{ending} named"


def label_items(axes: Axes, items: Sequence[str]) -> None:
    """Write `items` along the horizontal axis, the first at 0; those of more than two letters upright."""
    chosen = places(len(items))
    axes.set_xticks(list(chosen), [readable(items[place]) for place in chosen], fontsize=8)
    for label in axes.get_xticklabels():
        label.set_rotation(90 if len(label.get_text()) > 2 else 0)
        literal(label)


def label_numbers(axes: Axes, numbers: Sequence[int], *, most: int) -> None:
    """Write `numbers` along the vertical axis, the first at 0, at most `most` of them."""
    chosen = places(len(numbers), most)
    axes.set_yticks(list(chosen), [str(numbers[place]) for place in chosen], fontsize=8)


def wrapped(text: str, width: float) -> str:
    """Return a sentence, drawable, in lines that fit over a figure of that many inches."""
    # About 12 letters of a title's size stand on an inch.
    lines = drawable(text).split("\n")
    return "\n".join(textwrap.fill(line, max(20, int(12 * width))) for line in lines)


def whole_numbers(axis: Axis) -> None:
    """Number an axis of steps or lags by whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator("auto", integer=True))


@lru_cache(maxsize=4096)
def _drawable(letter: str) -> str:
    # A control character may have a glyph, an empty one.
    known = unicodedata.category(letter)[0] != "C" and _glyph(letter)
    return letter if known else f"U+{ord(letter):04X}"


def _glyph(letter: str) -> bool:
    from matplotlib.font_manager import findfont, get_font

    return get_font(findfont("DejaVu Sans")).get_char_index(ord(letter)) != 0
