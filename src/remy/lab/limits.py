"""How much one request may bring."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Refuses bodies over a limit, also those that come in pieces and do not say how long they will be.

    Parameters
    ----------
    app
        What reads the body; reading more than the limit raises an `HTTPException` with status 413 there.
    most_bytes
        The limit.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        promised = Headers(scope=scope).get("content-length", "")
        came = 0

        async def receive_within() -> Message:
            nonlocal came
            if promised.isdecimal() and int(promised) > self._most_bytes:
                raise self._too_large(f"{int(promised):,}")
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most_bytes:
                raise self._too_large("more")
            return message

        await self._app(scope, receive_within, send)

    def _too_large(self, got: str) -> HTTPException:
        expected = f"expected a body of at most {self._most_bytes:,} bytes"
        return HTTPException(413, f"the lab: {expected}, got {got}")
