"""A configuration whose data have been read: what is left to do is to train."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from remy.tasks.job import Job
from remy.training import RunDirectory


def _keep_nothing(run: RunDirectory) -> None:
    """Do nothing: all data can be read again."""


@dataclass(frozen=True)
class Opened:
    """A job, and what a run's directory has to know of its data.

    Attributes
    ----------
    job
        The configuration, fully resolved, with the data.
    short_name
        For a directory.
    sources
        Files the data came from; none may lie in a run that is replaced.
    keep
        Writes data that cannot be read again into a new run.
    notes
        What was guessed, dropped or found odd, a sentence each.
    """

    job: Job[Any]
    short_name: str
    sources: Sequence[str] = ()
    keep: Callable[[RunDirectory], None] = _keep_nothing
    notes: Sequence[str] = field(default=())
