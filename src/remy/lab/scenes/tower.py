"""POST /api/tower: stacked layers on one time axis, and the gradient that comes down them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.tower import TowerAnswer, TowerAsked

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def answer_tower(lab: Lab, asked: TowerAsked) -> TowerAnswer:
    """Run the tower there and back.

    Raises
    ------
    RemyError
        If there is no such model, or it cannot read the input; one sentence says why.
    """
    from remy.lab.tower.measuring import measure

    return measure(lab.library, asked)


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/tower", TowerAsked, TowerAnswer, answer_tower),)
