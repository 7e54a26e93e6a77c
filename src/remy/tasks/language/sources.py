"""Where a text comes from: a file, a folder of music, standard input, a packaged data set, or Python."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from remy import datasets
from remy.data.music import read_music
from remy.data.notation import Notation, find_notation
from remy.data.text import read_text
from remy.datasets.registry import Entry
from remy.errors import DataError, nearest
from remy.tasks.locations import directory_name


@dataclass(frozen=True)
class Source:
    """A text and where it came from.

    Attributes
    ----------
    name
        For people and for the model file: ``"shakespeare"``, ``"notes.txt"``, ``"standard input"``.
    text
        The text itself, UTF-8 decoded, lines ended by a line feed.
    location
        What to give to read it again: a path or the name of a data set; empty if it cannot be read again.
    licence
        The licence of a packaged data set.
    notation
        How the text holds tunes; None for any other text.
    skipped
        How many tunes or files were left out.
    notes
        Sentences about them.
    """

    name: str
    text: str
    location: str = ""
    licence: str | None = None
    notation: Notation | None = None
    skipped: int = 0
    notes: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text in UTF-8."""
        return text_sha256(self.text)

    @property
    def short_name(self) -> str:
        """A name for a directory: the data set's, or the file's without its ending."""
        stem = Path(self.name).stem if self.location else "text"
        return directory_name(stem, otherwise="text")


def open_source(location: str | Path) -> Source:
    """Read a text.

    Parameters
    ----------
    location
        ``"-"`` for standard input; the path of a file, of which one in ABC notation or MIDI is read as music,
        or of a folder of such files; or the name of a packaged data set. A file wins over a data set of the
        same name.

    Raises
    ------
    DataError
        If there is no such file or data set, with the nearest name, or it holds no usable text.
    """
    name = str(location)
    if name == "-":
        return Source("standard input", read_text("-"))
    path = Path(name)
    if not path.exists() and not path.is_symlink() and path.name == name:
        known = datasets.names()
        if name in known:
            entry = datasets.describe(name)
            if not isinstance(entry, Entry) and find_notation(entry.main) is not None:
                return _read(datasets.files(name).path, name, name, entry.licence)
            dataset = datasets.load(name)
            return Source(dataset.name, dataset.text, dataset.name, dataset.licence)
        if not path.suffix:
            raise DataError(f"{name}: there is no such file or data set{nearest(name, known)}")
    return _read(path, path.name or name, name)


def _read(path: Path, name: str, location: str, licence: str | None = None) -> Source:
    """Read a file or a folder."""
    notation = find_notation(path)
    if notation is None:
        return Source(name, read_text(path), location, licence)
    music = read_music(path)
    return Source(name, music.text, location, licence, notation, music.skipped, music.notes)


def text_sha256(text: str) -> str:
    """Return the SHA-256 of `text` in UTF-8, in hexadecimal.

    Examples
    --------
    >>> text_sha256("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
