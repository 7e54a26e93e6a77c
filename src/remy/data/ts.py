"""The ``.ts`` format of the UEA and UCR archives: a record a line, dimensions between colons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remy.data.cells import number
from remy.data.lines import Lines
from remy.data.records import NumericRecord, Place, Reading, Tally
from remy.errors import DataError

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class _Header:
    """What the lines that begin with ``@`` say."""

    labelled: bool
    labels: frozenset[str]  # empty where any will do
    dimensions: int | None


def read_ts(location: str | Path) -> Reading[NumericRecord]:
    """Read the records of a ``.ts`` file; see :func:`remy.data.read_sequences`.

    Raises
    ------
    DataError
        If there is no ``@data`` line or no record behind it, or records have time stamps; while the records
        are taken, for a malformed one, with file and line.
    """
    lines = Lines(location)
    stream = lines.peek()
    header, begins = _header(stream, lines.name)
    first = next((line for line in stream if _is_record(line)), None)
    if first is None:
        raise DataError(f"{lines.name}: a header without records: nothing follows @data.")

    def read(_: Tally) -> Iterator[NumericRecord]:
        dimensions = header.dimensions
        for line_number, line in enumerate(lines, start=1):
            if line_number > begins and _is_record(line):
                record = _record(line.strip(), header, dimensions, Place(lines.name, line_number))
                dimensions = record.values.shape[1]
                yield record

    return Reading(lines.name, read)


def _is_record(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _header(lines: Iterator[str], name: str) -> tuple[_Header, int]:
    """Return what the header says and the number of its last line, ``@data``."""
    labelled = False
    labels: frozenset[str] = frozenset()
    dimensions = None
    for line_number, line in enumerate(lines, start=1):
        if not _is_record(line):
            continue
        place = Place(name, line_number)
        key, *values = line.strip().split()
        match key.lower():
            case "@data":
                return _Header(labelled, labels, dimensions), line_number
            case "@classlabel" | "@targetlabel":
                labelled = _truth(values, key, place)
                labels = frozenset(values[1:])
            case "@timestamps" if _truth(values, key, place):
                raise DataError(f"{place}: records with time stamps cannot be read; only plain values can.")
            case "@univariate" if _truth(values, key, place):
                dimensions = 1
            case "@dimensions" | "@dimension":
                if not values or not values[0].isdecimal() or int(values[0]) < 1:
                    raise DataError(f"{place}: expected a number after {key}, got '{' '.join(values)}'.")
                dimensions = int(values[0])
            case _ if not key.startswith("@"):
                raise DataError(f"{place}: expected a header line that begins with @, got '{_short(line)}'.")
            case _:
                pass
    raise DataError(f"{name}: expected a line @data, got none; is this a .ts file?")


def _truth(values: Sequence[str], key: str, place: Place) -> bool:
    if not values or values[0].lower() not in ("true", "false"):
        raise DataError(f"{place}: expected true or false after {key}, got '{' '.join(values)}'.")
    return values[0].lower() == "true"


def _record(line: str, header: _Header, dimensions: int | None, place: Place) -> NumericRecord:
    parts = line.split(":")
    label = None
    if header.labelled:
        label = parts.pop().strip()
        if not label or "," in label:
            raise DataError(f"{place}: expected a label behind the last colon, got '{_short(label)}'.")
        if header.labels and label not in header.labels:
            raise DataError(
                f"{place}: expected one of the labels {', '.join(sorted(header.labels))}, "
                f"got '{_short(label)}'."
            )
    if not parts or len(parts) != (dimensions or len(parts)):
        raise DataError(f"{place}: expected {dimensions or 1} dimensions between colons, got {len(parts)}.")
    columns = [_values(part, dimension, place) for dimension, part in enumerate(parts, start=1)]
    for dimension, column in enumerate(columns, start=1):
        if column.size != columns[0].size:
            raise DataError(
                f"{place}: expected {columns[0].size} steps in dimension {dimension} as in the first, "
                f"got {column.size}."
            )
    return NumericRecord(np.stack(columns, axis=1), label, place)


def _values(part: str, dimension: int, place: Place) -> NDArray[np.float32]:
    cells = part.split(",")
    values = [number(cell) for cell in cells]
    for step, (cell, value) in enumerate(zip(cells, values, strict=True), start=1):
        if value is None or abs(value) > _LARGEST:
            shown = cell.strip()
            missing = " (a missing value; fill it)" if shown in ("?", "NaN", "nan") else ""
            raise DataError(
                f"{place}: step {step} of dimension {dimension}: expected a number, "
                f"got '{_short(shown)}'{missing}."
            )
    return np.array(values, dtype=np.float32)


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 40 else f"{text[:40]}…"
