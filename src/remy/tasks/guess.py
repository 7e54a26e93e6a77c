"""Which task a file is for, where nobody said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remy.errors import UsageError

#: Endings of files that hold records rather than running text.
_TABLES = {".csv", ".tsv", ".jsonl", ".json", ".parquet", ".conllu"}


@dataclass(frozen=True)
class Guess:
    """A task and the reason for it."""

    task: str
    reason: str


def guess_task(location: str) -> Guess:
    """Return the task that fits the data at `location`, judged by its name alone.

    Raises
    ------
    UsageError
        If the file holds records, for which there is no task yet.

    Examples
    --------
    >>> guess_task("plays.txt")
    Guess(task='language_model', reason='plain text')
    """
    ending = Path(location).suffix.lower()
    if ending in _TABLES:
        raise UsageError(
            f"{location}: no task for {ending} files yet; "
            "to learn its characters as plain text give --task language_model"
        )
    return Guess("language_model", "plain text")
