"""Parquet, by polars, a slice of rows at a time."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.data.lines import unreadable
from remy.data.records import Place
from remy.data.rows import Row, Table
from remy.errors import DataError

if TYPE_CHECKING:
    import polars

_LOOKED_AT = 100
_SLICE = 8_192  # rows in memory at once


def open_parquet(path: str | Path) -> Table:
    """Return the table in a Parquet file; its places count rows from 1.

    Raises
    ------
    DataError
        If the file is missing, no Parquet file, or has no rows; or if polars is not installed.
    """
    name = str(path)
    try:
        with open(path, "rb"):
            pass
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error
    try:
        import polars
        from polars.exceptions import PolarsError
    except ImportError as error:
        raise DataError(f"{name}: Parquet needs polars; `python -m pip install polars`.") from error
    try:
        frame = polars.scan_parquet(path)
        columns = frame.collect_schema().names()
        head = list(_rows(frame.head(_LOOKED_AT), columns, name))
    except (PolarsError, OSError) as error:
        raise DataError(f"{name}: not a Parquet file, or damaged: {_first_line(error)}.") from error
    return Table(name, "parquet", columns, head, lambda: _rows(frame, columns, name))


def _rows(frame: polars.LazyFrame, columns: list[str], name: str) -> Iterator[Row]:
    from polars.exceptions import PolarsError

    start = 0
    while True:
        try:
            part = frame.slice(start, _SLICE).collect()
        except (PolarsError, OSError) as error:
            raise DataError(f"{name}: not a Parquet file, or damaged: {_first_line(error)}.") from error
        for number, values in enumerate(part.iter_rows(), start=start + 1):
            cells = {column: _as_text(value) for column, value in zip(columns, values, strict=True)}
            yield Row(cells, Place(name, number))
        if part.height < _SLICE:
            return
        start += _SLICE


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
