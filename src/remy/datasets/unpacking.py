"""Data sets of files, laid out in the cache folder where every reader can take them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from remy.datasets.archive import cache_folder, make_folder, read_members
from remy.datasets.preparing import prepare
from remy.datasets.registry import FileEntry, MadeEntry, PreparedEntry
from remy.errors import DataError
from remy.io.atomic import write_bytes


@dataclass(frozen=True)
class FileDataset:
    """A data set that is one file or several.

    Attributes
    ----------
    name
        The word it was asked for by.
    path
        The file to learn from.
    test
        The file to test on; None where the data set has no split of its own.
    others
        Further files.
    sha256
        SHA-256 of the file at `path`.
    licence
        Terms of the data.
    source
        The package it came from, with its version where it is pinned.
    """

    name: str
    path: Path
    test: Path | None
    others: tuple[Path, ...]
    sha256: str
    licence: str
    source: str


def lay_out(entry: FileEntry | PreparedEntry | MadeEntry) -> FileDataset:
    """Return the files of a data set, each written now unless it is there with the same bytes.

    What a table of a prepared data set names, as pictures, is not listed among its files.

    Raises
    ------
    DataError
        If the data can be neither found nor fetched, or not be written.
    """
    test = entry.test if isinstance(entry, FileEntry) else None
    if isinstance(entry, PreparedEntry):
        folder = prepare(entry)
        contents: Mapping[str, bytes] = {entry.main: (folder / entry.main).read_bytes()}
    else:
        contents = _contents(entry)
        folder = cache_folder() / entry.name
        make_folder(entry.name, folder)
        for name, data in contents.items():
            path = folder / name
            if not (path.is_file() and path.read_bytes() == data):
                write_bytes(path, data)
    return FileDataset(
        name=entry.name,
        path=folder / entry.main,
        test=folder / test if test is not None else None,
        others=tuple(folder / name for name in contents if name not in (entry.main, test)),
        sha256=hashlib.sha256(contents[entry.main]).hexdigest(),
        licence=entry.licence,
        source=entry.requirement,
    )


def _contents(entry: FileEntry | MadeEntry) -> Mapping[str, bytes]:
    """Return the bytes of the data set's files, by name without folders."""
    if isinstance(entry, MadeEntry):
        return {entry.main: entry.make()}
    found = {PurePosixPath(name).name: data for name, data in read_members(entry).items()}
    for wanted in (entry.main, entry.test):
        if wanted is not None and wanted not in found:
            raise DataError(f"{entry.name}: {entry.archive} holds no {wanted}.")
    return found
