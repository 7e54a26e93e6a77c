"""Opening a table: which format a file has by its ending, and the reader for it."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath

from remy.data.delimited import open_delimited
from remy.data.jsonl import open_jsonl
from remy.data.lines import Lines
from remy.data.parquet import open_parquet
from remy.data.records import Place
from remy.data.rows import Row, Table, listed
from remy.errors import DataError, UsageError, choice

FORMATS = ("csv", "tsv", "jsonl", "parquet", "text")

_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".text": "text",
}
#: Endings of files that hold a table for sure; a ``.txt`` file may be one.
TABLE_ENDINGS = tuple(ending for ending, kind in _BY_ENDING.items() if kind != "text")

_LOOKED_AT = 20  # lines of a text file that are looked at for tabs


def open_table(
    location: str | Path, *, format: str | None = None, named: Collection[str] = (), tabs: bool = False
) -> Table:
    """Open a file as a table.

    Parameters
    ----------
    location
        The path of a file, or ``-`` for standard input.
    format
        One of ``csv``, ``tsv``, ``jsonl``, ``parquet`` and ``text`` (each line the one cell of a row); None
        to go by the ending, with ``.gz`` left aside, and of standard input to take ``text``.
    named
        Columns the caller asks for.
    tabs
        Whether a ``.txt`` file that has the same number of tabs in every line is taken for TSV.

    Raises
    ------
    UsageError
        If there is no such format, or columns are named for standard input without one.
    DataError
        If the format cannot be told, the file cannot be read, or it has no rows.
    """
    name = str(location)
    notes = []
    kind = choice("format", format, FORMATS) if format is not None else _format(name)
    if name == "-" and format is None and named:
        raise UsageError(
            f"format: to find the columns {listed(named)} on standard input, say which of csv, tsv and "
            "jsonl it is."
        )
    if kind == "parquet":
        if name == "-":
            raise UsageError("format: Parquet cannot come from standard input; give the path of the file.")
        return open_parquet(location)
    lines = Lines(location)
    if kind == "jsonl":
        return open_jsonl(lines)
    if kind == "text" and format is None and tabs and lines.repeatable and _has_tabs(lines):
        kind = "tsv"
        notes.append("every line has tabs: read as TSV")
    if kind == "text":
        return _open_text(lines)
    table = open_delimited(lines, kind, named=named)
    table.notes = (*notes, *table.notes)
    return table


def ending(location: str | Path) -> str:
    """Return the ending of a file's name in lower case, with ``.gz`` left aside.

    Examples
    --------
    >>> ending("data/stocks.CSV.gz")
    '.csv'
    """
    path = PurePath(str(location).lower())
    return path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix


def _format(name: str) -> str:
    if name == "-":
        return "text"
    found = _BY_ENDING.get(ending(name))
    if found is None:
        known = ", ".join(_BY_ENDING)
        raise DataError(
            f"{name}: the ending does not tell the format; expected {known}, or say which of "
            f"{', '.join(FORMATS)} with `format`."
        )
    return found


def _has_tabs(lines: Lines) -> bool:
    counts = {line.count("\t") for line in itertools.islice(lines.peek(), _LOOKED_AT) if line.strip()}
    return len(counts) == 1 and 0 not in counts


def _open_text(lines: Lines) -> Table:
    def rows(source: Iterator[str]) -> Iterator[Row]:
        for number, line in enumerate(source, start=1):
            yield Row({"text": line.rstrip("\r\n")}, Place(lines.name, number))

    head = list(itertools.islice(rows(lines.peek()), 1))
    return Table(lines.name, "text", ["text"], head, lambda: rows(iter(lines)))
