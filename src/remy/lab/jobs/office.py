"""Where races are asked for: who has which, and whose page is still open."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException

from remy.errors import UsageError
from remy.lab.jobs.corpus import read_corpus
from remy.lab.jobs.crew import Crew, Worker
from remy.lab.jobs.job import Job
from remy.lab.jobs.queue import FullError, Queue
from remy.lab.jobs.settings import JobSettings
from remy.lab.jobs.stream import EventStream
from remy.lab.jobs.tab import Tab
from remy.lab.schemas.jobs import ControlAsked, JobAnswer, JobAsked, JobList, JobPicture

_GONE = "its page was closed"


class Office:
    """The trainings of a lab.

    Parameters
    ----------
    settings
        Limits.
    crew
        Who trains; replaced in tests.
    """

    def __init__(self, settings: JobSettings | None = None, *, crew: Crew | None = None) -> None:
        self._settings = settings or JobSettings()
        self._crew = crew or Crew()
        self._queue = Queue(self._hire, running=self._settings.running, waiting=self._settings.waiting)
        self._tabs: dict[str, Tab] = {}
        self._jobs: dict[str, list[Job]] = {}  # of each tab, the oldest first
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._spare_timer: asyncio.TimerHandle | None = None
        self._dismissing: set[asyncio.Task[None]] = set()

    async def start(self, asked: JobAsked) -> JobAnswer:
        """Start a race, or line it up.

        Raises
        ------
        HTTPException
            With status 429 if too many wait, or too many tabs are open.
        RemyError
            If its text cannot be learned.
        """
        if asked.race.text is not None:
            await asyncio.to_thread(read_corpus, asked.race.text)
        tab = self._tab(asked.tab)
        self._closed(tab)  # unless its stream is open: then it is gone soon
        job = Job(asked.race, tab.publish)
        jobs = self._jobs[tab.name]
        jobs.append(job)
        try:
            self._queue.add(job)
        except FullError as error:
            jobs.remove(job)
            raise HTTPException(429, f"jobs: {error}") from None
        over = [each for each in jobs if each.is_over]
        for each in over[: -self._settings.kept]:
            jobs.remove(each)
        return job.answer()

    def control(self, name: str, asked: ControlAsked) -> JobAnswer:
        """Do something to a race.

        Raises
        ------
        HTTPException
            With status 404 if the tab has no such race, 409 if that cannot be done to it now.
        """
        job = next((job for job in self._jobs.get(asked.tab, ()) if job.id == name), None)
        if job is None:
            raise HTTPException(
                404, f"{asked.do}: expected a race of this page, got {name!r}; there is none of this name"
            )
        try:
            if asked.do == "stop" and not job.is_over:
                self._queue.stop(job)
            else:
                job.control(asked)
        except UsageError as error:
            raise HTTPException(409, str(error)) from None
        return job.answer()

    def races(self, tab: str) -> JobList:
        """Return the races of a tab; none of one that is not known."""
        return JobList(jobs=tuple(self._pictures(tab)))

    def stream(self, tab: str, last_id: str | None) -> EventStream:
        """Return the events of a tab as a response.

        Raises
        ------
        HTTPException
            With status 429 if too many tabs are open.
        """
        return EventStream(
            self._tab(tab),
            last_id,
            heartbeat=self._settings.heartbeat_seconds,
            opened=self._opened,
            closed=self._closed,
        )

    async def close(self) -> None:
        """End everything."""
        for timer in (*self._timers.values(), self._spare_timer):
            if timer is not None:
                timer.cancel()
        await self._queue.close()
        await self._crew.dismiss()
        await asyncio.gather(*self._dismissing)

    def _tab(self, name: str) -> Tab:
        """Return a tab, which is made if it is not known."""
        tab = self._tabs.get(name)
        if tab is not None:
            return tab
        if len(self._tabs) >= self._settings.tabs:
            self._forget_one()
        tab = self._tabs[name] = Tab(
            name,
            lambda: self._pictures(name),
            most_events=self._settings.events,
            most_bytes=self._settings.event_bytes,
        )
        self._jobs[name] = []
        return tab

    def _forget_one(self) -> None:
        """Forget the oldest tab that is gone."""
        gone = (name for name, tab in self._tabs.items() if tab.reader is None and name not in self._timers)
        name = next(gone, None)
        if name is None:
            raise HTTPException(429, f"the lab: at most {len(self._tabs)} pages can be open; close one")
        del self._tabs[name], self._jobs[name]

    def _pictures(self, tab: str) -> list[JobPicture]:
        return [job.picture() for job in self._jobs.get(tab, ())]

    def _opened(self, tab: Tab) -> None:
        timer = self._timers.pop(tab.name, None)
        if timer is not None:
            timer.cancel()
        self._crew.make_ready()

    def _closed(self, tab: Tab) -> None:
        if tab.reader is None and tab.name not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[tab.name] = loop.call_later(self._settings.gone_seconds, self._gone, tab)

    def _gone(self, tab: Tab) -> None:
        """Stop what nobody looks at any more."""
        del self._timers[tab.name]
        for job in reversed(self._jobs[tab.name]):  # those that wait first, so that none of them begins
            self._queue.stop(job, _GONE)
        if not self._is_anybody_here:
            task = asyncio.create_task(self._crew.dismiss())
            self._dismissing.add(task)
            task.add_done_callback(self._dismissing.discard)

    @property
    def _is_anybody_here(self) -> bool:
        return any(tab.reader is not None for tab in self._tabs.values())

    async def _hire(self) -> Worker:
        """Take the process that is ready, and make another one ready when the race has begun."""
        loop = asyncio.get_running_loop()
        if self._spare_timer is not None:
            self._spare_timer.cancel()
        self._spare_timer = loop.call_later(self._settings.spare_seconds, self._prepare)
        return await self._crew.hire()

    def _prepare(self) -> None:
        if self._is_anybody_here:
            self._crew.make_ready()
