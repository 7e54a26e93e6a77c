"""What holding a gate changed: a trace with it less a trace without."""

from __future__ import annotations

import numpy as np

from remy.inspect import LayerTrace, Trace
from remy.lab.gates.sentences import change_sentences
from remy.lab.schemas.base import Array
from remy.lab.schemas.gates import Change, LayerChange
from remy.lab.traced import shown_layers


def change_of(before: Trace, after: Trace) -> Change:
    """Return what differs in the first row of two traces of the same network and input.

    Parameters
    ----------
    before
        Without anything held.
    after
        With something held at one place at least.
    """
    pairs = list(zip(shown_layers(before), shown_layers(after), strict=True))
    first = min(_first_held(layer) for _, layer in pairs if layer.held is not None)
    layers = tuple(_layer_change(one, other) for one, other in pairs)
    moved = _moved(before, after)
    return Change(
        first=first,
        layers=layers,
        moved=moved,
        sentences=change_sentences(before, after, [each.distance for each in layers], moved),
    )


def _first_held(layer: LayerTrace) -> int:
    assert layer.held is not None
    return int(layer.held[0].any(axis=(1, 2)).argmax())


def _layer_change(before: LayerTrace, after: LayerTrace) -> LayerChange:
    h = np.subtract(after.h[0], before.h[0], dtype=np.float64)
    c = None
    if after.c is not None and before.c is not None:
        c = np.subtract(after.c[0], before.c[0], dtype=np.float64)
    return LayerChange(h=h, c=c, distance=np.linalg.norm(h, axis=1))


def _moved(before: Trace, after: Trace) -> Array | None:
    """Return how far the probabilities moved at each answer, (T,) or (1,)."""
    if before.probabilities is None or after.probabilities is None:
        return None
    apart = np.subtract(after.probabilities[0], before.probabilities[0], dtype=np.float64)
    found: Array = np.atleast_1d(np.abs(apart).sum(axis=-1) / 2)
    return found
