"""Processes that train: one for each race, and one that is ready for the next."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import Protocol

from remy.lab.jobs.messages import from_line
from remy.lab.schemas.base import Answered, Asked

#: Longest message of a worker.
_MOST_BYTES = 1 << 26
#: Seconds that a process may take to end when it says no more.
_ENDING = 5.0


class Worker(Protocol):
    """Who trains a race."""

    def send(self, record: Asked) -> None:
        """Tell it something: first its race, later what to do."""

    async def receive(self) -> Answered | None:
        """Return what it tells next; None when it has ended."""

    async def end(self) -> int:
        """End it, and return once it is gone: its exit code, negative if a signal ended it."""


class Process:
    """A worker in a process of its own, which has one processor and dies with this one.

    It is no child of the terminal's, so that Ctrl-C reaches the server alone.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._is_silent = False

    @classmethod
    async def start(cls) -> Process:
        """Start one; it takes a second or two until it trains."""
        one = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        # -P: a file torch.py in the folder that the lab was started in is not torch.
        command = [sys.executable, "-P", "-m", "remy.lab.jobs.worker"]
        return cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env={**os.environ, **one},
                limit=_MOST_BYTES,
                start_new_session=True,
            )
        )

    @property
    def number(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def send(self, record: Asked) -> None:
        """Write a line."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):  # it is about to be seen that it has ended
            self._process.stdin.write(record.model_dump_json().encode() + b"\n")

    async def receive(self) -> Answered | None:
        """Return what it writes next; None when it has ended, be it in the middle of a line."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        self._is_silent = not line.endswith(b"\n")
        return None if self._is_silent else from_line(line)

    async def end(self) -> int:
        """Kill it, unless it is ending by itself."""
        if self._is_silent:
            # To kill a process that has ended makes asyncio lose its exit code.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _ENDING)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        code = await self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        return code


class Crew:
    """Workers, one of them ready before it is wanted."""

    def __init__(self) -> None:
        self._spare: asyncio.Task[Process] | None = None

    def make_ready(self) -> None:
        """Start the next worker, unless there is one."""
        if self._spare is None:
            self._spare = asyncio.create_task(Process.start())

    async def hire(self) -> Worker:
        """Return a worker."""
        ready = await self._take_ready()
        if ready is not None and ready.is_alive:
            return ready
        if ready is not None:
            await ready.end()
        return await Process.start()

    async def dismiss(self) -> None:
        """End the worker that nobody has hired."""
        ready = await self._take_ready()
        if ready is not None:
            await ready.end()

    async def _take_ready(self) -> Process | None:
        spare, self._spare = self._spare, None
        if spare is None:
            return None
        try:
            return await spare
        except OSError:  # it could not be started; whoever needs one tries again
            return None
