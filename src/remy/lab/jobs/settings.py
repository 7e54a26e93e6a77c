"""How many races there may be, and how much is kept of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class JobSettings:
    """Limits of the trainings of a lab.

    Attributes
    ----------
    running, waiting
        At most so many races run, and wait, at a time.
    kept
        So many finished ones a tab keeps.
    gone_seconds
        A tab without a stream of events for so long is gone, and its races stop.
    heartbeat_seconds
        A stream is never silent for longer.
    spare_seconds
        So long after a race began the process of the next one is made ready.
    tabs
        At most so many tabs are known.
    events, event_bytes
        At most so many of its events, and bytes of them, a tab keeps to send them again.
    """

    running: int = 1
    waiting: int = 8
    kept: int = 6
    gone_seconds: float = 5.0
    heartbeat_seconds: float = 10.0
    spare_seconds: float = 2.0
    tabs: int = 64
    events: int = 600
    event_bytes: int = 4_000_000
