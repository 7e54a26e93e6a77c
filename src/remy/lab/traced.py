"""A trace as the page reads it: one row, its arrays as the kernels left them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remy.errors import DataError, UsageError
from remy.inspect import LayerTrace, Trace, time_constants
from remy.io.architecture.tagger import CHARACTERS
from remy.lab.bound import Bound, override_of
from remy.lab.schemas.base import Array
from remy.lab.schemas.choices import Hold
from remy.lab.schemas.trace import (
    LayerAnswer,
    LayerGradients,
    LayerJacobians,
    Residuals,
    TraceAnswer,
)
from remy.lab.sentences import sentences_of


def answer_of(bound: Bound, trace: Trace, holds: Sequence[Hold] = ()) -> TraceAnswer:
    """Return the first row of a trace.

    Parameters
    ----------
    bound
        What was traced.
    trace
        What came of it; its arrays are not copied.
    holds
        What was held, in the words of the question.

    Returns
    -------
    TraceAnswer
        Without the layer that reads the characters of a tagger's words: its rows are the words, its steps
        others.
    """
    return TraceAnswer(
        layers=tuple(layer_answer(trace, layer) for layer in shown_layers(trace)),
        answers="step" if trace.scores.ndim == 3 else "end",
        scores=_answers(trace.scores),
        probabilities=None if trace.probabilities is None else _answers(trace.probabilities),
        outputs=trace.outputs,
        output_kind=bound.of.output,  # type: ignore[arg-type]  # checked by the record
        loss=trace.loss,
        residuals=Residuals(
            forward=trace.residuals.forward,
            reference=trace.residuals.reference,
            reference_gradients=trace.residuals.reference_gradients,
        ),
        held=tuple(str(override_of(hold)) for hold in holds),
        sentences=tuple(sentences_of(bound, trace, holds)),
        parameters=bound.parameters,
        trained=bound.trained,
    )


def shown_layers(trace: Trace) -> tuple[LayerTrace, ...]:
    """Return the layers whose first row is that of the answers."""
    return tuple(layer for layer in trace.layers if not layer.name.startswith(CHARACTERS))


def layer_answer(trace: Trace, layer: LayerTrace) -> LayerAnswer:
    """Return the first row of a direction of a layer of a trace."""
    return LayerAnswer(
        name=layer.name,
        direction=layer.direction,  # type: ignore[arg-type]  # checked by the record
        cell=layer.cell,
        units=layer.units,
        gate_names=layer.gate_names,
        items=trace.items_of(layer),
        valid=tuple(layer.valid[0].tolist()),
        preactivations=layer.preactivations[0],
        gates=layer.gates[0],
        h=layer.h[0],
        c=None if layer.c is None else layer.c[0],
        jacobians=LayerJacobians(**{name: norm[0] for name, norm in vars(layer.jacobians).items()}),
        gradients=_gradients(layer),
        time_constants=time_constants_of(layer),
    )


def time_constants_of(layer: LayerTrace) -> Array | None:
    """Return in how many steps each unit forgets ``(H,)``; None where no gate keeps a state."""
    try:
        return time_constants(layer)
    except (UsageError, DataError):  # a simple cell, or no step that counts
        return None


def _gradients(layer: LayerTrace) -> LayerGradients | None:
    found = layer.gradients
    if found is None:
        return None
    norms = found.norms
    return LayerGradients(
        h=norms["h"][0],
        c=norms["c"][0] if "c" in norms else None,
        x=norms["x"][0],
        cell_road=found.cell_road[0],
        gate_road=found.gate_road[0],
    )


def _answers(scores: Array) -> Array:
    """Return the first row, ``(T, V)`` or ``(1, V)``."""
    found: Array = np.atleast_2d(scores[0])
    return found
