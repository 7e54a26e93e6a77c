"""Options that several functions of this package take: whole numbers, and one of the layers that ran."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from numbers import Integral
from typing import Any

from remy.errors import UsageError, choice

DIRECTIONS = ("forward", "backward")


def whole_number(name: str, value: Any, *, least: int | None = None, most: int | None = None) -> int:
    """Return `value` if it is a whole number from `least` to `most`, else raise a `UsageError`.

    `most` is given with `least` only.
    """
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    fits = found is not None and (least is None or found >= least) and (most is None or found <= most)
    if found is not None and fits:
        return found
    bounds, link = ("", "") if least is None else (f"at least {least}", " of ")
    if most is not None:
        bounds, link = f"{least} to {most}", " from "
    expected = f"a whole number{link}{bounds}" if found is None else bounds
    raise UsageError(f"{name}: expected {expected}, got {value!r}")


def chosen_layer(
    layers: Sequence[tuple[str, str]],
    which: int | str | None,
    direction: str | None,
    *,
    first: Sequence[bool] | None = None,
) -> int:
    """Return the place of a layer by its place or name, and the direction it has to run in.

    Parameters
    ----------
    layers
        Name and direction of each.
    which
        None for the first that runs in `direction`, if there is one of those for which `first` holds.

    Raises
    ------
    UsageError
        If there is none; says which there are.
    """
    if direction is not None:
        choice("direction", direction, DIRECTIONS)
    known = f"there are {', '.join(f'{name} ({runs})' for name, runs in layers)}"
    able = [place for place, (_, runs) in enumerate(layers) if direction in (None, runs)]
    if which is None:
        preferred = [place for place in able if first is None or first[place]] or able
        if not preferred:
            raise UsageError(f"layer: there is none that runs {direction}; {known}")
        return preferred[0]
    if isinstance(which, Integral):
        place = int(which)
        if not 0 <= place < len(layers):
            raise UsageError(f"layer: expected 0 to {len(layers) - 1}, got {place}; {known}")
        if place not in able:
            name, runs = layers[place]
            raise UsageError(f"layer: {place} is {name} ({runs}), not {direction}; {known}")
        return place
    found = next((place for place in able if layers[place][0] == which), None)
    if found is None:
        asked = f"{which} ({direction})" if direction is not None else which
        raise UsageError(f"layer: there is no '{asked}'; {known}")
    return found
