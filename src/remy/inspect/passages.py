"""The passages of a text that drive a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remy.inspect.record import Array

# Characters of a passage that a sentence shows.
_SHOWN = 40


@dataclass(frozen=True)
class Passage:
    """A stretch of a text over which a unit is far up, or far down.

    Attributes
    ----------
    start, stop
        Which items: from `start` up to `stop`, excluded.
    text
        The items; words with spaces between them.
    mean
        Of the unit's state.
    """

    start: int
    stop: int
    text: str
    mean: float

    def __str__(self) -> str:
        return repr(self.text if len(self.text) <= _SHOWN else f"{self.text[: _SHOWN - 1]}…")


def passages_of(
    state: Array, places: Array, items: Sequence[str], *, high: bool, count: int
) -> tuple[Passage, ...]:
    """Return the passages that drive a unit most.

    A passage is as long as every state is beyond the middle between the lowest and the highest one. First
    comes the one whose states, summed up, are furthest beyond.

    Parameters
    ----------
    state
        ``(N,)``.
    places
        ``(N,)``: which item each is of. A passage ends where an item was left out at which no state is known.
    items
        Of the text.
    high
        Whether the unit is driven up, or down.
    count
        How many at most.
    """
    driven = (state if high else -state).astype(np.float64)
    beyond = driven - (driven.min() + driven.max()) / 2
    above = beyond > 0
    spacing = int(np.diff(places).min()) if len(places) > 1 else 1
    # Where the next step is beyond too, and reads the next item.
    goes_on = above[:-1] & above[1:] & (np.diff(places) == spacing)
    firsts = np.flatnonzero(above & ~np.append(False, goes_on))
    stops = np.flatnonzero(above & ~np.append(goes_on, False)) + 1
    sums = np.append(0, np.cumsum(beyond))
    found = [(sums[first] - sums[stop], first, stop) for first, stop in zip(firsts, stops, strict=True)]
    best = []
    for _, first, stop in sorted(found)[:count]:
        begin, end = int(places[first]), int(places[stop - 1]) + 1
        best.append(Passage(begin, end, _text(items[begin:end]), float(state[first:stop].mean())))
    return tuple(best)


def _text(items: Sequence[str]) -> str:
    """Put items together: characters as they are, words with spaces."""
    return ("" if all(len(item) == 1 for item in items) else " ").join(items)
