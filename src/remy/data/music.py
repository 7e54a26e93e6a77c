"""Music from a file or a folder as one text, tune after tune, for what learns to continue texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remy.data import abc
from remy.data.events import STEP, encode
from remy.data.midi import import_symusic, read_notes
from remy.data.notation import ABC, Notation, find_notation, music_files
from remy.data.skipped import Skipped
from remy.data.text import read_text
from remy.errors import DataError, UsageError

#: Letters of a title that are shown where a tune is named.
_SHOWN: Final = 40


@dataclass(frozen=True)
class Music:
    """The tunes of a file or a folder.

    Attributes
    ----------
    notation
        What `tunes` are written in.
    tunes
        In ABC notation the plain form of `remy.data.abc`, of MIDI files the events of `remy.data.events`;
        each ended by the notation's ``close``.
    skipped
        How many tunes or files were left out.
    notes
        Sentences about them.
    """

    notation: Notation
    tunes: tuple[str, ...]
    skipped: int
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """All tunes, one after the other."""
        return "".join(self.tunes)


def read_music(location: str | Path) -> Music:
    """Return the tunes of a file, or of all files in a folder and the folders in it, by name.

    A tune or file that cannot be used is left out, counted and named.

    Parameters
    ----------
    location
        A file of tunes in ABC notation (``.abc``), a MIDI file (``.mid``, ``.midi``), or a folder of either.

    Raises
    ------
    DataError
        If nothing is left, or a folder holds no music or both notations, or MIDI needs symusic and it is
        missing.
    UsageError
        If a file has another ending.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "songs.abc"
    >>> _ = path.write_text("X:1\\nT:One\\nK:C\\nCDE|\\n\\nX:2\\nT:No key\\nCDE|\\n")
    >>> music = read_music(path)
    >>> music.tunes, music.skipped
    (('X:1\\nT:One\\nK:C\\nCDE|\\n\\n',), 1)
    """
    path = Path(location)
    notation = find_notation(path)
    if notation is None:
        raise UsageError(f"{path}: expected a file that ends in .abc, .mid or .midi, or a folder of them")
    folder = path.is_dir()
    files = music_files(path, notation) if folder else [path]
    lost = Skipped(str(path), "files"), Skipped(str(path), "tunes")
    tunes: list[str] = []
    read = 0  # files
    if notation is not ABC:
        import_symusic(str(path))  # or every file would be a corrupt one
    for file in files:
        try:
            tunes += _abc(file, lost[1]) if notation is ABC else _midi(file)
            read += 1
        except DataError as error:
            if not folder:
                raise
            lost[0].add(str(error))
    if not tunes:
        reasons = Skipped(str(path), notation.noun)
        for each in lost:
            reasons.reasons += each.reasons
        reasons.notes(0)
    notes = lost[0].notes(read) + (lost[1].notes(len(tunes)) if len(lost[1]) else ())
    return Music(notation, tuple(tunes), sum(map(len, lost)), notes)


def _abc(path: Path, lost: Skipped) -> Iterator[str]:
    found = None
    for found in abc.find_tunes(read_text(path)):
        try:
            yield abc.tidy(found) + "\n"
        except DataError as error:
            named = next((line[2:].strip() for line in found.lines if line.startswith("T:")), "")
            about = f" '{named[:_SHOWN]}'" if named else ""
            lost.add(f"{path}:{found.line}: the tune{about} has {error}")
    if found is None:
        raise DataError(f"{path}: has no tune (no line begins with X:).")


def _midi(path: Path) -> Iterator[str]:
    notes = read_notes(path, step=STEP)
    if not notes:
        raise DataError(f"{path}: has no notes.")
    yield encode(notes) + "\n"
