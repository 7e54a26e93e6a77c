"""The notations that music is read in, and how a language model's text holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from remy.errors import DataError


@dataclass(frozen=True)
class Notation:
    r"""A way to write music down.

    Attributes
    ----------
    name
        In a model file.
    title
        For people.
    endings
        Of the files that are read.
    written
        Endings of the files that a model can write.
    close
        What ends every tune in a text of many; no tune holds it.
    noun
        What a text is made of, for people.

    Examples
    --------
    >>> ABC.tunes("X:1\nK:C\nCDE|\n\nX:1\nK:G\nGAB|\n\n")
    ['X:1\nK:C\nCDE|\n\n', 'X:1\nK:G\nGAB|\n\n']
    """

    name: str
    title: str
    endings: tuple[str, ...]
    written: tuple[str, ...]
    close: str
    noun: str

    def tunes(self, text: str) -> list[str]:
        """Return the tunes of a text, each with what ends it."""
        return [tune + self.close for tune in text.split(self.close) if tune]


_MIDI_ENDINGS: Final = (".mid", ".midi")

ABC: Final = Notation(
    "abc", "tunes in ABC notation", (".abc",), (".abc", *_MIDI_ENDINGS), close="\n\n", noun="tunes"
)
#: Its text is that of `remy.data.events`.
MIDI: Final = Notation("midi", "MIDI files", _MIDI_ENDINGS, _MIDI_ENDINGS, close="\n", noun="files")

#: By name.
NOTATIONS: Final = {each.name: each for each in (ABC, MIDI)}


def find_notation(location: str | Path) -> Notation | None:
    """Return the notation of a file by its ending, or of a folder by its files'; None if a file has none.

    Raises
    ------
    DataError
        If a folder holds no music, or in both notations.

    Examples
    --------
    >>> find_notation("songs.ABC") is ABC, find_notation("notes.txt")
    (True, None)
    """
    path = Path(location)
    if not path.is_dir():
        return next((each for each in NOTATIONS.values() if path.suffix.lower() in each.endings), None)
    held = [each for each in NOTATIONS.values() if music_files(path, each)]
    if len(held) == 1:
        return held[0]
    wanted = " or ".join(f"{each.title} ({', '.join(each.endings)})" for each in NOTATIONS.values())
    got = "both; keep them in two folders" if held else "none"
    raise DataError(f"{path}: expected a folder of {wanted}, got {got}.")


def music_files(folder: Path, notation: Notation) -> list[Path]:
    """Return the files of a notation in a folder and the folders in it, by name.

    Raises
    ------
    DataError
        If the folder cannot be read.
    """
    try:
        found = [path for path in folder.rglob("*") if path.suffix.lower() in notation.endings]
        return sorted(path for path in found if path.is_file())
    except OSError as error:
        raise DataError(f"{folder}: cannot be read: {error.strerror or error}.") from error
