"""Which task a file is for, where nobody said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from remy import datasets
from remy.data.pairs import parallel_files

#: Kind of data -> task.
_TASKS = {
    "text": "classifier",
    "sequences": "classifier",
    "conll": "tagger",
    "series": "forecaster",
    "pairs": "translator",
    "captions": "captioner",
    "music": "language_model",
    "plain": "language_model",
}

#: Endings of running text; nobody has to look inside.
_TEXT = (".txt", ".md", "")


@dataclass(frozen=True)
class Guess:
    """A task and the reason for it."""

    task: str
    reason: str


def guess_task(location: str) -> Guess:
    """Return the task that fits the data at `location`, judged by its ending and its first rows.

    Raises
    ------
    DataError
        If the file cannot be read, or its columns leave it open.

    Examples
    --------
    >>> guess_task("-")
    Guess(task='language_model', reason='plain text')
    """
    if parallel_files(location) is not None:
        return Guess("translator", "two parallel files")
    path = Path(location)
    if not path.exists() and location in datasets.names() and not datasets.is_text(location):
        path = datasets.files(location).path
    if path.is_file() and path.suffix.lower() in (".mat", ".npz"):
        from remy.data.rolls import holds_rolls

        if holds_rolls(path):
            return Guess("piano_roll", f"{path.suffix.lower()} with piano rolls")
    if not path.is_dir() and (not path.is_file() or path.suffix.lower() in _TEXT):
        return Guess("language_model", "plain text")
    from remy.data.formats import guess_kind

    guess = guess_kind(path)
    return Guess(_TASKS[guess.kind], "plain text" if guess.kind == "plain" else guess.reason)
