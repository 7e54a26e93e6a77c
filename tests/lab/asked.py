"""Asking a lab without a port: a client of its application, with its token."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from remy.lab.app import make_app
from remy.lab.endpoint import Endpoint
from remy.lab.lab import Lab
from remy.lab.settings import Settings

TOKEN = "a-token-that-every-test-may-know-"
PORT = 8717
URL = f"http://127.0.0.1:{PORT}"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@contextlib.contextmanager
def client_of(
    lab: Lab,
    endpoints: Sequence[Endpoint] | None = None,
    *,
    headers: Mapping[str, str] = BEARER,
    page: Path = Path("not built"),
    **settings: Any,
) -> Iterator[TestClient]:
    """Open a client that sends `headers` with each request, by default the token."""
    told = Settings(token=TOKEN, port=PORT, page=page, **settings)
    app = make_app(lab, settings=told, endpoints=endpoints)
    with TestClient(app, base_url=URL, headers=dict(headers), follow_redirects=False) as client:
        yield client
