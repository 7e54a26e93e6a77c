"""Streams over real sockets: the server notices that a page has gone, and that it does not read."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette

from remy.lab.jobs.office import Office
from remy.lab.jobs.routes import routes
from remy.lab.jobs.settings import JobSettings
from remy.lab.schemas.jobs import JobAsked, NoteEvent
from tests.lab.jobs.fakes import FakeCrew, race, run, until

TAB = "the-first-tab"


@contextlib.asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[tuple[Office, int]]:
    """Serve the trainings of a lab as the lab itself does."""
    office = Office(JobSettings(**settings), crew=FakeCrew())
    app = Starlette(routes=routes(None, office))  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, timeout_graceful_shutdown=0
        )
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started)
        try:
            yield office, listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving
            await office.close()


async def follow(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/events?tab={TAB} HTTP/1.1\r\nHost: lab\r\n\r\n".encode())
    assert b"200 OK" in await reader.readline()
    await reader.readuntil(b"retry: 1000")
    return reader, writer


def test_a_page_whose_connection_closes_is_gone_and_its_race_stops() -> None:
    async def story() -> None:
        async with served(gone_seconds=0.1) as (office, port):
            _, writer = await follow(port)
            await office.start(JobAsked(tab=TAB, race=race()))
            await asyncio.sleep(0.3)
            assert office.races(TAB).jobs[0].job.state == "running"
            writer.close()
            await writer.wait_closed()
            await until(lambda: office.races(TAB).jobs[0].job.state == "stopped")

    run(story())


def test_a_page_that_does_not_read_is_sent_little_and_then_a_picture() -> None:
    async def story() -> None:
        async with served(event_bytes=100_000) as (office, port):
            reader, writer = await follow(port)
            await office.start(JobAsked(tab=TAB, race=race()))
            tab = office._tabs[TAB]
            for number in range(2000):
                tab.publish(NoteEvent(job="a race", at=0.0, update=number, lane=None, sentence="x" * 10_000))
                if number % 20 == 0:
                    await asyncio.sleep(0.001)
            received, part = 0, b""
            async with asyncio.timeout(30):
                while b"event: gap" not in part:
                    more = await reader.read(1 << 16)
                    received += len(more)
                    part = part[-20:] + more
            # What the sockets hold, not the 20 MB that were published.
            assert received < 10_000_000
            writer.close()
            await writer.wait_closed()

    run(story())
