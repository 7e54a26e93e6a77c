"""Races in line: few run at a time, some wait, and no more are taken."""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from collections import deque
from collections.abc import Awaitable, Callable

from remy.errors import UsageError
from remy.lab.jobs.crew import Worker
from remy.lab.jobs.job import Job
from remy.lab.jobs.messages import Start


class FullError(UsageError):
    """As many races wait as may."""


class Queue:
    """Runs races in the order in which they came.

    Parameters
    ----------
    hire
        Returns a worker for a race.
    running, waiting
        So many at a time.
    """

    def __init__(self, hire: Callable[[], Awaitable[Worker]], *, running: int, waiting: int) -> None:
        self._hire = hire
        self._most_running, self._most_waiting = running, waiting
        self._running: dict[Job, asyncio.Task[None]] = {}
        self._waiting: deque[Job] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs."""
        return not self._running

    def add(self, job: Job) -> None:
        """Take a race.

        Raises
        ------
        FullError
            If there are too many.
        """
        if len(self._running) < self._most_running:
            self._run(job)
            return
        if len(self._waiting) >= self._most_waiting:
            most = f"{self._most_running} job{'' if self._most_running == 1 else 's'}"
            raise FullError(
                f"the lab trains {most} at a time and {self._most_waiting} wait already: stop one or wait"
            )
        self._waiting.append(job)
        job.stand("waiting", position=len(self._waiting))

    def stop(self, job: Job, sentence: str | None = None) -> None:
        """End a race; one that runs ends as its process is killed."""
        if job.is_over:
            return
        job.stand("stopped", sentence=sentence)
        if job in self._running:
            self._running[job].cancel()
        else:
            self._waiting.remove(job)
            self._count()

    async def close(self) -> None:
        """End all races, and return once their processes are gone."""
        for job in [*self._waiting, *self._running]:
            self.stop(job)
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _run(self, job: Job) -> None:
        job.stand("running")
        task = asyncio.create_task(self._train(job))
        self._running[job] = task
        task.add_done_callback(lambda task: self._ended(job, task))

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        del self._running[job]
        if not task.cancelled() and (error := task.exception()) is not None:
            traceback.print_exception(error, file=sys.stderr)
            job.stand("failed", sentence=f"the lab failed: {type(error).__name__}: {error}")
        while self._waiting and len(self._running) < self._most_running:
            self._run(self._waiting.popleft())
        self._count()

    def _count(self) -> None:
        for position, job in enumerate(self._waiting, 1):
            if job.position != position:
                job.stand("waiting", position=position)

    async def _train(self, job: Job) -> None:
        hiring = asyncio.ensure_future(self._hire())
        try:
            worker = await asyncio.shield(hiring)
        except OSError as error:
            job.stand("failed", sentence=f"no process could be started to train in: {error}")
            return
        except asyncio.CancelledError:
            await (await hiring).end()
            raise
        try:
            worker.send(Start(job=job.id, race=job.race))
            job.give(worker)
            while not job.is_over and (record := await worker.receive()) is not None:
                job.take(record)
        finally:
            job.give(None)
            code = await worker.end()
        if not job.is_over:
            job.stand("failed", sentence=_unexpected(code))


def _unexpected(code: int) -> str:
    how = f"with exit code {code}"
    if code < 0:
        how = f"by {signal.Signals(-code).name}"
        if code == -signal.SIGKILL:
            how += ", perhaps for want of memory"
    return f"the process that trained was ended {how}; start the race again, if need be with fewer units"
