"""A piece that a model of piano rolls composed, as a MIDI file."""

from __future__ import annotations

from pathlib import Path

from remy.data.midi import ENDINGS, midi_bytes
from remy.data.piano_roll import Roll, notes_of
from remy.errors import DataError, UsageError
from remy.io.atomic import write_bytes


def check_midi_output(path: str | Path, *, force: bool) -> None:
    """Raise what would keep a MIDI file from being written, before anything is composed.

    Raises
    ------
    UsageError
        If `path` has another ending or is a directory, or there is a file that may not be replaced.
    DataError
        If the file's folder does not exist.
    """
    path = Path(path)
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"output: a model of piano rolls writes a file that ends in {' or '.join(ENDINGS)}, got {path}"
        )
    if path.is_dir():
        raise UsageError(f"output: {path} is a directory; choose another file")
    if path.exists() and not force:
        raise UsageError(f"output: {path} exists; give --force (in Python force=True) to replace it")
    if not path.parent.is_dir():
        raise DataError(f"{path}: there is no directory {path.parent}; nothing was written.")


def write_midi(path: str | Path, roll: Roll, *, step: float) -> None:
    """Write a roll (T, 88) to a MIDI file, whole or not at all; a key that sounds on is held.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    roll
        What sounds.
    step
        Length of a frame in quarter notes.

    Raises
    ------
    DataError
        If no key sounds, symusic is missing, or the file cannot be written.
    """
    notes = notes_of(roll)
    if not notes:
        raise DataError("no key sounds in what the model composed; try another seed or a longer length.")
    write_bytes(path, midi_bytes(notes, step=step))
