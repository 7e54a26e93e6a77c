"""What a program is told that asked in vain."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.types import Scope


def said(status: int, sentence: str) -> Response:
    """Return ``{"error": sentence}``."""
    return JSONResponse({"error": sentence}, status)


def is_api(scope: Scope) -> bool:
    """Return whether a program asks, which is answered in JSON, not a person."""
    path: str = scope["path"]
    return path == "/api" or path.startswith("/api/")
