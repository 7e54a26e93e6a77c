"""The lab as an application: its questions, its trainings and its page, behind the guard."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from remy.errors import RemyError, nearest
from remy.lab.desk import Desk
from remy.lab.endpoint import Endpoint, all_endpoints
from remy.lab.faults import Faults, answer_http_exception, answer_remy_error
from remy.lab.jobs.office import Office
from remy.lab.jobs.routes import routes as job_routes
from remy.lab.limits import BodyLimit
from remy.lab.page import page_route
from remy.lab.security import Guard

if TYPE_CHECKING:
    from remy.lab.lab import Lab
    from remy.lab.settings import Settings

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def make_app(lab: Lab, *, settings: Settings, endpoints: Sequence[Endpoint] | None = None) -> Starlette:
    """Make the application that serves a lab.

    Parameters
    ----------
    lab
        What it answers from.
    settings
        Its token, its port and its limits.
    endpoints
        The questions that can be asked; None takes those of all scenes.

    Returns
    -------
    Starlette
        The application, for any ASGI server with a life span; at its end the trainings end.
    """
    desk, office = Desk(lab, seconds=settings.seconds), Office()
    asked = all_endpoints() if endpoints is None else endpoints
    api = [*(_question(endpoint, desk) for endpoint in asked), *job_routes(lab, office)]

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        desk.close()
        await office.close()

    others = Route("/api/{rest:path}", _refuse_others(api), methods=_METHODS)
    return Starlette(
        routes=[*api, others, page_route(settings.page)],
        # From the outside in: nothing is read before the guard has let it pass.
        middleware=[
            Middleware(Guard, token=settings.token, port=settings.port),
            Middleware(Faults),
            Middleware(BodyLimit, most_bytes=settings.most_bytes),
        ],
        exception_handlers={RemyError: answer_remy_error, HTTPException: answer_http_exception},
        lifespan=lifespan,
    )


def _question(endpoint: Endpoint, desk: Desk) -> Route:
    async def respond(request: Request) -> Response:
        return await desk.answer(endpoint, request)

    return Route(endpoint.path, respond, methods=[endpoint.method])


def _refuse_others(api: Sequence[Route]) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a path or a method that the lab does not have."""
    paths = [route.path for route in api]

    async def refuse(request: Request) -> Response:
        path = request.url.path
        methods = {
            method
            for route in api
            if route.matches(request.scope)[0] is Match.PARTIAL
            for method in route.methods or ()
        }
        if methods:
            allowed = ", ".join(sorted(methods))
            raise HTTPException(
                405, f"{path}: expected {allowed}, got {request.method}", headers={"Allow": allowed}
            )
        known = "expected a question that it knows"
        raise HTTPException(404, f"the lab: {known}, got {path}{nearest(path, paths)}")

    return refuse
