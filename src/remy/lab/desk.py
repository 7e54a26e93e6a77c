"""Where questions are answered: in a few threads, while the server goes on listening."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive

from remy.lab.answering import Encoded, encode
from remy.lab.asking import expect_json, read_asked

if TYPE_CHECKING:
    from starlette.requests import Request

    from remy.lab.endpoint import Endpoint
    from remy.lab.lab import Lab

#: So many questions are answered at a time, so that a long one does not stop the short ones.
THREADS = 4

#: What the names of its threads begin with.
_NAME = "remy-lab-desk"

#: The status that nobody sees: whoever asked has gone.
_GONE = 499


class Desk:
    """Answers questions in worker threads.

    A question that nobody waits for any more, as the one before the last key, is not begun. One that takes
    too long is answered with status 503; its thread cannot be stopped, and takes no other question until it
    is done. The threads stay, because torch keeps threads of its own for each that calls it.

    Parameters
    ----------
    lab
        What the questions are about.
    seconds
        How long one may take.
    """

    def __init__(self, lab: Lab, *, seconds: float) -> None:
        self._lab = lab
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=_NAME)

    async def answer(self, endpoint: Endpoint, request: Request) -> Response:
        """Answer one question.

        Raises
        ------
        HTTPException
            With status 415 or 422 if the question cannot be read, 413 if it is too large, 503 if it takes
            too long.
        RemyError
            If there is no answer to it.
        """
        name = endpoint.path.removeprefix("/api/")
        try:
            async with asyncio.timeout(self._seconds):
                body = b""
                if endpoint.asked is not None:
                    expect_json(request, name=name)
                    body = await request.body()
                answer = await self._work(endpoint, name, body, request.receive)
        except TimeoutError:
            within = f"expected an answer within {self._seconds:g} s, got none"
            raise HTTPException(503, f"{name}: {within}; {endpoint.way_out}") from None
        if answer is None:
            return Response(status_code=_GONE)
        return Response(answer.body, media_type=answer.media_type)

    def close(self) -> None:
        """Begin no other question. What is being answered goes on until it is done."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _work(self, endpoint: Endpoint, name: str, body: bytes, receive: Receive) -> Encoded | None:
        """Answer in a thread, or give up when whoever asked has gone."""
        work = asyncio.wrap_future(self._threads.submit(self._answered, endpoint, name, body))
        gone = asyncio.ensure_future(_has_gone(receive))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            gone.result()
            return None
        finally:
            work.cancel()
            gone.cancel()

    def _answered(self, endpoint: Endpoint, name: str, body: bytes) -> Encoded:
        asked = () if endpoint.asked is None else (read_asked(endpoint.asked, body, name=name),)
        answer = endpoint.answer(self._lab, *asked)
        return answer if isinstance(answer, Encoded) else encode(answer)


def is_computing(*, patience: float = 0.5) -> bool:
    """Return whether some thread of a closed desk still computes, after so many seconds for it to end."""
    threads = [each for each in threading.enumerate() if each.name.startswith(_NAME)]
    for thread in threads:
        thread.join(patience / len(threads))
    return any(thread.is_alive() for thread in threads)


async def _has_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
