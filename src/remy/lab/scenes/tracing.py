"""POST /api/trace: one run of a network with everything that happened inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.trace import TraceAnswer, TraceAsked

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_trace(lab: Lab, asked: TraceAsked) -> TraceAnswer:
    """Run the network once.

    Raises
    ------
    RemyError
        If there is no such model, or it cannot read the input, the target or a hold; one sentence says why.
    """
    from remy.lab.binding import bind
    from remy.lab.traced import answer_of

    bound = bind(lab.library, asked.model, asked.input, asked.target, asked.at)
    return answer_of(bound, bound.trace(asked.holds), asked.holds)


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/trace", TraceAsked, TraceAnswer, answer_trace),)
