"""Which units follow a property of what is read, and which passages drive them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from remy.errors import DataError, ShapeError, UsageError
from remy.inspect.correlation import reached_by_chance, standardised
from remy.inspect.faults import short
from remy.inspect.options import whole_number
from remy.inspect.passages import Passage, passages_of
from remy.inspect.properties import PROPERTIES, Property
from remy.inspect.reading import States, states_of
from remy.inspect.record import Array

#: Fewer items than this, and nearly everything correlates.
FEWEST = 10
# A state of size 1 that moves less than this has only the noise of float32.
_STEADY = 1e-6


@dataclass(frozen=True)
class SelectiveUnit:
    """A unit with the property that it follows most closely.

    Attributes
    ----------
    unit
        Its number.
    state
        ``"h"`` or ``"c"``: which of its states does.
    property
        Name of the property.
    correlation
        Pearson's, from -1 to 1.
    passages
        Where it is high, or where the correlation is negative low: stretches beyond the middle between its
        lowest and its highest value, those first in which it is beyond it most, summed over the stretch.
        `mean` is that of its state.
    """

    unit: int
    state: str
    property: str
    correlation: float
    passages: tuple[Passage, ...]

    def __str__(self) -> str:
        where = ", ".join(map(str, self.passages))
        way = "highest" if self.correlation >= 0 else "lowest"
        return (
            f"{self.state} of unit {self.unit}: {self.property} ({self.correlation:+.2f}); {way} in {where}"
        )


@dataclass(frozen=True)
class Selectivity:
    """How closely each unit of a layer follows each property of what it read.

    Attributes
    ----------
    name, direction
        Of the layer.
    steps
        Number of items.
    properties
        Names of the P properties.
    h, c
        ``(H, P)``: Pearson's correlation of each unit's state with each property, 0 where one of them is
        constant; `c` None without a cell state.
    units
        The most selective ones, the largest correlation in size first.
    tests
        How many correlations of what is not constant were looked at.
    shifts
        How many shifted copies of the properties were tried.
    chance
        The largest size of all correlations with any shifted copy. Each copy goes round the text by a random
        number of items, a tenth of the text at least: it changes as the property does, but belongs to other
        places. As it is the largest of `tests` times `shifts`, a correlation beyond it is no accident of many
        tests. A text that repeats itself regularly has a high one.
    """

    name: str
    direction: str
    steps: int
    properties: tuple[str, ...]
    h: Array
    c: Array | None
    units: tuple[SelectiveUnit, ...]
    tests: int
    shifts: int
    chance: float

    @property
    def beyond_chance(self) -> Array:
        """``(H,)`` bool: units with a correlation beyond `chance`."""
        both = np.abs(self.h) if self.c is None else np.maximum(np.abs(self.h), np.abs(self.c))
        found: Array = both.max(axis=1) > self.chance
        return found

    def __str__(self) -> str:
        beyond = self.beyond_chance
        head = (
            f"{self.name} ({self.direction}): {int(beyond.sum())} of {len(beyond)} units follow a property "
            f"more closely than chance: of {self.tests:,} correlations over {self.steps:,} items, "
            f"{self.shifts} shifted copies reach {self.chance:.2f}"
        )
        return "\n".join([head, *map(str, self.units)])


def unit_selectivity(
    model: Any,
    x: Any = None,
    *,
    properties: Mapping[str, Property] | None = None,
    items: Sequence[str] | None = None,
    layer: int | str | None = None,
    direction: str | None = None,
    row: int = 0,
    top: int = 10,
    passages: int = 3,
    shifts: int = 100,
    seed: int = 0,
) -> Selectivity:
    """Return which units of a layer follow a property of the text that is read.

    After H. Strobelt et al., *LSTMVis*, IEEE TVCG 2018, and A. Karpathy, J. Johnson and L. Fei-Fei,
    *Visualizing and Understanding Recurrent Networks*, 2015.

    Parameters
    ----------
    model
        As in :func:`remy.inspect.trace`, or a trace.
    x
        The text, or what the model reads; not with a trace. A text, or inputs of a module, may have any
        length: layers that read forward go on part by part.
    properties
        From a name to a function of the T items that returns T numbers; None for
        :data:`remy.inspect.PROPERTIES`.
    items
        What was read at each step, where the model does not know.
    layer, direction
        Which, as in :meth:`Trace.layer <remy.inspect.Trace.layer>`; None for the first whose rows are those
        of the answers (of a tagger, not the layer that reads a word's characters).
    row
        Which row of the batch.
    top
        How many units are listed.
    passages
        How many passages of each.
    shifts
        How many shifted copies of the properties show what is chance.
    seed
        Of the shifts.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used.
    ShapeError
        If a property does not return a finite number for each item, or there are too few `items`.
    DataError
        If there are fewer than 10 items, or it is not known what they are.

    Examples
    --------
    A unit that is up at every ``a``:

    >>> import torch
    >>> from remy.inspect.units import unit_selectivity
    >>> from remy.layers import SimpleRNN
    >>> text = "abracadabra, alas"
    >>> x = torch.tensor([[[float(mark == "a")] for mark in text]])
    >>> one, none = (lambda w: w.fill_(1.0)), (lambda w: w.fill_(0.0))
    >>> layer = SimpleRNN(1, kernel_initializer=one, recurrent_initializer=none)
    >>> a = {"an a": lambda items: [item == "a" for item in items]}
    >>> print(unit_selectivity(layer, x, items=text, properties=a).units[0])
    h of unit 0: an a (+1.00); highest in 'a', 'a', 'a'
    """
    for name, option in {"top": top, "passages": passages, "shifts": shifts}.items():
        whole_number(name, option, least=1)
    whole_number("seed", seed, least=0)
    known = _expect_properties(PROPERTIES if properties is None else properties)
    states = states_of(model, x, items=items, layer=layer, direction=direction, row=row)
    count = len(states.places)
    if count < FEWEST:
        raise DataError(
            f"unit_selectivity: expected at least {FEWEST} items, got {count}; pass a longer text"
        )
    values = np.stack([_values(name, known[name], states) for name in known], axis=1)
    series = {"h": states.h} if states.c is None else {"h": states.h, "c": states.c}
    moving = {state: standardised(array, _STEADY) for state, array in series.items()}
    wanted = standardised(values, 0.0)
    found = {state: each.T @ wanted for state, each in moving.items()}
    together = np.concatenate(list(moving.values()), axis=1)
    chance, tried = reached_by_chance(together, wanted, shifts, seed)
    return Selectivity(
        name=states.name,
        direction=states.direction,
        steps=count,
        properties=tuple(known),
        h=found["h"],
        c=found.get("c"),
        units=tuple(_ranked(found, series, states, tuple(known), top, passages)),
        tests=int(together.any(axis=0).sum()) * int(wanted.any(axis=0).sum()),
        shifts=tried,
        chance=chance,
    )


def _expect_properties(given: Any) -> Mapping[str, Property]:
    if not isinstance(given, Mapping) or not given or not all(map(callable, given.values())):
        raise UsageError(
            f"properties: expected functions by name, {{'name': function}}, got {short(given)}; "
            "None for remy.inspect.PROPERTIES"
        )
    return given


def _values(name: str, property_: Property, states: States) -> Array:
    """Return a property at the steps that count, ``(N,)``."""
    returned = property_(states.items)
    try:
        found = np.asarray(returned, dtype=np.float64)
        got = f"an array of shape {found.shape}"
    except (TypeError, ValueError, RuntimeError):  # texts, lists of several lengths; tensors of torch
        found, got = np.zeros(0), short(returned)
    if found.shape != (len(states.items),) or not np.isfinite(found).all():
        raise ShapeError(
            f"unit_selectivity: expected '{name}' to return a finite number for each of {len(states.items)} "
            f"items, got {got}"
        )
    values: Array = found[states.places]
    return values


def _ranked(
    found: dict[str, Array],
    series: dict[str, Array],
    states: States,
    names: tuple[str, ...],
    top: int,
    passages: int,
) -> Iterator[SelectiveUnit]:
    """Yield the units with the largest correlations, with passages of the state that has it."""
    kinds = list(found)
    sizes = np.abs(np.stack([found[state] for state in kinds], axis=1))  # (H, S, P)
    for unit in np.argsort(-sizes.max(axis=(1, 2)), kind="stable")[:top]:
        kind, best = np.unravel_index(int(sizes[unit].argmax()), sizes[unit].shape)
        state = kinds[int(kind)]
        correlation = float(found[state][unit, best])
        driving = passages_of(
            series[state][:, unit], states.places, states.items, high=correlation >= 0, count=passages
        )
        yield SelectiveUnit(int(unit), state, names[int(best)], correlation, driving)
