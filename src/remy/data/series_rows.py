"""From the rows of a table to one block of times and numbers for each series."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from remy.data.cells import is_nan, number
from remy.data.faults import Faults
from remy.data.records import Place, Tally
from remy.data.rows import Row, Table
from remy.data.series_columns import SeriesColumns
from remy.data.steps import Times
from remy.data.times import parse_times
from remy.errors import DataError

MISSING = "missing"
UNREADABLE = "unreadable"


@dataclass(frozen=True, eq=False)
class Block:
    """The rows of one series, in the order of the file.

    Attributes
    ----------
    name
        Of the series.
    times
        Array (T,), not checked for their order.
    values
        Array (T, K + C) float64: targets, then what is known ahead; NaN where faults were only counted.
    places
        The T rows.
    """

    name: str
    times: Times
    values: NDArray[np.float64]
    places: tuple[Place, ...]


@dataclass
class _Gathered:
    numbers: list[list[float]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def gather(
    table: Table, columns: SeriesColumns, tally: Tally, faults: Faults, *, drop_missing: bool
) -> list[Block]:
    """Return the series of `table` in the order of their first rows.

    Parameters
    ----------
    table, columns
        What to read.
    tally
        Counts dropped rows and takes notes.
    faults
        Takes cells that are empty or no numbers, as kinds ``missing`` and ``unreadable``.
    drop_missing
        Whether rows with an empty cell, or NaN, are dropped instead.

    Raises
    ------
    DataError
        If no row is left, or a time cannot be read; and for each fault that is not counted.
    """
    stamps: list[str] = []
    places: list[Place] = []
    gathered: dict[str, _Gathered] = {}
    for row in table:
        missing = _first_missing(row, columns) if drop_missing else None
        name = row.values[columns.series].strip() if columns.series is not None else table.stem
        if missing is None and not name:
            missing = columns.series
        if missing is not None:
            tally.dropped[f"with no value in '{missing}'"] += 1
            continue
        stamp = row.values[columns.time].strip()
        if not stamp:
            faults.add(MISSING, f"{row.place}: column '{columns.time}' is empty; every row needs its time.")
            continue
        block = gathered.setdefault(name, _Gathered())
        block.rows.append(len(stamps))
        block.numbers.append([_number(row, column, faults) for column in columns.numeric])
        stamps.append(stamp)
        places.append(row.place)
    if not stamps:
        raise DataError(f"{table.name}: no row is left: every one has an empty cell.")
    times, notes = parse_times(stamps, places, columns.time)
    tally.notes.extend(notes)
    return [
        Block(
            name,
            times[block.rows],
            np.array(block.numbers, np.float64).reshape(len(block.rows), len(columns.numeric)),
            tuple(places[row] for row in block.rows),
        )
        for name, block in gathered.items()
    ]


def _first_missing(row: Row, columns: SeriesColumns) -> str | None:
    for column in (columns.time, *columns.numeric):
        cell = row.values[column]
        if not cell.strip() or (column != columns.time and is_nan(cell)):
            return column
    return None


def _number(row: Row, column: str, faults: Faults) -> float:
    cell = row.values[column]
    value = number(cell)
    if value is not None:
        return value
    if not cell.strip():
        faults.add(
            MISSING,
            f"{row.place}: column '{column}' is empty; fill it, or leave such rows out with "
            'missing="drop".',
        )
    else:
        kind = MISSING if is_nan(cell) else UNREADABLE
        faults.add(kind, f"{row.place}: column '{column}': expected a number, got '{cell.strip()}'.")
    return float("nan")
