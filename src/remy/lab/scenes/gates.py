"""POST /api/gates: the inside of the cells, with gates held and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.gates import GatesAnswer, GatesAsked

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_gates(lab: Lab, asked: GatesAsked) -> GatesAnswer:
    """Run the network with what is held, and once more without.

    Raises
    ------
    RemyError
        If there is no such model, or it cannot read the input or a hold; one sentence says why.
    """
    from remy.lab.binding import bind
    from remy.lab.gates.changes import change_of
    from remy.lab.gates.insides import inside_of
    from remy.lab.traced import answer_of, shown_layers

    bound = bind(lab.library, asked.model, asked.input)
    trace = bound.trace(asked.holds)
    before = bound.trace() if asked.holds else None
    return GatesAnswer(
        trace=answer_of(bound, trace, asked.holds),
        cells=tuple(inside_of(layer) for layer in shown_layers(trace)),
        before=None if before is None else answer_of(bound, before),
        change=None if before is None else change_of(before, trace),
    )


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/gates", GatesAsked, GatesAnswer, answer_gates),)
