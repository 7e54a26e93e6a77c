"""A configuration whose data have been read, or read again: what is left to do is to train."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from remy.errors import DataError
from remy.tasks.job import Job
from remy.training import RunDirectory


def _keep_nothing(run: RunDirectory) -> None:
    """Do nothing: all data can be read again."""


@contextmanager
def asking_where(run: RunDirectory | None) -> Iterator[None]:
    """Read data again; where they are gone, their error also says how to tell a run where they are now."""
    try:
        yield
    except DataError as error:
        if run is None:
            raise
        raise DataError(
            f"{error} The run was trained on it; say where it is now: remy train FILE -o {run.path} --resume"
        ) from None


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
