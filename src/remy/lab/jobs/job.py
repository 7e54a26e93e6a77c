"""A race as the server knows it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from remy.errors import UsageError
from remy.lab.jobs.crew import Worker
from remy.lab.jobs.curves import Picture
from remy.lab.jobs.messages import Command
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import ControlAsked, JobAnswer, JobEvent, JobPicture, Lane, Race, State

#: States in which nothing changes any more.
OVER: Final = ("done", "stopped", "failed")


class Job:
    """A race, its state and everything that was told of it.

    Parameters
    ----------
    race
        What it is.
    publish
        Takes what its page is to be told.
    """

    def __init__(self, race: Race, publish: Callable[[Answered], None]) -> None:
        self.id = secrets.token_hex(6)
        self.race = race
        self.state: State = "waiting"
        self.position: int | None = None
        self._publish = publish
        self._sentence: str | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._picture = Picture(race)
        self._worker: Worker | None = None
        self._unsent: list[Command] = []

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    def stand(self, state: State, *, position: int | None = None, sentence: str | None = None) -> None:
        """Put it in a state, and tell its page."""
        self.state, self.position, self._sentence = state, position, sentence
        self._publish(self._event())

    def give(self, worker: Worker | None) -> None:
        """Give it its worker, which gets what was wanted meanwhile; or take it away."""
        self._worker = worker
        if worker is not None:
            for command in self._unsent:
                worker.send(command)
            self._unsent = []

    def take(self, record: Answered) -> None:
        """Take what the worker told, and hand it on."""
        if isinstance(record, JobEvent):
            self._lanes = record.lanes or self._lanes
            self.stand(record.state, sentence=record.sentence)
            return
        self._picture.take(record)
        self._publish(record)

    def control(self, asked: ControlAsked) -> None:
        """Let the worker do something other than stop.

        Raises
        ------
        UsageError
            If the race does not run.
        """
        if self.is_over:
            raise UsageError(
                f"{asked.do}: expected a race that runs, got one that is {self.state}; start it again"
            )
        if self.state == "waiting":
            raise UsageError(
                f"{asked.do}: expected a race that runs, got one that waits at place {self.position}; "
                "it can be stopped"
            )
        command = Command(do=asked.do, updates=asked.updates or 1, lr=asked.lr)
        if self._worker is None:
            self._unsent.append(command)
        else:
            self._worker.send(command)

    def answer(self) -> JobAnswer:
        """Say where it stands."""
        return JobAnswer(id=self.id, state=self.state, position=self.position)

    def picture(self) -> JobPicture:
        """Return all that is known."""
        return self._picture.record(self._event())

    def _event(self) -> JobEvent:
        return JobEvent(
            job=self.id,
            state=self.state,
            position=self.position,
            sentence=self._sentence,
            updates=self.race.updates,
            lanes=self._lanes,
        )
