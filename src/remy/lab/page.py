"""The built page: files that lie beside this one."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

#: Said here, because what Python finds in the system's list may be something else.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}

NOT_BUILT = "remy lab: expected the built page, got none; run `make web`, then load this address again"

#: Vite puts a hash of the content into the names in assets/: what they name never changes.
_FOREVER = "private, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
_WORTH_COMPRESSING = 1000


def page_route(folder: Path) -> Mount:
    """Return the route that serves the files of `folder`, index.html for ``/``."""
    return Mount("/", GZipMiddleware(_Files(folder), minimum_size=_WORTH_COMPRESSING, compresslevel=6))


class _Files(StaticFiles):
    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True, check_dir=False)
        self._folder = folder
        # It may be built while the server runs; until then we say so ourselves.
        self.config_checked = True

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == "." and not (self._folder / "index.html").is_file():
            return PlainTextResponse(f"{NOT_BUILT}\n", 503)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER if path.startswith("assets" + os.sep) else _ASK_FIRST
        media_type = TYPES.get(Path(path if path != "." else "index.html").suffix)
        if media_type is not None and "content-type" in response.headers:
            response.headers["Content-Type"] = media_type
        return response
