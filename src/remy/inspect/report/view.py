"""Which part of a trace is looked at: one layer and direction, and some of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from remy.errors import UsageError, choice
from remy.inspect.options import DIRECTIONS
from remy.inspect.record import Array, LayerTrace, Trace


@dataclass(frozen=True)
class View:
    """The K steps of a layer that are shown.

    Attributes
    ----------
    trace, layer
        The layer in its trace.
    rows, places
        ``(K,)``: where the shown steps stand in the layer's arrays. A layer may have rows of its own, as a
        tagger's layer of letters has a row for each word; of these, masked steps are left out.
    left_out
        How many chosen steps are not shown.
    """

    trace: Trace
    layer: LayerTrace
    rows: Array
    places: Array
    left_out: int

    def of(self, array: Array) -> Array:
        """Return ``(K, ...)``, the shown steps of an array ``(B, T, ...)``."""
        found: Array = array[self.rows, self.places]
        return found

    @property
    def labels(self) -> list[str]:
        """Numbers of the shown steps; with several rows the row's before it."""
        steps = self.layer.steps[self.places]
        if len(self.layer.valid) == 1:
            return [str(step) for step in steps]
        return [f"{row}:{step}" for row, step in zip(self.rows, steps, strict=True)]

    @property
    def items(self) -> list[str]:
        """What was read at the shown steps; ``""`` where it is not known, or differs from row to row."""
        known = self.layer.name in self.trace.items or "" in self.trace.items
        if len(self.layer.valid) > 1 or not known:
            return [""] * len(self.places)
        items = self.trace.items_of(self.layer)
        return [items[place] for place in self.places]

    @property
    def answers(self) -> Array | None:
        """``(K, V)``: probabilities, or scores where there are none, at the shown steps.

        None where the model does not answer at the steps of this layer: once for all, or, as a translator's
        encoder, at the steps of another.
        """
        scores = self.trace.scores if self.trace.probabilities is None else self.trace.probabilities
        if scores.ndim != 3 or not _leads_to_answers(self.trace, self.layer):
            return None
        if int(self.layer.steps[-1]) >= scores.shape[1]:
            return None
        found: Array = scores[self.rows, self.layer.steps[self.places]]
        return found


def choose_layer(trace: Trace, which: str | None = None, direction: str | None = None) -> LayerTrace:
    """Return a layer by its name, or by its number among the names, from 0.

    By default the first that runs over what the answers are given for: words rather than their letters.

    Raises
    ------
    UsageError
        If there is none; says which there are.
    """
    if direction is not None:
        choice("direction", direction, DIRECTIONS)
    names = list(dict.fromkeys(layer.name for layer in trace.layers))
    known = f"0 to {len(names) - 1}, or {' or '.join(names)}"
    if which is None:
        having = [layer for layer in trace.layers if direction in (None, layer.direction)]
        name = next((layer for layer in having if _leads_to_answers(trace, layer)), trace.layers[0]).name
    elif which.removeprefix("-").isdecimal():
        if not 0 <= int(which) < len(names):
            raise UsageError(f"layer: expected {known}; got {which}")
        name = names[int(which)]
    else:
        name = which
        if which not in names:
            raise UsageError(f"layer: expected {known}; got '{which}'")
    for layer in trace.layers:
        if layer.name == name and direction in (None, layer.direction):
            return layer
    raise UsageError(f"direction: {name} does not run {direction}; leave --direction out")


def choose_steps(
    trace: Trace, layer: LayerTrace, steps: Sequence[int] | None = None, most: int | None = None
) -> View:
    """Return the view of the given steps of a layer, all by default, and of these at most the first `most`.

    Raises
    ------
    UsageError
        If a step is out of range, or none of them was kept.
    """
    shown = np.ones_like(layer.valid) if len(layer.valid) == 1 else layer.valid.copy()
    if steps is not None:
        last = int(layer.steps[-1])
        wrong = next((step for step in steps if not 0 <= step <= last), None)
        if wrong is not None:
            raise UsageError(f"step: expected 0 to {last} in {layer.name}, got {wrong}")
        kept = np.isin(layer.steps, list(steps))
        if not kept.any():
            stride = int(layer.steps[1] - layer.steps[0])
            raise UsageError(f"step: none of these was kept; the stride keeps every {stride}th")
        shown = shown & kept
    rows, places = np.nonzero(shown)
    return View(trace, layer, rows[:most], places[:most], max(0, len(rows) - (most or len(rows))))


def _leads_to_answers(trace: Trace, layer: LayerTrace) -> bool:
    """Whether a layer runs over the steps that the last one runs over, which the answers are made from."""
    last = trace.layers[-1]
    return (
        layer.valid.shape == last.valid.shape
        and np.array_equal(layer.steps, last.steps)
        and trace.items_of(layer) == trace.items_of(last)
    )
