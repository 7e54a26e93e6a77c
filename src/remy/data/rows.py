"""A table whose rows come one at a time, whatever file it is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from remy.data.records import Place
from remy.errors import DataError, nearest


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, as text, and where it begins."""

    values: Mapping[str, str]
    place: Place


class Table:
    """The columns of a file and its rows, read while they are taken.

    Parameters
    ----------
    name
        What errors call the file.
    format
        ``csv``, ``tsv``, ``jsonl``, ``parquet`` or ``text``.
    columns
        Their names.
    head
        The first rows: as many as could be looked at without using them up.
    rows
        Starts reading from the first row.
    notes
        What was guessed.
    """

    def __init__(
        self,
        name: str,
        format: str,
        columns: Sequence[str],
        head: Sequence[Row],
        rows: Callable[[], Iterator[Row]],
        *,
        notes: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.format = format
        self.columns = tuple(columns)
        self.head = tuple(head)
        self.notes = tuple(notes)
        self._rows = rows
        if not self.head:
            raise DataError(f"{name}: a header ({listed(self.columns)}) without rows.")

    def __iter__(self) -> Iterator[Row]:
        return self._rows()

    @property
    def stem(self) -> str:
        """The file's name without its folder and endings."""
        return PurePath(self.name).name.partition(".")[0] or self.name

    def require(self, column: str, role: str) -> str:
        """Return `column` if the table has it.

        Raises
        ------
        DataError
            If not, with the columns there are and the nearest one.
        """
        if column not in self.columns:
            raise DataError(
                f"{self.name}: no column '{column}' for the {role}; the columns are {listed(self.columns)}"
                f"{nearest(column, self.columns) or '.'}"
            )
        return column

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column in the first rows that are not empty."""
        return [cell for row in self.head if (cell := row.values[column].strip())]


def listed(names: Iterable[str]) -> str:
    """Return names with commas between them."""
    return ", ".join(names)
