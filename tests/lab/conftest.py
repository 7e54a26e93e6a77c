"""A lab, and a client that may ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from remy.lab.lab import Lab
from remy.lab.library import Library
from tests.lab.asked import client_of


@pytest.fixture
def lab() -> Lab:
    """A lab with the models that ship with it, if they were made, and no runs."""
    return Lab(library=Library())


@pytest.fixture
def client(lab: Lab) -> Iterator[TestClient]:
    """A client with the token: ``client.post("/api/trace", json={...}).json()`` asks every scene's questions.

    For questions of your own, or other limits, use :func:`tests.lab.asked.client_of`.
    """
    with client_of(lab) as opened:
        yield opened
