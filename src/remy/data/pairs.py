"""Pairs of texts: from two files with a text a line, or two columns of a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from remy.data.lines import Lines
from remy.data.records import Place, Reading, Tally
from remy.data.rows import Table, listed
from remy.data.tables import TABLE_ENDINGS, ending, open_table
from remy.errors import DataError, UsageError

EMPTY_SOURCE = "with an empty source"
EMPTY_TARGET = "with an empty target"

#: Names people give such columns, most telling first.
SOURCE_NAMES = ("source", "src", "input", "letters", "word", "question", "from")
TARGET_NAMES = ("target", "tgt", "output", "sounds", "pronunciation", "translation", "answer", "to")

#: Two letters of ISO 639-1 that name a column; others ("id", "no") are also words.
LANGUAGES = (
    "ar bg bn ca cs cy da de el en eo es et eu fa fi fr ga gl he hi hr hu hy is it ja ka ko la lt lv mk ms "
    "mt nb nl nn pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh"
)


@dataclass(frozen=True)
class PairRecord:
    """A text and what is written of it.

    Attributes
    ----------
    source, target
        Without white space around them, neither empty.
    place
        Where the source stands.
    """

    source: str
    target: str
    place: Place


class PairReading(Reading[PairRecord]):
    """The pairs of one or two files.

    Attributes
    ----------
    columns
        Names of the columns of source and target; None of parallel files.
    """

    columns: tuple[str, str] | None = None


def parallel_files(location: str) -> tuple[str, str] | None:
    """Return the two paths of ``a.de,a.en``, or None where `location` is one path.

    Examples
    --------
    >>> parallel_files("a.de,a.en"), parallel_files("pairs.tsv")
    (('a.de', 'a.en'), None)
    """
    first, comma, second = location.partition(",")
    if not comma or not first or not second or Path(location).exists():
        return None
    return first, second


def read_pairs(
    location: str | Path, *, source: str | None = None, target: str | None = None, format: str | None = None
) -> PairReading:
    r"""Read pairs of texts.

    Pairs with an empty side are dropped and counted.

    Parameters
    ----------
    location
        ``a.de,a.en`` for two files with a text a line (also with ``.gz``); or a CSV, TSV, JSONL or Parquet
        file with a column for each side; or ``-`` for lines with a tab on standard input.
    source, target
        Names of the columns; None to guess: by usual names or two letters of a language, else the first and
        the second of two.
    format
        Of a table; None to go by its ending.

    Raises
    ------
    UsageError
        If columns are named for parallel files, or one column is to be both.
    DataError
        If a file cannot be read, or leaves open which columns are meant; while the pairs are taken, if
        parallel files have not the same number of lines.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "pairs.tsv"
    >>> _ = path.write_text("en\tde\none\teins\ntwo\tzwei\nthree\t\n")
    >>> reading = read_pairs(path)
    >>> [(pair.source, pair.target) for pair in reading], reading.summary()
    ([('one', 'eins'), ('two', 'zwei')], '2 records kept; 1 dropped: 1 with an empty target')
    """
    files = parallel_files(str(location))
    if files is not None:
        if source is not None or target is not None:
            raise UsageError(f"source: {location} are two files of lines and have no columns; leave it out.")
        return PairReading(str(location), lambda tally: _parallel(*files, tally))
    if str(location) == "-" and format is None:
        format = "tsv"
    elif format is None and ending(location) not in (*TABLE_ENDINGS, ".txt", ".text"):
        if not Path(location).exists():
            raise DataError(f"{location}: no such file.")
        raise DataError(
            f"{location}: expected a table, or two files with a text a line as SOURCE,TARGET; its ending is "
            f"none of {', '.join(TABLE_ENDINGS)}."
        )
    table = open_table(location, format=format, named=[name for name in (source, target) if name], tabs=True)
    columns, notes = _columns(table, source, target)

    def read(tally: Tally) -> Iterator[PairRecord]:
        for row in table:
            yield from _pair(row.values[columns[0]], row.values[columns[1]], row.place, tally)

    reading = PairReading(table.name, read, notes=(*table.notes, *notes))
    reading.columns = columns
    return reading


def pair_columns(columns: Sequence[str]) -> tuple[str, str] | None:
    """Return the columns of source and target by usual names or two languages' letters; None without such.

    Examples
    --------
    >>> pair_columns(["id", "letters", "sounds"]), pair_columns(["de", "en"]), pair_columns(["text", "label"])
    (('letters', 'sounds'), ('de', 'en'), None)
    """
    lower = {column.strip().lower(): column for column in columns}
    sources = [lower[name] for name in SOURCE_NAMES if name in lower]
    targets = [lower[name] for name in TARGET_NAMES if name in lower]
    if sources and targets:
        return sources[0], targets[0]
    if len(columns) == 2 and all(name in LANGUAGES.split() for name in lower):
        return columns[0], columns[1]
    return None


def _pair(source: str, target: str, place: Place, tally: Tally) -> Iterator[PairRecord]:
    source, target = source.strip(), target.strip()
    if not source:
        tally.dropped[EMPTY_SOURCE] += 1
    elif not target:
        tally.dropped[EMPTY_TARGET] += 1
    else:
        yield PairRecord(source, target, place)


def _parallel(source: str, target: str, tally: Tally) -> Iterator[PairRecord]:
    sides = Lines(source), Lines(target)
    if any(not side.repeatable for side in sides) and source == target:
        raise UsageError("source: only one of the two files can come from standard input.")
    count = [0, 0]
    for number, lines in enumerate(itertools.zip_longest(*sides), start=1):
        for side, line in enumerate(lines):
            count[side] += line is not None
        if count[0] == count[1]:
            yield from _pair(lines[0], lines[1], Place(sides[0].name, number), tally)
    if count[0] != count[1]:
        raise DataError(
            f"{sides[0].name}: {count[0]:,} lines, but {sides[1].name} has {count[1]:,}; expected one line "
            "for each line of the other."
        )


def _columns(table: Table, source: str | None, target: str | None) -> tuple[tuple[str, str], tuple[str, ...]]:
    if source is not None and source == target:
        raise UsageError(f"target: expected another column than the source's, got '{source}' for both.")
    if len(table.columns) < 2:
        raise DataError(
            f"{table.name}: expected a column of sources and one of targets, got only '{table.columns[0]}'."
        )
    if source is not None and target is not None:
        return (table.require(source, "source"), table.require(target, "target")), ()
    if source is not None or target is not None:
        given, role = (source, "source") if source is not None else (target, "target")
        table.require(str(given), role)
        others = [column for column in table.columns if column != given]
        if len(others) > 1:
            raise _ambiguous(table)
        found = (str(given), others[0]) if source is not None else (others[0], str(given))
    else:
        guess = pair_columns(table.columns)
        if guess is None and len(table.columns) > 2:
            raise _ambiguous(table)
        found = guess or (table.columns[0], table.columns[1])
    return found, (f"the source is column '{found[0]}' and the target '{found[1]}'",)


def _ambiguous(table: Table) -> DataError:
    return DataError(
        f"{table.name}: cannot tell which columns are source and target; name them with --source and "
        f"--target (columns: {listed(table.columns)})."
    )
