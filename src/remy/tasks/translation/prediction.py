"""What a trained translator writes of every text of a file or of standard input, in their order."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from remy import runtime
from remy.data.formats import guess_kind
from remy.data.lines import Lines
from remy.data.pieces import UNKNOWN_ID
from remy.data.rows import Table
from remy.data.tables import TABLE_ENDINGS, ending, open_table
from remy.decoding import links
from remy.errors import DataError, UsageError, choice
from remy.runtime import Search, Written
from remy.tasks.locations import find_file

#: Texts that are read before any is answered; a terminal is answered text by text.
_TOGETHER = 512

FORMATS = ("text", "csv", "tsv", "jsonl", "parquet")


@dataclass(frozen=True)
class Answer:
    """What is written of one text.

    Attributes
    ----------
    source
        The text.
    found
        What was written, the best first.
    columns
        Of the table's row that it stands in; empty for lines.
    """

    source: str
    found: list[Written]
    columns: Mapping[str, Any]


def predict_file(
    model: runtime.Translator,
    location: str,
    search: Search,
    *,
    source: str | None = None,
    format: str | None = None,
    note: Callable[[str], None] = print,
) -> Iterator[Answer]:
    """Yield an answer for every text of a file, an empty one for an empty text.

    Parameters
    ----------
    model
        The translator.
    location
        A file with a text a line, a table, a data set, or ``-`` for lines on standard input.
    search
        How texts are looked for.
    source
        The column of a table; by default the one of training.
    format
        ``"text"`` for lines, or that of a table; by default a file's ending and first lines decide.
    note
        Told at the end what a person should know: cut texts, unknown pieces.

    Raises
    ------
    DataError
        If the file cannot be read, or has no such column.
    UsageError
        If `format` is not one of these, or a column is named for lines.
    """
    if format is not None:
        choice("format", format, FORMATS)
    file = find_file(location)
    if format == "text" or (format is None and _has_lines(file)):
        if source is not None:
            raise UsageError(f"source: {location} is lines of text without columns; leave it out.")
        rows: Iterable[tuple[str, Mapping[str, Any]]] = ((line, {}) for line in Lines(file))
    else:
        table = open_table(file, format=format, named=[source] if source else [], tabs=True)
        column = _column(model, table, source)
        rows = ((row.values[column], row.values) for row in table)
    at_once = 1 if location == "-" and sys.stdin.isatty() else _TOGETHER
    seen = _Seen(model)
    texts = iter(rows)
    while some := list(itertools.islice(texts, at_once)):
        sources = [text.strip() for text, _ in some]
        answers = model.translate(sources, search)
        seen.add(sources, answers)
        for text, found, (_, columns) in zip(sources, answers, some, strict=True):
            yield Answer(text, found, columns)
    for sentence in seen.notes():
        note(sentence)


def link_text(model: runtime.Translator, source: str, written: Written) -> str:
    """Return which word of the source was looked at most for each word written: ``"0-0 2-1"``, from 0.

    Raises
    ------
    UsageError
        If the model has no attention.
    """
    if not written.pieces:
        return ""
    look = need_attention(written)
    words = model.source.words_of(model.pieces(source)), model.target.words_of(written.pieces)
    return " ".join(f"{read}-{wrote}" for read, wrote in links(look, *words))


def need_attention(written: Written) -> Any:
    """Return what was looked at, (T, S).

    Raises
    ------
    UsageError
        If the model has no attention.
    """
    if written.attention is None:
        raise UsageError("--alignment: the model was trained without attention; it looks at nothing")
    return written.attention


def _has_lines(file: str) -> bool:
    if file == "-":
        return True
    return ending(file) not in TABLE_ENDINGS and guess_kind(file).kind in ("plain", "conll")


def _column(model: runtime.Translator, table: Table, source: str | None) -> str:
    if source is not None:
        return table.require(source, "source")
    known = (model.model_file.metrics.get("data", {}).get("columns") or [None])[0]
    if known in table.columns:
        return str(known)
    if len(table.columns) == 1:
        return table.columns[0]
    raise DataError(
        f"{table.name}: cannot tell which of the columns {', '.join(table.columns)} is the source; "
        "name it with --source, or say --format text for lines."
    )


class _Seen:
    """What was odd about the texts so far."""

    def __init__(self, model: runtime.Translator) -> None:
        self._model = model
        self._texts = self._long = self._unknown = self._cut = 0

    def add(self, sources: list[str], answers: list[list[Written]]) -> None:
        most = self._model.max_source
        self._texts += len(sources)
        for ids in self._model.source.encode(sources, max_length=most + 1):
            self._long += len(ids) > most + 1
            self._unknown += UNKNOWN_ID in ids
        self._cut += sum(not found[0].ended for found in answers)

    def notes(self) -> Iterator[str]:
        most = self._model.max_source
        if self._long:
            yield (
                f"of {self._long} of {self._texts} texts only the first {most} pieces were read, as long "
                "as the longest in training"
            )
        if self._unknown:
            yield f"{self._unknown} of {self._texts} texts have pieces that were never seen in training"
        if self._cut:
            yield f"{self._cut} of {self._texts} did not come to an end and were cut (--max-length)"
