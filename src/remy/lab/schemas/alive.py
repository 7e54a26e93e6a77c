"""GET /api/alive."""

from __future__ import annotations

from remy.lab.schemas.base import Answered


class Alive(Answered):
    """The lab is there."""

    version: str
