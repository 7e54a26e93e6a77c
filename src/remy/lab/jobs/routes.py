"""The questions about trainings: start one, do something to it, follow it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from remy.lab.answering import JSON, encode_json
from remy.lab.asking import expect_json, read_asked
from remy.lab.jobs.office import Office
from remy.lab.schemas.jobs import ControlAsked, JobAsked

if TYPE_CHECKING:
    from remy.lab.asking import Question
    from remy.lab.jobs.stream import EventStream
    from remy.lab.lab import Lab
    from remy.lab.schemas.base import Answered

#: A question has to have come within so many seconds.
_SECONDS = 30.0


def routes(lab: Lab, office: Office | None = None) -> list[Route]:
    """Return the routes of ``/api/jobs`` and ``/api/events``.

    Parameters
    ----------
    lab
        Which lab.
    office
        Of its trainings; who gives one closes it. None makes one that ends with this process.
    """
    desk = office or Office()

    async def start(request: Request) -> Response:
        return _answered(await desk.start(await _asked(JobAsked, request, name="jobs")))

    async def control(request: Request) -> Response:
        asked = await _asked(ControlAsked, request, name="control")
        return _answered(desk.control(request.path_params["id"], asked))

    async def listing(request: Request) -> Response:
        return _answered(desk.races(_tab(request, "jobs")))

    async def events(request: Request) -> Response | EventStream:
        tab = _tab(request, "events")
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        last = request.headers.get("last-event-id") or request.query_params.get("last")
        return desk.stream(tab, last)

    return [
        Route("/api/jobs", start, methods=["POST"]),
        Route("/api/jobs", listing, methods=["GET"]),
        Route("/api/jobs/{id}/control", control, methods=["POST"]),
        Route("/api/events", events, methods=["GET"]),
    ]


def _answered(record: Answered) -> Response:
    return Response(encode_json(record), media_type=JSON)


async def _asked(kind: type[Question], request: Request, *, name: str) -> Question:
    expect_json(request, name=name)
    try:
        async with asyncio.timeout(_SECONDS):
            body = await request.body()
    except TimeoutError:
        raise HTTPException(408, f"{name}: expected the whole question within {_SECONDS:g} s") from None
    return read_asked(kind, body, name=name)


def _tab(request: Request, name: str) -> str:
    tab = request.query_params.get("tab", "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", tab):
        raise HTTPException(422, f"{name}: expected tab, 8 to 64 letters, digits, - and _, got {tab[:80]!r}")
    return tab
