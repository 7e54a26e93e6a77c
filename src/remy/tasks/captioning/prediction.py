"""What a trained captioner writes of every picture that a table or standard input names, in their order."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from remy import runtime
from remy.data.caption_columns import image_column
from remy.data.lines import Lines
from remy.data.rows import Table
from remy.data.tables import open_table
from remy.errors import DataError, UsageError, choice
from remy.runtime import Search, Written
from remy.tasks.locations import find_file

#: Pictures that are read before any is captioned; a terminal is answered one by one.
_TOGETHER = 256

#: Pictures that cannot be read and are named; a folder in the wrong place would name them all.
_NAMED = 10

FORMATS = ("text", "csv", "tsv", "jsonl", "parquet")

#: What is written of a picture that cannot be read.
NOTHING: Final = Written("", (), 0.0, 0.0, False, None)


@dataclass(frozen=True)
class Answer:
    """What is written of one picture.

    Attributes
    ----------
    path
        The picture, as it was named.
    found
        What was written, the best first; `NOTHING` of a picture that cannot be read.
    columns
        Of the table's row that names it; empty for lines.
    """

    path: str
    found: list[Written]
    columns: Mapping[str, Any]


def predict_file(
    model: runtime.Captioner,
    location: str,
    search: Search,
    *,
    image: str | None = None,
    format: str | None = None,
    note: Callable[[str], None] = print,
) -> Iterator[Answer]:
    """Yield an answer for every picture that a file names, an empty one for one that cannot be read.

    Parameters
    ----------
    model
        The captioner.
    location
        A table, whose paths begin at its own folder; a data set; or ``-`` for paths a line on standard input,
        which begin at the current folder.
    search
        How captions are looked for.
    image
        The column of a table; by default the one of training, else the only one that names pictures.
    format
        ``"text"`` for a path a line, or that of a table; by default standard input has lines, and a file's
        ending and first lines decide.
    note
        Told which pictures cannot be read, as they come, and at the end how many they were.

    Raises
    ------
    DataError
        If the file cannot be read, has no such column, or not one of its pictures can be read.
    UsageError
        If `format` is not one of these, or a column is named for lines.
    """
    if format is not None:
        choice("format", format, FORMATS)
    file = find_file(location)
    folder = Path(file).parent if file != "-" else Path(".")
    rows: Iterable[tuple[str, Mapping[str, Any]]]
    if format == "text" or (format is None and file == "-"):
        if image is not None:
            raise UsageError(f"image: {location} is lines of paths without columns; leave it out.")
        rows = ((line.strip(), {}) for line in Lines(file))
    else:
        table = open_table(file, format=format, named=[image] if image else [], tabs=True)
        column = _column(model, table, image)
        rows = ((row.values[column].strip(), row.values) for row in table)
    at_once = 1 if location == "-" and sys.stdin.isatty() else _TOGETHER
    count = bad = cut = 0
    coming = iter(rows)
    while some := list(itertools.islice(coming, at_once)):
        faults: list[str] = []
        answers = caption_files(model, [path and folder / path for path, _ in some], search, faults.append)
        for fault in faults[: max(0, _NAMED - bad)]:
            note(f"left out: {fault}")
        count, bad = count + len(some), bad + len(faults)
        for (path, columns), found in zip(some, answers, strict=True):
            cut += found[0] is not NOTHING and not found[0].ended
            yield Answer(path, found, columns)
    if bad and bad == count:
        raise DataError(f"{location}: not one of the {count:,} pictures can be read.")
    if bad:
        note(f"{bad:,} of {count:,} pictures cannot be read; their captions are left empty")
    if cut:
        note(f"{cut:,} of {count:,} did not come to an end and were cut (--max-length)")


def caption_files(
    model: runtime.Captioner,
    paths: Iterable[str | Path],
    search: Search,
    bad: Callable[[str], None],
) -> list[list[Written]]:
    """Return what is written of each of some files; `bad` is told why one cannot be read."""
    groups: dict[tuple[int, ...], list[tuple[int, Any]]] = {}
    found: list[list[Written]] = []
    for place, path in enumerate(paths):
        found.append([NOTHING])
        try:
            if not path:
                raise DataError(f"row {place + 1}: without a path.")
            values = model.read(path)
        except DataError as error:
            bad(str(error))
            continue
        # Grids of vectors may have other numbers of vectors.
        groups.setdefault(values.shape, []).append((place, values))
    for group in groups.values():
        answers = model.caption(np.stack([values for _, values in group]), search)
        for (place, _), answer in zip(group, answers, strict=True):
            found[place] = answer
    return found


def _column(model: runtime.Captioner, table: Table, image: str | None) -> str:
    if image is not None:
        return table.require(image, "image")
    known = (model.model_file.metrics.get("data", {}).get("columns") or [None])[0]
    return str(known) if known in table.columns else image_column(table)
