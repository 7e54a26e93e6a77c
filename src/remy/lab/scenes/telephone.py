"""POST /api/flow: how far the gradient comes back in the three cells before any training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.telephone import FlowAnswer, FlowAsked

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_flow(lab: Lab, asked: FlowAsked) -> FlowAnswer:
    """Measure three cells that have learned nothing.

    Raises
    ------
    DataError
        If the states of one overflow.
    """
    from remy.lab.telephone.game import play

    return play(asked)


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/flow", FlowAsked, FlowAnswer, answer_flow),)
