"""Figures travel together, but none of them waits long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

from remy.lab.jobs.batching import INTERVAL, LONGEST, Batch
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import FiguresEvent


@dataclass
class FakeLane:
    number: int
    made: int = 0
    rate: float = 0.01
    seconds: float = 0.0


class Machine:
    """Lanes whose updates take so long, and a clock."""

    def __init__(self, *seconds: float) -> None:
        self.now = 0.0
        self.sent: list[tuple[float, FiguresEvent]] = []
        self.waits: list[float] = []
        self._made: list[float] = []
        self._seconds = seconds
        self._lanes = [FakeLane(number) for number in range(len(seconds))]
        self.batch = Batch("a race", self._take, clock=lambda: self.now)

    def run(self, updates: int) -> None:
        for _ in range(updates):
            for lane, seconds in zip(self._lanes, self._seconds, strict=True):
                self.now += seconds
                lane.made += 1
                self._made.append(self.now)
                self.batch.add(cast(Any, lane), 1.0, seconds)

    def _take(self, record: Answered) -> None:
        assert isinstance(record, FiguresEvent)
        self.sent.append((self.now, record))
        self.waits += [self.now - made for made in self._made]
        self._made = []


def test_fast_updates_are_sent_twenty_times_a_second() -> None:
    machine = Machine(0.001, 0.001)
    machine.run(1000)
    assert machine.now / len(machine.sent) >= INTERVAL
    assert max(machine.waits) <= LONGEST
    assert sum(len(figures.losses) for _, event in machine.sent for figures in event.lanes) > 1900


def test_slow_updates_are_sent_at_once() -> None:
    machine = Machine(0.2)
    machine.run(5)
    assert machine.waits == [0.0] * 5


def test_a_fast_lane_does_not_wait_for_a_slow_one() -> None:
    machine = Machine(0.03, 0.3)
    machine.run(20)
    assert max(machine.waits[2:]) == 0.0


def test_every_figure_comes_once_and_in_order() -> None:
    machine = Machine(0.004, 0.007)
    machine.run(101)
    machine.batch.send()
    for lane in range(2):
        updates = [
            update
            for _, event in machine.sent
            for figures in event.lanes
            if figures.lane == lane
            for update in range(figures.first, figures.first + len(figures.losses))
        ]
        assert updates == list(range(1, 102))


def test_nothing_is_sent_where_there_is_nothing() -> None:
    machine = Machine(0.001)
    machine.batch.send()
    assert machine.sent == []


def test_a_loss_that_is_no_number_is_none() -> None:
    machine = Machine(0.001)
    machine.batch.add(cast(Any, FakeLane(0, made=1)), math.nan, 0.001)
    machine.batch.send()
    assert machine.sent[0][1].lanes[0].losses == (None,)
