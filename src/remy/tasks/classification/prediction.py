"""Answers of a trained classifier or regressor for every record of a file, as they are read."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from remy import config as configuration
from remy import runtime
from remy.config.classifier import RecordsConfig
from remy.data import read_sequences, read_texts
from remy.errors import DataError, UsageError
from remy.tasks.classification.examples import guess_kind_of
from remy.tasks.locations import find_file

#: Records that are answered together.
_TOGETHER = 512

#: Endings of files with a text a line.
_LINES = (".txt", ".text")


def predict_file(
    path: str | Path,
    model: runtime.SequenceModel,
    location: str,
    *,
    text: str | None = None,
    top: int = 1,
    format: str | None = None,
    note: Callable[[str], None] = print,
) -> Iterator[Mapping[str, Any]]:
    """Yield a row for every record: its columns, then the answer.

    Parameters
    ----------
    path
        Where the model is; its run says which column holds the text.
    model
        The model at `path`.
    location
        A file, a data set, or ``-`` for standard input, there a text a line unless `format` says otherwise.
    text
        The column of the text, where it is another one than in the run.
    top
        How many of the likeliest labels are given.
    format
        As in :func:`remy.data.read_texts`.
    note
        Told what was guessed.

    Yields
    ------
    dict
        The columns of the record (of numeric sequences ``record``, its number from 1), then ``predicted``
        and, of a classifier, ``probability``; with `top` above 1 ``top``, labels and their probabilities.

    Raises
    ------
    DataError
        If the file cannot be read, is of the other kind, or has a column of an answer's name.
    """
    records = _records(Path(path), model, location, text, format, note)
    at_once = 1 if location == "-" else _TOGETHER
    while rows := list(itertools.islice(records, at_once)):
        # A row without a text has no answer, but its place.
        inputs = [one for one, _ in rows if not isinstance(one, str) or one.strip()]
        answers = iter(_answers(model, inputs, top)) if inputs else iter(())
        for one, columns in rows:
            blank = isinstance(one, str) and not one.strip()
            answer = dict.fromkeys(_names(model, top), "") if blank else next(answers)
            taken = [name for name in answer if name in columns]
            if taken:
                raise DataError(f"{location}: has a column '{taken[0]}' already; rename it, or leave it out")
            yield {**columns, **answer}


def _names(model: runtime.SequenceModel, top: int) -> list[str]:
    """Return the columns of an answer."""
    if isinstance(model, runtime.Regressor):
        return ["predicted"]
    assert isinstance(model, runtime.Classifier)
    single = [] if model.multi_label else ["probability"]
    return ["predicted", *single, *(["top"] if top > 1 or model.multi_label else [])]


def _answers(model: runtime.SequenceModel, inputs: list[Any], top: int) -> Iterator[dict[str, Any]]:
    if isinstance(model, runtime.Regressor):
        for number in model.predict(inputs):
            yield {"predicted": float(number)}
        return
    assert isinstance(model, runtime.Classifier)
    probabilities = model.probabilities(inputs)
    for row, chosen in zip(probabilities, model.choose(probabilities), strict=True):
        if model.multi_label:
            answer: dict[str, Any] = {"predicted": list(chosen)}
        else:
            answer = {"predicted": chosen, "probability": float(row.max())}
        if top > 1 or model.multi_label:
            order = np.argsort(-row, kind="stable")[: max(top, 1)]
            answer["top"] = [[model.labels[k], float(row[k])] for k in order]
        yield answer


def _records(
    path: Path,
    model: runtime.SequenceModel,
    location: str,
    text: str | None,
    format: str | None,
    note: Callable[[str], None],
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    file = find_file(location)
    data = _columns(path, text)
    as_texts = file == "-" or format is not None or text is not None or Path(file).suffix in _LINES
    column = None if file == "-" else _text_column(file, data, text, format)
    kind = "text" if as_texts or column is not None else guess_kind_of(file, RecordsConfig())
    if (kind == "text") != model.reads_text:
        wanted, got = ("texts", "numbers") if model.reads_text else ("numeric sequences", "texts")
        raise DataError(f"{location}: the model reads {wanted}, got {got}")
    if kind == "sequences":
        for number, record in enumerate(read_sequences(file), 1):
            known = {"label": record.label} if record.label is not None else {}
            yield record.values, {"record": number, **known}
        return
    reading = read_texts(file, text=column or text, labelled=False, format=format, keep_empty=True)
    if column is None and file != "-":
        for sentence in reading.notes:
            note(sentence)
    for row in reading:
        yield row.text, row.row


def _columns(path: Path, text: str | None) -> RecordsConfig:
    described = path / "config.yaml"
    found = configuration.read(described).data if described.is_file() else RecordsConfig()
    data = found if isinstance(found, RecordsConfig) else RecordsConfig()
    return data.model_copy(update={"text": text}) if text is not None else data


def _text_column(file: str, data: RecordsConfig, given: str | None, format: str | None) -> str | None:
    """Return the column to read: the given one, else the run's where the file is a table that has it."""
    if given is not None or data.text is None:
        return given
    try:
        reading = read_texts(file, text=data.text, labelled=False, format=format)
    except (DataError, UsageError):
        return None
    return reading.text_column
