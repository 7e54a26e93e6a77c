"""Rows of a result as CSV or JSON lines, to standard output or to a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TextIO

from remy.cli.streams import writes_utf8
from remy.errors import DataError


def write_rows(rows: Iterable[Mapping[str, Any]], *, out: Path | None, as_json: bool) -> None:
    """Write rows as they come; to a file all of them or, after an error, none.

    Parameters
    ----------
    rows
        Values by column. All rows have the columns of the first.
    out
        The file, or None for standard output.
    as_json
        One JSON object a line instead of CSV.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    if out is None:
        _write(rows, sys.stdout, as_json)
        return
    from remy.io.atomic import write_text

    whole = io.StringIO(newline="")
    _write(rows, whole, as_json)
    write_text(out, whole.getvalue())


def _write(rows: Iterable[Mapping[str, Any]], to: TextIO, as_json: bool) -> None:
    writer: csv.DictWriter[str] | None = None
    for number, row in enumerate(rows, 1):
        if as_json:
            to.write(json.dumps(row, ensure_ascii=not writes_utf8(to), allow_nan=False) + "\n")
            to.flush()
            continue
        if writer is not None and (new := [name for name in row if name not in writer.fieldnames]):
            raise DataError(
                f"record {number} has a column '{new[0]}' that the first one lacks; --json keeps it"
            )
        if writer is None:
            writer = csv.DictWriter(to, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow({name: _cell(value) for name, value in row.items()})
        to.flush()


def _cell(value: Any) -> str:
    """Return a value as a table shows it.

    Examples
    --------
    >>> _cell(0.5), _cell(["sport", "news"]), _cell([["sport", 0.75], ["news", 0.25]])
    ('0.5', 'sport|news', 'sport:0.75|news:0.25')
    """
    if isinstance(value, list | tuple):
        return "|".join(
            ":".join(map(_cell, each)) if isinstance(each, list) else _cell(each) for each in value
        )
    return f"{value:.9g}" if isinstance(value, float) else str(value)
