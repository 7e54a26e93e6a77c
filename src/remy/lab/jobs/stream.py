"""The response that never ends: a tab's events as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from remy.lab.jobs.tab import Reader, Tab, replaced

#: After so many milliseconds a browser that lost the stream asks for it again.
RETRY = 1000


class EventStream:
    """Server-sent events of one tab; an application of its own, as it has to know when the page goes.

    Parameters
    ----------
    tab
        Whose.
    last_id
        Of the last event that the page has seen.
    heartbeat
        Seconds after which a comment says that the server is still there.
    opened, closed
        Called when the stream begins, and when it has ended.
    """

    def __init__(
        self,
        tab: Tab,
        last_id: str | None,
        *,
        heartbeat: float,
        opened: Callable[[Tab], None],
        closed: Callable[[Tab], None],
    ) -> None:
        self._tab, self._last_id, self._heartbeat = tab, last_id, heartbeat
        self._opened, self._closed = opened, closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the page has gone, or another stream of the same tab has begun."""
        reader, first = self._tab.open(self._last_id)
        self._opened(self._tab)
        writing = asyncio.ensure_future(self._write(reader, first, send))
        listening = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait({writing, listening}, return_when=asyncio.FIRST_COMPLETED)
            if writing.done():
                writing.result()
        finally:
            for task in (writing, listening):
                task.cancel()
            self._tab.close(reader)
            self._closed(self._tab)
            await asyncio.gather(writing, listening, return_exceptions=True)

    async def _write(self, reader: Reader, first: bytes, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _more(send, f"retry: {RETRY}\n\n".encode() + first)
        while not reader.is_replaced:
            events = self._tab.read(reader)
            if events:
                # A page that reads slowly makes this wait; meanwhile only what the tab keeps is gathered.
                await _more(send, events)
                continue
            try:
                async with asyncio.timeout(self._heartbeat):
                    await reader.wake.wait()
            except TimeoutError:
                await _more(send, b": here\n\n")
        await send({"type": "http.response.body", "body": replaced(), "more_body": False})


async def _more(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
