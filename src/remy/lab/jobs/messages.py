"""What a worker and the server tell each other: records in JSON, one a line, after the name of their kind."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from remy.lab.schemas.base import Answered, Asked
from remy.lab.schemas.jobs import (
    FiguresEvent,
    FlowEvent,
    GapEvent,
    JobEvent,
    JobPicture,
    NoteEvent,
    Race,
    ReplacedEvent,
    ScoresEvent,
)

#: Names of the events of a page, and what they carry.
EVENTS: Final[dict[str, type[Answered]]] = {
    "job": JobEvent,
    "figures": FiguresEvent,
    "scores": ScoresEvent,
    "flow": FlowEvent,
    "note": NoteEvent,
    "snapshot": JobPicture,
    "gap": GapEvent,
    "replaced": ReplacedEvent,
}
_NAMES = {record: name for name, record in EVENTS.items()}


class Start(Asked):
    """To a worker, first: the race."""

    job: str
    race: Race


class Command(Asked):
    """To a worker, later: what to do."""

    do: str
    updates: int = Field(default=1, ge=1)
    lr: float | None = None


def name_of(record: Answered) -> str:
    """Return the name of an event."""
    return _NAMES[type(record)]


def to_line(record: Answered) -> bytes:
    """Return what a worker writes."""
    return f"{name_of(record)} {record.model_dump_json()}\n".encode()


def from_line(line: bytes) -> Answered:
    """Return what a worker wrote.

    Examples
    --------
    >>> from remy.lab.schemas.jobs import GapEvent
    >>> from_line(to_line(GapEvent(sentence="lost")))
    GapEvent(sentence='lost')
    """
    name, _, data = line.partition(b" ")
    return EVENTS[name.decode()].model_validate_json(data)
