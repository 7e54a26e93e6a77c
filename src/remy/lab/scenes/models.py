"""GET /api/models: what can be looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remy.lab.endpoint import Endpoint
from remy.lab.schemas.models import ModelList

if TYPE_CHECKING:
    from remy.lab.lab import Lab


def list_models(lab: Lab) -> ModelList:
    """Return the cards of all models; runs are looked for anew."""
    return lab.library.cards()


ENDPOINTS: tuple[Endpoint, ...] = (Endpoint("/api/models", None, ModelList, list_models),)
