"""Measuring sides in turn, so that what the machine does meanwhile falls on all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from remy.bench.side import Prepared

Clock = Callable[[], float]

#: A process is idle that works for at most this share of a pause; it is waited for so many pauses at most.
_IDLE, _MOST_PAUSES = 0.2, 30


@dataclass(frozen=True)
class Pace:
    """How long a measurement takes.

    Attributes
    ----------
    turns
        Rounds; every side has one turn in each.
    seconds
        Of timed calls in a turn: as many as fit, at least one.
    pause
        Seconds before a turn, and again until the process is idle meanwhile. Threads that wait for work spin
        after their last, libgomp's for 10 ms and ONNX Runtime's for 40 where it was measured, and would take
        from the next side what they spend.
    """

    turns: int = 15
    seconds: float = 0.02
    pause: float = 0.01


def in_turn(
    sides: Mapping[str, Prepared],
    pace: Pace,
    *,
    now: Clock = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
    busy: Clock = time.process_time,
) -> dict[str, list[float]]:
    """Return for every side the mean seconds of a call, one for each round.

    The order moves on by one from round to round, so that nobody always begins.
    """
    names = list(sides)
    series: dict[str, list[float]] = {name: [] for name in names}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number in range(pace.turns):
            first = number % len(names)
            for name in names[first:] + names[:first]:
                rest(pace.pause, sleep=sleep, busy=busy)
                with sides[name].around():
                    sides[name].call()
                    series[name].append(_mean_seconds(sides[name].call, pace.seconds, now))
    finally:
        if collecting:
            gc.enable()
    return series


def rest(
    pause: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    busy: Clock = time.process_time,
) -> None:
    """Sleep until the other threads of the process do so too; `busy` is the processor time of all of them."""
    for _ in range(_MOST_PAUSES):
        before = busy()
        sleep(pause)
        if busy() - before <= _IDLE * pause:
            return


class Quartiles(NamedTuple):
    """Lower quartile, median and upper quartile."""

    lower: float
    median: float
    upper: float


def ratio(peer: Sequence[float], ours: Sequence[float]) -> Quartiles:
    """Return the quartiles of peer's time over ours, round by round.

    Examples
    --------
    >>> ratio([2.0, 3.0, 4.0], [1.0, 1.0, 1.0])
    Quartiles(lower=2.5, median=3.0, upper=3.5)
    """
    ratios = [theirs / own for theirs, own in zip(peer, ours, strict=True)]
    if len(ratios) == 1:
        return Quartiles(*ratios * 3)
    # Inclusive: of few rounds the other way would name ratios that none of them had.
    return Quartiles(*statistics.quantiles(ratios, n=4, method="inclusive"))


def _mean_seconds(call: Callable[[], object], budget: float, now: Clock) -> float:
    count, chunk, spent = 0, 1, 0.0
    start = now()
    while chunk > 0:
        for _ in range(chunk):
            call()
        count += chunk
        spent = now() - start
        # The clock is read after 1, 2, 4, ... calls: reading it takes as long as the shortest of them.
        chunk = min(count, int((budget - spent) * count / spent)) if spent > 0.0 else count
    return spent / count
