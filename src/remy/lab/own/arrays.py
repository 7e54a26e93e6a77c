"""Readers of uploaded files of numbers: NumPy's files, JSON, and the columns of tables."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy.data import read_sequences, read_text
from remy.data.records import NumericRecord
from remy.data.rows import Table, listed
from remy.data.tables import ending, open_table
from remy.errors import DataError
from remy.lab.own.items import Item, Items
from remy.lab.own.typed import numbers_input
from remy.lab.schemas.models import ModelCard

#: A file's arrays may unpack to so many bytes: some kilobytes of zeros can be any size.
MOST_UNPACKED: Final = 64_000_000
#: Records that are the steps of one sequence: so many are counted.
MOST_COUNTED: Final = 10_000


def read_numbers(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    """Return the sequences of a file for a classifier or a regressor."""
    if ending(path) in (".csv", ".tsv", ".tab"):
        return _table_of_numbers(path, card, column)
    if ending(path) == ".json":
        arrays = json_arrays(path)
        for array in arrays:
            expect_width(path, card, array)
        return Items(Item(numbers_input(array), len(array)) for array in arrays)
    if ending(path) == ".npz":
        expect_small(path)
    reading = iter(read_sequences(path))
    first = list(itertools.islice(reading, 2))  # two tell what all are; there may be a million
    records = itertools.chain(first, reading)
    if first and card.features != 1 and {each.values.shape for each in first} == {(card.features, 1)}:
        # An array (T, F) is one sequence for a model of F features, not T sequences of one.
        return Items(iter([_of_steps(records, path, card)]))
    for each in first[:1]:
        expect_width(path, card, each.values)
    return Items(Item(numbers_input(each.values), len(each.values), each.label) for each in records)


def _of_steps(records: Iterator[NumericRecord], path: Path, card: ModelCard) -> Item:
    """Return one sequence whose steps are the records."""
    rows = [each.values.T for each in itertools.islice(records, MOST_COUNTED + 1)]
    for row in rows:
        if row.shape != (1, card.features):
            expect_width(path, card, row.T)
    only = np.concatenate(rows[:MOST_COUNTED])
    return Item(numbers_input(only), len(only), more=len(rows) > MOST_COUNTED)


def _table_of_numbers(path: Path, card: ModelCard, column: str | None) -> Items:
    """Return the columns of numbers of a table as one sequence, a row a step."""
    table = open_table(path)
    numeric = tuple(name for name in table.columns if _is_numeric(table, name))
    wanted = card.features or 1
    chosen = (table.require(column, "input"),) if column is not None else numeric
    if wanted == 1 and chosen:
        chosen = chosen[:1]
    if len(chosen) != wanted:
        raise DataError(
            f"{path}: expected {wanted} columns of numbers, one a feature of '{card.id}', got {len(chosen)}"
            + (f": {listed(chosen)}." if chosen else ".")
        )
    rows = []
    for row in table:
        try:
            rows.append([float(row.values[name]) for name in chosen])
        except ValueError:
            wrong = next(name for name in chosen if not _is_number(row.values[name]))
            raise DataError(
                f"{row.place}: expected a number in column '{wrong}', got '{row.values[wrong][:40]}'."
            ) from None
    found = _finite(np.array(rows), path)
    columns = numeric if wanted == 1 else ()
    return Items(
        iter([Item(numbers_input(found), len(found))]), columns, chosen[0] if wanted == 1 else None,
        tuple(table.notes),
    )  # fmt: skip


def json_arrays(path: Path) -> list[NDArray[np.float64]]:
    """Return the sequences (T, F) of a JSON file: one (T, F) or (T,), or several of the first form."""
    try:
        found = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {str(error).partition(':')[0]}.") from None
    if isinstance(found, Mapping):
        found = found.get("x", found.get("values"))
    several = isinstance(found, list) and bool(found) and all(_depth(each) == 2 for each in found)
    return [_array(each, path) for each in (found if several else [found])]


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) and value else int(isinstance(value, list))


def _array(value: Any, path: Path) -> NDArray[np.float64]:
    try:
        found = np.array(value, np.float64)
    except OverflowError:
        raise DataError(f"{path}: expected numbers up to 1.8e308, got a whole number beyond it.") from None
    except (TypeError, ValueError):
        found = np.zeros(())
    if found.ndim not in (1, 2) or not found.size:
        raise DataError(
            f"{path}: expected lists of numbers, (steps, features) or (steps,), of an object under x."
        )
    return _finite(found if found.ndim == 2 else found[:, None], path)


def _finite(values: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    if not np.isfinite(values).all():
        step, feature = np.argwhere(~np.isfinite(values))[0].tolist()
        raise DataError(f"{path}: expected finite numbers, got {values[step, feature]} in step {step + 1}.")
    return values


def expect_width(path: Path, card: ModelCard, values: NDArray[Any]) -> None:
    """Raise a `DataError` where steps have another number of features than the model reads."""
    if card.features is not None and values.shape[1] != card.features:
        raise DataError(
            f"{path}: '{card.id}' reads {card.features} numbers a step, got {values.shape[1]}: an array of "
            f"shape {values.shape}."
        )


def expect_small(path: Path) -> None:
    """Refuse an archive that unpacks to more than memory should give for it."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(each.file_size for each in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        return  # whoever reads it says what is wrong
    if size > MOST_UNPACKED:
        raise DataError(f"{path}: its arrays have {size:,} bytes, more than {MOST_UNPACKED:,}; give fewer.")


def _is_numeric(table: Table, column: str) -> bool:
    cells = table.cells(column)
    return bool(cells) and all(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
