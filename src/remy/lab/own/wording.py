"""Steps as the sentences of this scene say them."""

from __future__ import annotations

from collections.abc import Sequence

from remy.lab.wording import quoted


def step(place: int, items: Sequence[str]) -> str:
    """Return a step and what was read there, where that is known.

    Examples
    --------
    >>> step(1, ["a", " "]), step(0, ["0"])
    ('step 1, a space', 'step 0')
    """
    item = items[place] if place < len(items) else str(place)
    return f"step {place}" if item == str(place) else f"step {place}, {quoted(item)}"
