"""What a step of a cell is made of."""

from __future__ import annotations

import numpy as np

from remy.inspect import LayerTrace
from remy.lab.gates.sentences import gate_sentences, state_sentences
from remy.lab.schemas.base import Array
from remy.lab.schemas.gates import CellInside


def inside_of(layer: LayerTrace) -> CellInside:
    """Return the first row of a direction of a layer.

    Raises
    ------
    DataError
        If no step counts.
    """
    return CellInside(
        h_before=layer.h_before[0],
        c_before=None if layer.c_before is None else layer.c_before[0],
        by_state=by_state(layer),
        product=None if layer.recurrent_part is None else layer.recurrent_part[0],
        held=None if layer.held is None else layer.held[0],
        gate_sentences=gate_sentences(layer),
        state_sentences=state_sentences(layer),
    )


def by_state(layer: LayerTrace) -> Array:
    """Return the part of each pre-activation that comes from the state before, (T, P, H) float64.

    It is ``h_{t-1} U``; of the candidate of a GRU ``r ⊙ q``, with its bias, where the reset gate comes after
    the product, else ``(r ⊙ h_{t-1}) U``.
    """
    before, units = layer.h_before[0].astype(np.float64), layer.units
    kernel = layer.recurrent_kernel.astype(np.float64)
    found: Array = (before @ kernel).reshape(len(before), -1, units)
    if "reset" in layer.gate_names:
        reset, place = layer.gate("reset")[0].astype(np.float64), layer.gate_names.index("candidate")
        if layer.recurrent_part is not None:
            found[:, place] = reset * layer.recurrent_part[0]
        else:
            found[:, place] = (reset * before) @ kernel[:, place * units :]
    # A masked step reads nothing: its pre-activations are zero.
    found[~layer.valid[0]] = 0.0
    return found
