"""Recordings of spoken vowels to begin with: from the user's cache, or the one that the model file brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import datasets
from remy.data import read_sequences
from remy.datasets.registry import FileEntry
from remy.errors import DataError

#: Recordings of each speaker that are offered.
_EACH = 2


@dataclass(frozen=True)
class Recording:
    """One.

    Attributes
    ----------
    name
        For the choice.
    values
        (T, F).
    right
        The speaker; empty where nobody knows.
    """

    name: str
    values: NDArray[Any]
    right: str


def recordings(data: str, golden: Any) -> tuple[Recording, ...]:
    """Return those of a data set's test part that lie in the user's cache, else that of the model file.

    Nothing is fetched.

    Parameters
    ----------
    data
        Name of the data set.
    golden
        The example in the model's file; None where there is none.
    """
    found = _cached(data)
    if found or golden is None:
        return found
    values = np.asarray(golden["input"], np.float64)
    return (Recording(f"the model file's own example, {len(values)} steps", values, ""),)


def how_to_get(data: str) -> str | None:
    """Return what to do to have more recordings; None where they are there."""
    if _archive(data) is not None:
        return None
    entry = datasets.describe(data)
    return (
        f"The recordings of {data} are not in this user's cache, so only the model file's own example is "
        f"here. This fetches them from {entry.requirement}: "
        f"python -c \"from remy import datasets; datasets.files('{data}')\""
    )


def _archive(data: str) -> Path | None:
    entry = datasets.describe(data)
    assert isinstance(entry, FileEntry)
    path = datasets.cache_folder() / entry.archive
    return path if path.is_file() else None


def _cached(data: str) -> tuple[Recording, ...]:
    archive = _archive(data)
    if archive is None:
        return ()
    try:
        return _read(data, archive, archive.stat().st_mtime_ns)
    except (DataError, OSError):
        return ()  # a damaged archive that cannot be fetched anew is as good as none


@lru_cache(maxsize=4)
def _read(data: str, archive: Path, written: int) -> tuple[Recording, ...]:
    """Return some recordings of each speaker; read anew when the archive was written anew."""
    test = datasets.files(data).test
    assert test is not None
    found: dict[str, list[Recording]] = {}
    for number, record in enumerate(read_sequences(str(test))):
        of_one = found.setdefault(str(record.label), [])
        if len(of_one) < _EACH:
            name = f"speaker {record.label}, recording {number}, {len(record.values)} steps"
            of_one.append(Recording(name, record.values, str(record.label)))
    return tuple(each for of_one in found.values() for each in of_one)
