"""Workers without processes, pages without browsers, and races so small that a test can run them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any, TypeVar

from starlette.types import Message

from remy.lab.jobs.contest import Contest
from remy.lab.jobs.crew import Crew, Worker
from remy.lab.jobs.messages import Command, Start
from remy.lab.schemas.base import Answered, Asked
from remy.lab.schemas.jobs import FiguresEvent, JobEvent, Race, State

Told = TypeVar("Told", bound=Answered)
Result = TypeVar("Result")


def race(**options: Any) -> Race:
    """A race of 4 units over 10 steps, 6 updates of a GRU if nothing else is said."""
    return Race(**{"cells": ["gru"], "units": 4, "steps": 10, "updates": 6, "batch_size": 4, **options})


class Said(list[Answered]):
    """What a contest has said."""

    def of(self, kind: type[Told]) -> list[Told]:
        return [each for each in self if isinstance(each, kind)]

    def losses(self, lane: int = 0) -> list[float | None]:
        """Return those of a lane, which have to come in order, each once."""
        found: list[float | None] = []
        for event in self.of(FiguresEvent):
            for figures in event.lanes:
                if figures.lane == lane:
                    assert figures.first == len(found) + 1
                    assert len(figures.at) == len(figures.losses)
                    found += figures.losses
        return found

    @property
    def states(self) -> list[State]:
        return [event.state for event in self.of(JobEvent)]


def run_contest(
    chosen: Race, *commands: Command, hear: Callable[[Answered, SimpleQueue[Command]], None] | None = None
) -> Said:
    """Run a race here; `commands` come before its first update, and `hear` may answer what it says."""
    said, queue = Said(), SimpleQueue[Command]()
    for command in commands:
        queue.put(command)

    def say(record: Answered) -> None:
        said.append(record)
        if hear is not None:
            hear(record, queue)

    Contest("a race", chosen, say, queue).run()
    return said


class FakeWorker:
    """Says what a test lets it say."""

    def __init__(self) -> None:
        self.told: list[Asked] = []
        self.is_alive = True
        self.code = -9
        self._said: asyncio.Queue[Answered | None] = asyncio.Queue()

    @property
    def job(self) -> str:
        assert isinstance(self.told[0], Start)
        return self.told[0].job

    def say(self, record: Answered) -> None:
        self._said.put_nowait(record)

    def stand(self, state: State) -> None:
        """Say in which state its race is."""
        self.say(JobEvent(job=self.job, state=state, position=None, sentence=None, updates=6, lanes=()))

    def die(self, code: int) -> None:
        self.code = code
        self._said.put_nowait(None)

    def send(self, record: Asked) -> None:
        self.told.append(record)

    async def receive(self) -> Answered | None:
        return await self._said.get()

    async def end(self) -> int:
        await asyncio.sleep(0)
        self.is_alive = False
        return self.code


class FakeCrew(Crew):
    """Hires such workers and counts them."""

    def __init__(self) -> None:
        super().__init__()
        self.hired: list[FakeWorker] = []
        self.made_ready = 0
        self.dismissed = 0

    def make_ready(self) -> None:
        self.made_ready += 1

    async def hire(self) -> Worker:
        await asyncio.sleep(0)
        self.hired.append(FakeWorker())
        return self.hired[-1]

    async def dismiss(self) -> None:
        self.dismissed += 1


class Page:
    """What a browser does with a stream: an ASGI client that can be slow, and can go."""

    def __init__(self, *, is_slow: bool = False) -> None:
        self.status = 0
        self.text = ""
        self.may_read = asyncio.Event()
        self._gone = asyncio.Event()
        if not is_slow:
            self.may_read.set()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        await self.may_read.wait()
        self.text += message["body"].decode()

    def go(self) -> None:
        self._gone.set()

    @property
    def events(self) -> list[tuple[str | None, str, Any]]:
        """Number, name and data of each."""
        found = []
        for block in self.text.split("\n\n"):
            fields = dict(
                line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and line
            )
            if "event" in fields:
                found.append((fields.get("id"), fields["event"], json.loads(fields["data"])))
        return found


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end; nothing may be left behind."""

    async def alone() -> Result:
        async with asyncio.timeout(300):
            result = await work
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"still running: {left}"
        return result

    return asyncio.run(alone())
