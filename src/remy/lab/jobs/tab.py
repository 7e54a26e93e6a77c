"""A page that is open in the browser, and the events that it is told."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from remy.lab.jobs.messages import name_of
from remy.lab.schemas.base import Answered
from remy.lab.schemas.jobs import GapEvent, JobPicture, ReplacedEvent

#: Events of an earlier life of the server have other numbers, also where the tab has the same name.
_LIFE: Final = secrets.token_hex(4)
#: A reader gets at most so many bytes at a time.
_MOST_AT_ONCE: Final = 250_000

LOST: Final = "some events were lost; everything that is known follows"
REPLACED: Final = "this page is open twice; the one that was opened last goes on"


@dataclass(eq=False)
class Reader:
    """One stream of a tab: how far it has read, and what wakes it."""

    seen: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_replaced: bool = False


class Tab:
    """Events in numbered order, the latest of which are kept to be sent again.

    Parameters
    ----------
    name
        As the page calls itself.
    pictures
        Returns what is known of each of its races.
    most_events, most_bytes
        So much is kept. A reader that is slower gets a picture of each race instead of what it missed.

    Attributes
    ----------
    reader
        The open stream; None where there is none.
    """

    def __init__(
        self, name: str, pictures: Callable[[], list[JobPicture]], *, most_events: int, most_bytes: int
    ) -> None:
        self.name = name
        self.reader: Reader | None = None
        self._pictures = pictures
        self._most_events, self._most_bytes = most_events, most_bytes
        self._events: deque[bytes] = deque()
        self._bytes = 0
        self._last = 0  # number of the latest

    def publish(self, record: Answered) -> None:
        """Tell the page something."""
        self._last += 1
        event = _written(record, self._number())
        self._events.append(event)
        self._bytes += len(event)
        while len(self._events) > self._most_events or self._bytes > self._most_bytes:
            self._bytes -= len(self._events.popleft())
        if self.reader is not None:
            self.reader.wake.set()

    def open(self, last_id: str | None) -> tuple[Reader, bytes]:
        """Begin a stream, which ends an older one.

        Parameters
        ----------
        last_id
            Of the last event that the page has seen; None of a page that has seen none, which is told all
            that is known.

        Returns
        -------
        reader : Reader
            For `read`.
        first : bytes
            What it gets first.
        """
        if self.reader is not None:
            self.reader.is_replaced = True
            self.reader.wake.set()
        seen = 0 if last_id is None else self._number_of(last_id)
        self.reader = Reader(self._last if seen is None else seen)
        if last_id is None:
            self.reader.seen = self._last
            return self.reader, self._snapshots()
        return self.reader, b"" if seen is not None else self._gap(self.reader)

    def read(self, reader: Reader) -> bytes:
        """Return what a reader has not had yet, empty if there is nothing."""
        if reader.is_replaced:
            return b""
        reader.wake.clear()
        missed = self._last - reader.seen
        if missed > len(self._events):
            return self._gap(reader)
        parts, size = list[bytes](), 0
        for place in range(len(self._events) - missed, len(self._events)):
            if parts and size + len(self._events[place]) > _MOST_AT_ONCE:
                break
            parts.append(self._events[place])
            size += len(parts[-1])
        reader.seen += len(parts)
        return b"".join(parts)

    def close(self, reader: Reader) -> None:
        """End a stream."""
        if self.reader is reader:
            self.reader = None

    def _gap(self, reader: Reader) -> bytes:
        reader.seen = self._last
        return _written(GapEvent(sentence=LOST), None) + self._snapshots()

    def _snapshots(self) -> bytes:
        """Return a picture of each race; only the last has a number, so that nobody goes on between them."""
        pictures = self._pictures()
        last = len(pictures) - 1
        return b"".join(
            _written(picture, self._number() if place == last else None)
            for place, picture in enumerate(pictures)
        )

    def _number(self) -> str:
        return f"{_LIFE}-{self._last}"

    def _number_of(self, last_id: str) -> int | None:
        """Return the number of an event of this life that there has been."""
        life, _, number = last_id.partition("-")
        known = life == _LIFE and number.isascii() and number.isdecimal() and len(number) < 16
        return int(number) if known and int(number) <= self._last else None


def replaced() -> bytes:
    """Return the last event of a stream that another one has replaced."""
    return _written(ReplacedEvent(sentence=REPLACED), None)


def _written(record: Answered, number: str | None) -> bytes:
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {name_of(record)}\ndata: {record.model_dump_json()}\n\n".encode()
