"""Figures of many updates as few messages."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from remy.lab.jobs.lane import Lane
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import FiguresEvent, LaneFigures

#: Seconds between two messages, and the longest that a figure may wait for one.
INTERVAL: Final = 0.05
LONGEST: Final = 0.1


@dataclass
class _Figures:
    lane: Lane
    first: int
    losses: list[float | None] = field(default_factory=list)
    at: list[float] = field(default_factory=list)


class Batch:
    """Gathers the losses of a race and sends them about twenty times a second.

    Parameters
    ----------
    job
        What the race is called.
    say
        Takes the messages.
    clock
        Seconds; replaced in tests.
    """

    def __init__(
        self, job: str, say: Callable[[Answered], None], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job, self._say, self._clock = job, say, clock
        self._gathered: dict[int, _Figures] = {}
        self._sent = clock()
        self._seconds: dict[int, float] = {}  # of each lane's last update

    def add(self, lane: Lane, loss: float, seconds: float) -> None:
        """Take the loss of an update that was just made, and took so long, and send if it is time."""
        figures = self._gathered.setdefault(lane.number, _Figures(lane, lane.made))
        figures.losses.append(loss if math.isfinite(loss) else None)
        figures.at.append(time.time())
        self._seconds[lane.number] = seconds
        waited = self._clock() - self._sent
        # An update of another lane may take long: what waits for it would be late.
        if waited >= INTERVAL or waited + max(self._seconds.values()) >= LONGEST:
            self.send()

    def send(self) -> None:
        """Send what there is."""
        if self._gathered:
            lanes = tuple(
                LaneFigures(
                    lane=number,
                    first=figures.first,
                    losses=tuple(figures.losses),
                    at=tuple(figures.at),
                    rate=figures.lane.rate,
                    seconds=figures.lane.seconds,
                )
                for number, figures in self._gathered.items()
            )
            self._gathered = {}
            self._say(FiguresEvent(job=self._job, lanes=lanes))
        self._sent = self._clock()
