"""Holding a gate or a state at a value, at chosen steps and units."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import index
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy.errors import UsageError, choice
from remy.inspect.options import DIRECTIONS
from remy.ops import CELLS

#: The states that can be held, beside the gates.
STATES = {"hidden": "h", "cell": "c"}


@dataclass(frozen=True)
class Override:
    """A gate, or a new state, held at a value.

    Attributes
    ----------
    name
        A gate: ``input, forget, candidate, output`` of the LSTM, ``update, reset, candidate`` of the GRU; or
        the state after a step: ``hidden``, of the LSTM also ``cell``.
    value
        What it is held at.
    steps, units
        Where, one at least; None for everywhere. Steps count from 0 in the order of the input.
    layer, direction
        Of which layer, by its name in the trace, and ``"forward"`` or ``"backward"``; None for all that have
        it.
    """

    name: str
    value: float
    steps: Sequence[int] | None = None
    units: Sequence[int] | None = None
    layer: str | None = None
    direction: str | None = None

    def __str__(self) -> str:
        parts = [f"{self.name} = {self.value:g}"]
        parts += [f"steps {_ranges(self.steps)}"] if self.steps is not None else []
        parts += [f"units {_ranges(self.units)}"] if self.units is not None else []
        parts += [part for part in (self.layer, self.direction) if part is not None]
        return ", ".join(parts)


def as_overrides(given: Any) -> tuple[Override, ...]:
    """Return the overrides that a mapping ``{"forget": 0}``, an `Override` or several of them mean."""
    if given is None:
        return ()
    if isinstance(given, Override):
        return (_sound(given),)
    if isinstance(given, Mapping):
        return tuple(_sound(Override(name, value)) for name, value in given.items())
    found = tuple(given) if isinstance(given, Iterable) else (given,)
    if not all(isinstance(each, Override) for each in found):
        raise UsageError("override: expected {'gate': value}, an Override or a list of Overrides")
    return tuple(map(_sound, found))


def _sound(override: Override) -> Override:
    """Return an override of plain numbers, or raise a `UsageError` for what is none."""
    value = override.value
    if not isinstance(value, int | float | np.number) or not math.isfinite(value):
        raise UsageError(f"override: expected a finite number for '{override.name}', got {value!r}")
    if override.direction is not None:
        choice("direction", override.direction, DIRECTIONS)
    places = {"steps": _whole("steps", override.steps), "units": _whole("units", override.units)}
    empty = next((what for what, numbers in places.items() if numbers == ()), None)
    if empty is not None:
        raise UsageError(f"override: expected some {empty} for '{override.name}', got none; None for all")
    return replace(override, value=float(value), steps=places["steps"], units=places["units"])


def _whole(what: str, numbers: Any) -> tuple[int, ...] | None:
    try:
        return None if numbers is None else tuple(index(number) for number in numbers)
    except TypeError as error:
        raise UsageError(f"override: expected {what} as whole numbers, [0, 1], got {numbers!r}") from error


def known_to(cell: str) -> tuple[str, ...]:
    """Return what can be held of a cell."""
    sizes = CELLS[cell]
    return (*sizes.gate_names, "hidden", *(("cell",) if sizes.has_cell_state else ()))


def expect_possible(
    overrides: Sequence[Override], layers: Sequence[tuple[str, str, str, int]], steps: int
) -> None:
    """Raise a `UsageError` for the first override that no layer has, or that lies outside one.

    `layers` are name, direction, cell and units of each.
    """
    for each in overrides:
        fitting = [layer for layer in layers if _is_meant(each, layer[0], layer[1])]
        if not fitting:
            known = ", ".join(f"{name} ({direction})" for name, direction, _, _ in layers)
            asked = f"{each.layer} ({each.direction})" if each.layer and each.direction else None
            raise UsageError(
                f"override: there is no layer '{asked or each.layer or each.direction}'; there are {known}"
            )
        having = [layer for layer in fitting if each.name in known_to(layer[2])]
        if not having:
            choice("override", each.name, dict.fromkeys(name for f in fitting for name in known_to(f[2])))
        for name, _, _, units in having:
            wrong = next((u for u in each.units or () if not 0 <= u < units), None)
            if wrong is not None:
                raise UsageError(f"unit: expected 0 to {units - 1} in {name}, got {wrong}")
        wrong = next((t for t in each.steps or () if not 0 <= t < steps), None)
        if wrong is not None:
            raise UsageError(f"step: expected 0 to {steps - 1}, got {wrong}")


def held_values(
    overrides: Sequence[Override], name: str, direction: str, cell: str, like: Tensor, start: int
) -> dict[str, tuple[Tensor, Tensor]]:
    """Return where and at what a call's gates and states are held, as :func:`remy.ops.record` takes them.

    Parameters
    ----------
    like
        ``(T, B, H)``, of the call's dtype.
    start
        The step of the sequence at which the call begins.

    Raises
    ------
    UsageError
        If a value is too large for the dtype.
    """
    held: dict[str, tuple[Tensor, Tensor]] = {}
    for each in overrides:
        if not _is_meant(each, name, direction) or each.name not in known_to(cell):
            continue
        if abs(each.value) > torch.finfo(like.dtype).max:
            dtype = str(like.dtype).removeprefix("torch.")
            raise UsageError(
                f"override: expected a number that {dtype} can hold for '{each.name}', got {each.value!r}"
            )
        where = torch.zeros_like(like, dtype=torch.bool)
        steps = range(len(like)) if each.steps is None else [t - start for t in each.steps]
        # What lies outside is refused once all layers are known, see `expect_possible`.
        units = range(like.shape[2]) if each.units is None else each.units
        inside = [unit for unit in units if 0 <= unit < like.shape[2]]
        for t in steps:
            if 0 <= t < len(like):
                where[t, :, inside] = True
        key = STATES.get(each.name, each.name)
        before = held.get(key, (torch.zeros_like(where), torch.zeros_like(like)))
        held[key] = (where | before[0], torch.where(where, each.value, before[1]))
    return {key: (where, values) for key, (where, values) in held.items() if bool(where.any())}


def _is_meant(override: Override, name: str, direction: str) -> bool:
    return override.layer in (None, name) and override.direction in (None, direction)


def _ranges(numbers: Sequence[int]) -> str:
    given = sorted(numbers)
    if len(given) > 2 and given == list(range(given[0], given[-1] + 1)):
        return f"{given[0]} to {given[-1]}"
    return ", ".join(map(str, given))
