"""Which columns of a table hold the times, the values and the names of series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from remy.data.cells import is_nan, looks_like_time, number
from remy.data.header import TIME_NAMES
from remy.data.rows import Table, listed
from remy.errors import DataError, UsageError


@dataclass(frozen=True)
class SeriesColumns:
    """The columns of a table of series, and how they were found.

    Attributes
    ----------
    time
        Of the times.
    target
        Of what is to be forecast, at least one.
    series
        Of the names that tell series apart; None where the table is one.
    known
        Of what is known ahead.
    notes
        What was guessed.
    """

    time: str
    target: tuple[str, ...]
    series: str | None
    known: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def numeric(self) -> tuple[str, ...]:
        """The columns of numbers: targets, then those known ahead."""
        return (*self.target, *self.known)


def find_series_columns(
    table: Table,
    *,
    time: str | None = None,
    target: str | Sequence[str] = (),
    series: str | None = None,
    known: str | Sequence[str] = (),
) -> SeriesColumns:
    """Return the columns of `table`: the named ones, else those that can only be meant.

    The time is the one column with a usual name, or else the only one of dates; the target is guessed if a
    single column of numbers is left.

    Raises
    ------
    UsageError
        If one column is to be two things.
    DataError
        If a column is not there, or cannot be told.
    """
    target, known = column_names(target), column_names(known)
    roles = {"time": column_names(time), "target": target, "known": known, "series": column_names(series)}
    taken: dict[str, str] = {}
    for role, columns in roles.items():
        for column in columns:
            table.require(column, role)
            if column in taken:
                raise UsageError(f"{role}: column '{column}' is already the {taken[column]}.")
            taken[column] = role
    notes = []
    if time is None:
        time = _guess_time(table, taken)
        notes.append(f"the time is column '{time}'")
    if not target:
        target = (_guess_target(table, {*taken, time}),)
        notes.append(f"the target is column '{target[0]}'")
    return SeriesColumns(time, target, series, known, tuple(notes))


def column_names(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return names as a tuple: none of None, one of a single string."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def time_columns(table: Table) -> list[str]:
    """Return the columns that can be the time: with a usual name and fitting cells, else of dates."""
    dates = [column for column in table.columns if _mostly(table.cells(column), looks_like_time)]
    named = [
        column
        for column in table.columns
        if column.strip().lower() in TIME_NAMES
        and (column in dates or _mostly(table.cells(column), _is_number))
    ]
    if len(named) > 1 and len(dates) == 1:
        return dates
    return named or dates


def number_columns(table: Table) -> list[str]:
    """Return the columns whose first rows are numbers, but for a few that reading will name as faults."""
    return [column for column in table.columns if _mostly(table.cells(column), _is_number)]


def _guess_time(table: Table, taken: dict[str, str]) -> str:
    found = [column for column in time_columns(table) if column not in taken]
    if len(found) != 1:
        reason = "no column looks like one" if not found else f"it may be {' or '.join(found)}"
        raise DataError(
            f"{table.name}: cannot tell which column is the time ({reason}); name one of "
            f"{listed(table.columns)} with `time`."
        )
    return found[0]


def _guess_target(table: Table, taken: set[str]) -> str:
    found = [column for column in number_columns(table) if column not in taken]
    if len(found) != 1:
        reason = f"columns of numbers: {listed(found)}" if found else "no column of numbers is left"
        raise DataError(
            f"{table.name}: cannot tell which column to forecast ({reason}); name one or more of "
            f"{listed(table.columns)} with `target`."
        )
    return found[0]


def _mostly(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return 2 * sum(test(cell) for cell in cells) > len(cells)


def _is_number(cell: str) -> bool:
    return number(cell) is not None or is_nan(cell)
