"""CSV and TSV, row by row, each with the line it begins on."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial

from remy.data.header import has_header
from remy.data.lines import Lines
from remy.data.records import Place
from remy.data.rows import Row, Table, listed
from remy.errors import DataError

Fields = tuple[int, list[str]]

#: More than this is no table but a damaged file, or one that is written across.
MOST_COLUMNS = 10_000
_LOOKED_AT = 100  # rows of a file
_LOOKED_AT_IN_PIPE = 1  # more would make who types into it wait
_LONGEST_FIELD = 2**31 - 1  # Python's own limit of 131,072 characters is no property of the data
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def open_delimited(lines: Lines, format: str, *, named: Collection[str] = ()) -> Table:
    """Return the table in CSV (``csv``, as in RFC 4180) or TSV (``tsv``) text.

    Parameters
    ----------
    lines
        The file.
    format
        ``csv`` or ``tsv``. A CSV file whose first line has semicolons or tabs and no comma is split there.
    named
        Columns the caller asks for; a first row that has them all is a header.

    Raises
    ------
    DataError
        If a column name occurs twice, there are more than :data:`MOST_COLUMNS` of them or no rows; while
        reading, if a row has another number of fields than the first, or a quoted field is never closed.
    """
    delimiter, notes = ("\t", []) if format == "tsv" else _delimiter(lines)
    parse = partial(_parse, name=lines.name, delimiter=delimiter, quoted=format != "tsv")
    limit = _LOOKED_AT if lines.repeatable else _LOOKED_AT_IN_PIPE
    looked_at = list(itertools.islice(parse(lines.peek()), limit + 1))
    if not looked_at:
        raise DataError(f"{lines.name}: the file has only empty lines.")
    first = looked_at[0][1]
    if len(first) > MOST_COLUMNS:
        raise DataError(
            f"{lines.name}:{looked_at[0][0]}: expected at most {MOST_COLUMNS:,} columns, got {len(first):,}."
        )
    header = has_header(first, [fields for _, fields in looked_at[1:]], named=named)
    columns = [
        (cell.strip() if header else "") or f"column_{place}" for place, cell in enumerate(first, start=1)
    ]
    if not header:
        notes.append(f"no header: the columns are called {listed(columns)}")
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            raise DataError(f"{lines.name}:{looked_at[0][0]}: the column name '{column}' occurs twice.")
        seen.add(column)

    def rows(source: Iterable[Fields]) -> Iterator[Row]:
        for line, fields in itertools.islice(source, 1 if header else 0, None):
            yield _row(columns, fields, Place(lines.name, line))

    return Table(
        lines.name, format, columns, list(rows(looked_at)), lambda: rows(parse(iter(lines))), notes=notes
    )


def _row(columns: Sequence[str], fields: list[str], place: Place) -> Row:
    if len(fields) != len(columns):
        raise DataError(
            f"{place}: expected {len(columns)} fields ({listed(columns)}), got {len(fields)}; "
            "a field that holds the delimiter or a line break must stand in double quotes."
        )
    return Row(dict(zip(columns, fields, strict=True)), place)


def _delimiter(lines: Lines) -> tuple[str, list[str]]:
    first = next((line for line in lines.peek() if line.strip()), "")
    if "," in first:
        return ",", []
    for delimiter in (";", "\t"):
        if delimiter in first:
            return delimiter, [f"no commas in the first line: read as separated by {_DELIMITERS[delimiter]}"]
    return ",", []


def _parse(lines: Iterator[str], *, name: str, delimiter: str, quoted: bool) -> Iterator[Fields]:
    rows = _csv_rows(lines, name, delimiter) if quoted else _tsv_rows(lines, name)
    for line, fields in rows:
        if fields and (len(fields) > 1 or fields[0].strip()):
            yield line, fields


def _csv_rows(lines: Iterator[str], name: str, delimiter: str) -> Iterator[Fields]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 1
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DataError(f"{name}:{begins}: {_fault(error)}") from None
        yield begins, fields
        begins = reader.line_num + 1


def _fault(error: csv.Error) -> str:
    reason = str(error)
    if "unexpected end of data" in reason:
        return "a double quote that begins a field here is never closed."
    if "expected after" in reason:
        return "text behind a field's closing double quote; inside a quoted field write a quote twice."
    return f"{reason}."


def _tsv_rows(lines: Iterator[str], name: str) -> Iterator[Fields]:
    """Split lines at tabs. Quotes count where they are written as in CSV, else they are part of the text."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    ahead: list[str] = []
    line = 1
    width = 0
    while True:
        text = ahead.pop() if ahead else next(lines, None)
        if text is None:
            return
        plain = text.rstrip("\r\n").split("\t")
        fields, used = plain, 1
        if '"' in text:
            quoted = _quoted(text)
            if isinstance(quoted, list):
                fields = quoted
            elif quoted == "open":
                following = next(lines, None)
                # A lone quote in the text, unless only joining the next line makes a row of the right width.
                if following is not None and following.count("\t") + 1 == len(plain) == (width or len(plain)):
                    ahead.append(following)
                elif following is not None:
                    fields, used = _joined(text, following, lines, f"{name}:{line}")
        width = width or len(fields)
        yield line, fields
        line += used


def _quoted(text: str) -> list[str] | str:
    """Return the fields of a line by the rules of CSV, or ``open`` or ``wrong`` if its quotes disobey."""
    try:
        return next(csv.reader([text], delimiter="\t", strict=True))
    except csv.Error as error:
        return "open" if "unexpected end of data" in str(error) else "wrong"


def _joined(text: str, following: str | None, lines: Iterator[str], place: str) -> tuple[list[str], int]:
    used = 1
    while following is not None:
        text += following
        used += 1
        quoted = _quoted(text)
        if isinstance(quoted, list):
            return quoted, used
        following = next(lines, None)
    raise DataError(f"{place}: a double quote that begins a field here is never closed.")
