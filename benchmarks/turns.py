"""Measuring two things in turn, so that what the machine does meanwhile falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Ratio(NamedTuple):
    """Peer's time over ours, turn by turn: median and quartiles; and the median seconds of each."""

    median: float
    lower: float
    upper: float
    ours: float
    peers: float


def seconds(call: Callable[[], None]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turn(
    ours: Callable[[], None], peer: Callable[[], None], *, turns: int = 31, warm_up: int = 3
) -> Ratio:
    """Call both `turns` times, one after the other, and compare each pair."""
    for _ in range(warm_up):
        ours()
        peer()
    pairs = [(seconds(ours), seconds(peer)) for _ in range(turns)]
    ratios = [peers / own for own, peers in pairs]
    lower, median, upper = statistics.quantiles(ratios, n=4)
    return Ratio(median, lower, upper, *(statistics.median(column) for column in zip(*pairs, strict=True)))
