"""Whether the lab is there."""

from __future__ import annotations

import remy
from remy.lab.endpoint import Endpoint
from remy.lab.lab import Lab
from remy.lab.schemas.alive import Alive


def answer(lab: Lab) -> Alive:
    """Return the version, as fast as can be: the page asks until somebody answers."""
    return Alive(version=remy.__version__)


ENDPOINTS = (Endpoint("/api/alive", None, Alive, answer),)
