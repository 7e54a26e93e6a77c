"""Series over time from wide and long tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from remy.data.faults import Faults
from remy.data.records import Reading, Series, Tally
from remy.data.rows import Table
from remy.data.series_columns import SeriesColumns, column_names, find_series_columns
from remy.data.series_rows import Block, gather
from remy.data.steps import Spacing, find_spacing
from remy.data.tables import open_table
from remy.errors import choice

UNSORTED = "unsorted"
REPEATED = "repeated"

_SEVERAL = "; if the table holds several series, name the column that tells them apart with `series`"


class SeriesReading(Reading[Series]):
    """The series of a file.

    Attributes
    ----------
    time_column, target_columns, series_column, known_columns
        Where they stand.
    columns
        All columns of the file.
    """

    def __init__(
        self, table: Table, chosen: SeriesColumns, read: Callable[[Tally], Iterator[Series]]
    ) -> None:
        super().__init__(table.name, read, notes=(*table.notes, *chosen.notes))
        self.time_column = chosen.time
        self.target_columns = chosen.target
        self.series_column = chosen.series
        self.known_columns = chosen.known
        self.columns = table.columns


def read_series(
    location: str | Path,
    *,
    time: str | None = None,
    target: str | Sequence[str] = (),
    series: str | None = None,
    known: str | Sequence[str] = (),
    missing: str = "error",
    format: str | None = None,
) -> SeriesReading:
    r"""Read series from a table with one row for each time (and, in a long table, each series).

    Gaps and irregular steps are no errors; they are noted on the reading with their number and first place.

    Parameters
    ----------
    location
        The path of a CSV, TSV, JSONL or Parquet file, all but Parquet also with ``.gz``; or ``-``.
    time
        The column of times, see :func:`remy.data.times.parse_times` for how they may be written. None to
        guess: the one with a usual name (time, date, datetime, timestamp, ds, ...) or the only one of dates.
    target
        Columns of numbers to forecast; a string is one. Empty to guess: the only such column left.
    series
        The column that tells the series of a long table apart.
    known
        Columns of numbers that are known ahead of time.
    missing
        ``error``, or ``drop`` to leave out rows with an empty cell (or NaN) in a column that is used; they
        are counted.
    format
        As in :func:`read_texts`.

    Returns
    -------
    SeriesReading
        Its series are given when the whole table has been read: rows of a long table may come in any order of
        the series.

    Raises
    ------
    UsageError
        If an option has an unknown value, or one column is to be two things.
    DataError
        If the file cannot be read, has no such column or no rows, or leaves open which column is meant. While
        the series are taken, with file and line: if a cell is empty, no number or no time, or the times of a
        series do not rise.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "rain.csv"
    >>> _ = path.write_text("date,rain\n2012-01-01,0.5\n2012-01-02,0\n2012-01-04,2\n2012-01-05,1\n")
    >>> reading = read_series(path)
    >>> [rain] = reading
    >>> rain.name, str(rain.step), rain.target.shape, rain.target_names
    ('rain', '1 day', (4, 1), ('rain',))
    >>> reading.notes[-1].partition("'rain': ")[2]
    '1 gap in steps of 1 day, the first after 2012-01-02'
    """
    choice("missing", missing, ("error", "drop"))
    named = [name for option in (time, series, target, known) for name in column_names(option)]
    table = open_table(location, format=format, named=named, tabs=True)
    chosen = find_series_columns(table, time=time, target=target, series=series, known=known)

    def read(tally: Tally) -> Iterator[Series]:
        faults = Faults()
        for block in gather(table, chosen, tally, faults, drop_missing=missing == "drop"):
            check_order(block, chosen, faults)
            spacing = find_spacing(block.times)
            tally.notes.extend(describe_breaks(block, spacing))
            yield _series(block, chosen, spacing)

    return SeriesReading(table, chosen, read)


def check_order(block: Block, columns: SeriesColumns, faults: Faults) -> None:
    """Add a fault for each time of `block` that is not after the one before it.

    Kinds are ``repeated`` for a time that is there already and ``unsorted`` for one that comes too late.
    """
    steps = np.diff(block.times).astype(np.int64)
    seen: dict[object, int] = {}
    for place in range(len(block.places)) if (steps <= 0).any() else ():
        moment = block.times[place]
        of_series = f" of series '{block.name}'" if columns.series is not None else ""
        several = "" if columns.series is not None else _SEVERAL
        if moment in seen:
            faults.add(
                REPEATED,
                f"{block.places[place]}: the time {say_time(moment)}{of_series} is there already in line "
                f"{block.places[seen[moment]].line}{several}.",
            )
        elif place and steps[place - 1] < 0:
            faults.add(
                UNSORTED,
                f"{block.places[place]}: the time {say_time(moment)}{of_series} comes after "
                f"{say_time(block.times[place - 1])}; sort the rows by '{columns.time}'.",
            )
        seen.setdefault(moment, place)


def describe_breaks(block: Block, spacing: Spacing) -> list[str]:
    """Return a sentence on the gaps of `block`, or on its irregular steps; none if there are none."""
    if not spacing.breaks.size:
        return []
    first = int(spacing.breaks[0])
    where = f"{block.places[first + 1]}: series '{block.name}'"
    before = say_time(block.times[first])
    count = spacing.breaks.size
    plural = "s" if count != 1 else ""
    if spacing.step is not None:
        return [f"{where}: {count:,} gap{plural} in steps of {spacing.step}, the first after {before}"]
    return [
        f"{where}: irregular: {count:,} step{plural} of {len(block.places) - 1:,} differ from the usual "
        f"{spacing.usual}, the first after {before}"
    ]


def say_time(moment: object) -> str:
    """Return a time for people: the date alone where the time of day is midnight.

    Examples
    --------
    >>> say_time(np.datetime64("2012-01-31T00:00:00")), say_time(np.int64(7))
    ('2012-01-31', '7')
    """
    return str(moment).replace("T00:00:00", "").replace("T", " ")


def _series(block: Block, columns: SeriesColumns, spacing: Spacing) -> Series:
    split = len(columns.target)
    return Series(
        name=block.name,
        times=block.times,
        target=block.values[:, :split],
        known=block.values[:, split:],
        target_names=columns.target,
        known_names=columns.known,
        step=spacing.step,
        place=block.places[0],
    )
