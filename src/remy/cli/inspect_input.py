"""From the words of ``remy inspect`` to what a trained model reads, and to what was right."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from remy.cli.output import read_prompt
from remy.errors import DataError, UsageError
from remy.tasks.in_words import target_of

#: Task -> what its ``--target`` is, for messages.
TARGETS: Final = {
    "language_model": "as many characters as are read, the one after each",
    "classifier": "a label",
    "regressor": "a number",
    "tagger": "a tag for each word, spaces between them",
    "translator": "a translation",
    "captioner": "a caption",
    "forecaster": "the numbers that came, commas between them",
    "piano_roll": "next, the piece's own frames",
}

#: Tasks whose input is a file, and what it holds.
_FILES: Final = {"captioner": "a picture", "piano_roll": "a piece", "forecaster": "series"}


def read_input(trained: Any, given: str, *, future: str | None = None, note: Callable[[str], None]) -> Any:
    """Return what is traced, as the ``subject`` of the model's task takes it.

    Parameters
    ----------
    trained
        What the estimator learned or loaded.
    given
        A text, the path of a picture, of series, of a piece or of numeric sequences, or ``-``.
    future
        Of a forecaster: the file with what is known ahead.
    note
        Told what a person should know.

    Raises
    ------
    DataError
        If there is nothing, or the file cannot be read.
    UsageError
        If the model reads a file and standard input is given, or no `future`.
    """
    if not given:
        raise DataError("inspect: expected a text, a file or -, got an empty text")
    task = trained.model_file.task
    if future is not None:
        if task != "forecaster":
            raise UsageError(f"--future: a {task} knows nothing ahead; leave it out")
        return given, future
    if task in _FILES:
        if given == "-" and task != "forecaster":
            raise UsageError(f"inspect: the model reads {_FILES[task]} from a file; give it rather than -")
        return given
    if task in ("classifier", "regressor") and not trained.reads_text:
        return _numbers(given, note)
    notation = trained.notation if task == "language_model" else None
    text = read_prompt(given, notation)
    if notation is None and given != "-" and len(given) < 256 and os.path.isfile(given):
        note(f"'{given}' is read as a text, not as the file of that name; for the file: - < {given}")
    if task != "language_model" and not text.strip():
        raise DataError("inspect: expected a text, got only white space")
    return text.split() if task == "tagger" else text


def read_target(trained: Any, x: Any, words: str | None, *, asker: str | None) -> tuple[Any, Any]:
    """Return what is traced and what was right.

    Parameters
    ----------
    trained
        What the estimator learned or loaded.
    x
        What `read_input` returned.
    words
        What ``--target`` says.
    asker
        The flag that cannot do without it; None where nothing needs it.

    Returns
    -------
    x, target
        Of a language model without `words` the text but for its last character, and but for its first; of a
        piece its own frames.

    Raises
    ------
    UsageError
        If there is no target and `asker` needs one.
    DataError
        If it cannot be read.
    """
    task = trained.model_file.task
    if words is None:
        return _own_target(task, x, asker)
    return x, target_of(trained, words, what="--target")


def _own_target(task: str, x: Any, asker: str | None) -> tuple[Any, Any]:
    if task == "piano_roll":
        return x, "next"
    if task == "language_model" and len(x) > 1:
        return x[:-1], x[1:]
    if asker is None:
        return x, None
    if task == "language_model":
        raise DataError(
            f"{asker}: expected at least 2 characters, as each is the target of the one before it, got "
            f"{len(x)}; --target says what came after"
        )
    raise UsageError(f"{asker}: what was right is not known; give --target: {TARGETS[task]}")


def _numbers(given: str, note: Callable[[str], None]) -> Any:
    from remy.data import read_sequences
    from remy.tasks.locations import find_file

    records = list(read_sequences(find_file(given)))
    if not records:
        raise DataError(f"{given}: expected a sequence, got none")
    if len(records) > 1:
        note(f"{given}: the first of {len(records)} sequences")
    return records[0].values
