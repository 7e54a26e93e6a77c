"""What goes wrong while a request is answered, as one sentence for the person at the page."""

from __future__ import annotations

import sys
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from remy.errors import RemyError
from remy.lab.replies import is_api, said


class Faults:
    """Answers with status 500 whatever nobody has foreseen; the terminal shows where it happened."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        begun = False

        async def send_and_know(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_know)
        except ClientDisconnect:
            return
        except Exception as error:
            traceback.print_exception(error, file=sys.stderr)
            if begun or scope["type"] != "http":
                raise
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            await said(500, f"the lab failed: {reason}")(scope, receive, send)


async def answer_remy_error(request: Request, error: Exception) -> Response:
    """Return the message of a `RemyError`: it was written for people."""
    assert isinstance(error, RemyError)
    return said(400, str(error))


async def answer_http_exception(request: Request, error: Exception) -> Response:
    """Return a refusal, in JSON to a program."""
    assert isinstance(error, HTTPException)
    if not is_api(request.scope):
        return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=error.headers)
    response = said(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response
