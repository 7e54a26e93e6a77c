"""The states of a layer over a long text, read part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy import ops
from remy.errors import DataError, ShapeError, UsageError
from remy.inspect.layers import LayerSteps
from remy.inspect.options import chosen_layer, whole_number
from remy.inspect.record import Array, Trace
from remy.inspect.recorder import Recorder
from remy.inspect.subject import Inspectable, subject_of
from remy.inspect.tracing import MOST_STEPS, undisturbed
from remy.ops.arguments import Arguments
from remy.ops.watching import Result


@dataclass(frozen=True)
class States:
    """The states of one layer and direction at the N steps of one row that count.

    Attributes
    ----------
    name, direction
        Of the layer.
    items
        Everything that was read, also at steps that do not count.
    places
        ``(N,)``: which of the items each step read.
    h, c
        ``(N, H)``; `c` None without a cell state.
    """

    name: str
    direction: str
    items: tuple[str, ...]
    places: Array
    h: Array
    c: Array | None


def states_of(
    model: Any,
    x: Any,
    *,
    items: Sequence[str] | None,
    layer: int | str | None,
    direction: str | None,
    row: int,
) -> States:
    """Return the states of a layer of a model, or of a trace."""
    if isinstance(model, Trace):
        return _of_trace(model, items, layer, direction, row)
    parts = list(_parts(model, x))
    read: list[str] = []
    found: list[LayerSteps] = []
    network = subject_of(model, parts[0], None, lengths=None, mask=None, output=None).network
    reader = _Reader(network, alone=len(parts) == 1)
    with undisturbed(network), torch.no_grad():
        for part in parts:
            subject = replace(
                subject_of(model, part, None, lengths=None, mask=None, output=None), losses=None
            )
            reader.begin()
            with ops.watch(reader):
                answers = len(subject.answer(network))
            steps = _chosen([LayerSteps(run) for run in reader.runs], answers, layer, direction)
            found.append(steps)
            read += subject.items.get(steps.place.name, subject.items.get("", ()))
    place = found[0].place
    valid = np.concatenate([_row(each.valid, row) for each in found])
    places = np.flatnonzero(valid)
    c = None
    if found[0].c is not None:
        c = np.concatenate([_row(each.c, row) for each in found if each.c is not None])[places]
    return States(
        name=place.name,
        direction=place.direction,
        items=_expect_items(items or read, len(valid)),
        places=places,
        h=np.concatenate([_row(each.h, row) for each in found])[places],
        c=c,
    )


class _Reader(Recorder):
    """Lets every layer go on from where it ended in the part before."""

    def __init__(self, network: torch.nn.Module, *, alone: bool) -> None:
        super().__init__(network, token=None)
        self._alone = alone
        self._ended: dict[int, tuple[Tensor, Tensor | None]] = {}

    def begin(self) -> None:
        """Forget what was recorded, but not where it ended."""
        self._by_place = {}

    def __call__(self, a: Arguments, loop: bool) -> Result:
        """Compute a call."""
        if a.reverse and not self._alone:
            raise UsageError(
                f"unit_selectivity: a layer that reads backward takes at most {MOST_STEPS:,} steps; pass a "
                "part of the text"
            )
        key = id(a.recurrent_kernel)
        if key in self._ended:
            a = a._replace(h0=self._ended[key][0], c0=self._ended[key][1])
        result = super().__call__(a, loop)
        self._ended[key] = result[1:]
        return result


def _parts(model: Any, x: Any) -> Iterator[Any]:
    """Yield parts of at most 4096 steps of a text or of inputs ``(B, T, ...)``; anything else as it is."""
    if isinstance(x, str) and isinstance(model, Inspectable):
        for start in range(0, max(1, len(x)), MOST_STEPS):
            yield x[start : start + MOST_STEPS]
    elif isinstance(model, torch.nn.Module):
        given = x if isinstance(x, Tensor) else torch.from_numpy(np.array(x))
        steps = given.shape[1] if given.dim() > 1 else 0
        for start in range(0, max(1, steps), MOST_STEPS):
            yield given[:, start : start + MOST_STEPS] if steps else given
    else:
        yield x


def _of_trace(
    trace: Trace, items: Sequence[str] | None, layer: int | str | None, direction: str | None, row: int
) -> States:
    known = [(each.name, each.direction) for each in trace.layers]
    answering = [len(each.h) == len(trace.scores) for each in trace.layers]
    found = trace.layers[chosen_layer(known, layer, direction, first=answering)]
    read = trace.items.get(found.name, trace.items.get("", ())) if items is None else items
    valid = _row(found.valid, row)
    return States(
        name=found.name,
        direction=found.direction,
        items=_expect_items(read, int(found.steps[-1]) + 1),
        places=found.steps[valid],
        h=found.h[row][valid],
        c=None if found.c is None else found.c[row][valid],
    )


def _chosen(
    layers: list[LayerSteps], answers: int, layer: int | str | None, direction: str | None
) -> LayerSteps:
    known = [(each.place.name, each.place.direction) for each in layers]
    answering = [len(each.h) == answers for each in layers]
    return layers[chosen_layer(known, layer, direction, first=answering)]


def _row(array: Any, row: int) -> Array:
    """Return a row of an array or tensor ``(B, T, ...)``."""
    return np.asarray(array[whole_number("row", row, least=0, most=len(array) - 1)])


def _expect_items(items: Sequence[str], steps: int) -> tuple[str, ...]:
    if not len(items):
        raise DataError(
            "unit_selectivity: it is not known what was read; pass items=, a list of one text a step"
        )
    if len(items) < steps:
        raise ShapeError(f"unit_selectivity: expected an item for each of {steps} steps, got {len(items)}")
    return tuple(items)
