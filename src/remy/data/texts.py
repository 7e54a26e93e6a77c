"""Texts and their labels from tables, or a text a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from remy.data.header import LABEL_NAMES, TEXT_NAMES
from remy.data.records import Reading, Tally, TextRecord
from remy.data.rows import Table, listed
from remy.data.tables import open_table
from remy.errors import DataError, UsageError

EMPTY_TEXT = "with an empty text"
EMPTY_LABEL = "with an empty label"


class TextReading(Reading[TextRecord]):
    """The records of a file of texts.

    Attributes
    ----------
    text_column, label_column
        Where they stand; no label column if none was asked for.
    columns
        All columns of the file.
    format
        ``csv``, ``tsv``, ``jsonl``, ``parquet`` or ``text``.
    """

    def __init__(
        self, table: Table, chosen: TextColumns, read: Callable[[Tally], Iterator[TextRecord]]
    ) -> None:
        super().__init__(table.name, read, notes=(*table.notes, *chosen.notes))
        self.text_column = chosen.text
        self.label_column = chosen.label
        self.columns = table.columns
        self.format = table.format


@dataclass(frozen=True)
class TextColumns:
    """Which columns of a table hold the text and the label, and how that was found."""

    text: str
    label: str | None
    notes: tuple[str, ...]


def read_texts(
    location: str | Path,
    *,
    text: str | None = None,
    label: str | None = None,
    labelled: bool = True,
    format: str | None = None,
    keep_empty: bool = False,
) -> TextReading:
    r"""Read texts and their labels.

    Records with an empty text, or with an empty label when labels are wanted, are dropped and counted.

    Parameters
    ----------
    location
        The path of a CSV, TSV, JSONL, Parquet or plain text file (a text a line), all but Parquet also with
        ``.gz``; or ``-`` for standard input.
    text, label
        Names of the columns; None to guess: by a usual name, or the other one of two columns. Columns of a
        file without a header are called ``column_1``, ``column_2`` and so on.
    labelled
        Whether every record must have a label. If not, a label is read only where `label` names its column.
    format
        ``csv``, ``tsv``, ``jsonl``, ``parquet`` or ``text``; None to go by the ending. Of standard input None
        means a text a line.
    keep_empty
        Whether records with an empty text are given too, so that none is missing.

    Returns
    -------
    TextReading
        Its records are read while they are taken.

    Raises
    ------
    UsageError
        If `format` is unknown, or one column is to be both.
    DataError
        If the file cannot be read, has no such column, no rows, or leaves open which column is meant. While
        the records are taken: if a row is ragged, a line is no JSON or not UTF-8, with file and line.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "reviews.csv"
    >>> _ = path.write_text('review,sentiment\n"Crisp, hot.",good\n,bad\n')
    >>> reading = read_texts(path)
    >>> [(record.text, record.label) for record in reading]
    [('Crisp, hot.', 'good')]
    >>> reading.text_column, reading.label_column, reading.summary()
    ('review', 'sentiment', '1 record kept; 1 dropped: 1 with an empty text')
    """
    named = [column for column in (text, label) if column is not None]
    table = open_table(location, format=format, named=named, tabs=labelled or bool(named))
    chosen = find_text_columns(table, text=text, label=label, labelled=labelled)

    def read(tally: Tally) -> Iterator[TextRecord]:
        for row in table:
            found = row.values[chosen.text]
            mark = row.values[chosen.label].strip() if chosen.label is not None else ""
            if not found.strip() and not keep_empty:
                tally.dropped[EMPTY_TEXT] += 1
            elif labelled and not mark:
                tally.dropped[EMPTY_LABEL] += 1
            else:
                yield TextRecord(found, mark or None, row.values, row.place)

    return TextReading(table, chosen, read)


def find_text_columns(
    table: Table, *, text: str | None = None, label: str | None = None, labelled: bool = True
) -> TextColumns:
    """Return the columns of the text and the label: the named ones, else those that can only be meant.

    Raises
    ------
    UsageError
        If text and label are the same column.
    DataError
        If a column is not there, or cannot be told.
    """
    if text is not None and text == label:
        raise UsageError(f"label: expected another column than the text's, got '{label}' for both.")
    text_column = table.require(text, "text") if text is not None else None
    label_column = table.require(label, "label") if label is not None else None
    notes = []
    if labelled and len(table.columns) < 2:
        raise DataError(
            f"{table.name}: expected a column of texts and one of labels, got only '{table.columns[0]}'."
        )
    if text_column is None:
        text_column = _guess_text(table, taken=label_column)
        if table.format != "text":
            notes.append(f"the text is column '{text_column}'")
    if labelled and label_column is None:
        label_column = _guess_label(table, taken=text_column)
        notes.append(f"the label is column '{label_column}'")
    return TextColumns(text_column, label_column, tuple(notes))


def has_text_column(table: Table) -> bool:
    """Return whether a column has a name that only a text has."""
    return _by_name(table.columns, TEXT_NAMES) is not None


def _guess_text(table: Table, taken: str | None) -> str:
    left = [column for column in table.columns if column != taken]
    found = _by_name(left, TEXT_NAMES)
    if found is not None:
        return found
    if len(left) == 1:
        return left[0]
    if len(table.columns) == 2 and taken is None:
        return _wordier(table, left)
    raise _ambiguous(table, "text")


def _guess_label(table: Table, taken: str) -> str:
    left = [column for column in table.columns if column != taken]
    found = _by_name(left, LABEL_NAMES)
    if found is not None:
        return found
    if len(left) == 1:
        return left[0]
    raise _ambiguous(table, "label")


def _by_name(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the one column with a usual name; of several the one with the most telling."""
    found = [column for column in columns if column.strip().lower() in names]
    if len(found) > 1:
        found = [column for column in found if column.strip().lower() == names[0]]
    return found[0] if len(found) == 1 else None


def _wordier(table: Table, columns: Sequence[str]) -> str:
    """Return which of two columns holds texts: a label has a usual name, or is shorter and no more varied."""
    named = _by_name(columns, LABEL_NAMES)
    if named is not None:
        return columns[1 - columns.index(named)]
    first, second = (table.cells(column) for column in columns)
    longer = sum(map(len, first)) - sum(map(len, second))
    more_varied = len(set(first)) - len(set(second))
    if longer > 0 and more_varied >= 0:
        return columns[0]
    if longer < 0 and more_varied <= 0:
        return columns[1]
    raise _ambiguous(table, "text")


def _ambiguous(table: Table, role: str) -> DataError:
    return DataError(
        f"{table.name}: cannot tell which column is the {role}; name one of {listed(table.columns)} with "
        f"`{role}`."
    )
