"""A question that the page can ask: its path, its records and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from remy.lab.schemas.base import Answered, Asked


@dataclass(frozen=True)
class Endpoint:
    """A question.

    Attributes
    ----------
    path
        Such as ``/api/trace``.
    asked
        The record that a POST carries; None of a GET.
    answered
        The record that comes back; None where that is a file, which `answer` returns as it is sent
        (:class:`remy.lab.answering.Encoded`).
    answer
        Called in a worker thread with the lab, of a POST also with the question. It raises a `RemyError` for
        whatever cannot be answered; its message is shown to the person.
    way_out
        What the person is told if it takes too long.
    """

    path: str
    asked: type[Asked] | None
    answered: type[Answered] | None
    answer: Callable[..., Any]
    way_out: str = "ask for fewer steps or units"

    @property
    def method(self) -> Literal["GET", "POST"]:
        """How it is asked."""
        return "GET" if self.asked is None else "POST"


def all_endpoints() -> tuple[Endpoint, ...]:
    """Return every question, in the order of the scenes."""
    from remy.lab.scenes import alive, bank, gates, models, own, patterns, telephone, tower, tracing

    parts = (alive, models, tracing, telephone, gates, bank, tower, patterns, own)
    return tuple(endpoint for part in parts for endpoint in part.ENDPOINTS)
