"""What a language model writes, as a file: a text, a tune in ABC notation, or MIDI."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from remy.data.abc import finish
from remy.data.events import STEP, decode, encode
from remy.data.midi import midi_bytes, midi_of_abc
from remy.data.notation import ABC, MIDI, Notation
from remy.errors import DataError, UsageError

_TEXT_ENDINGS: Final = (".txt", ".md")


def check_output(path: str | Path, notation: Notation | None, *, force: bool) -> str:
    """Return the ending of a file that is to be written, in small letters.

    Parameters
    ----------
    path
        The file.
    notation
        Of the model.
    force
        Whether a file that exists may be replaced.

    Raises
    ------
    UsageError
        If such a model cannot write such a file, or there is something that may not be replaced.
    DataError
        If the file's folder does not exist.
    """
    path = Path(path)
    ending = path.suffix.lower()
    allowed = notation.written if notation is not None else _TEXT_ENDINGS
    if ending not in allowed:
        learned = f"a model of {notation.title}" if notation is not None else "a model of plain text"
        why = ", whose notes have no ABC notation," if notation is MIDI and ending in ABC.endings else ""
        raise UsageError(f"output: {learned}{why} writes a file that ends in {_either(allowed)}, got {path}")
    if path.is_dir():
        raise UsageError(f"output: {path} is a directory; choose another file")
    if path.exists() and not force:
        raise UsageError(f"output: {path} exists; give --force (in Python force=True) to replace it")
    if not path.parent.is_dir():
        raise DataError(f"{path}: there is no directory {path.parent}; nothing was written.")
    return ending


def written(prompt: str, pieces: Iterable[str], notation: Notation | None, ending: str) -> tuple[str, bytes]:
    """Return a text that begins with `prompt`, and a file of it.

    Parameters
    ----------
    prompt
        Its beginning.
    pieces
        What the model writes; no more of it is asked for than one tune, if it is music.
    notation
        Of the model.
    ending
        As `check_output` returned it.

    Raises
    ------
    DataError
        If no tune came out, or it cannot be played.
    """
    if notation is None:
        text = prompt + "".join(pieces)
        return text, text.encode("utf-8")
    text, whole = one_tune(prompt, pieces, notation)
    if notation is MIDI:
        notes = decode(text)
        if not notes:
            raise DataError("the model wrote no note; try another seed or more characters.")
        return encode(notes), midi_bytes(notes, step=STEP)
    text = finish(text, whole=whole)
    return text, midi_of_abc(text) if ending in MIDI.endings else text.encode("utf-8")


def one_tune(prompt: str, pieces: Iterable[str], notation: Notation) -> tuple[str, bool]:
    """Return a tune that begins with `prompt`, and whether it came to its end.

    Line ends before it are left out.
    """
    text = prompt.lstrip("\n")
    for piece in pieces:
        text += piece
        if text.endswith(notation.close):
            if text.strip("\n"):
                return text, True
            text = ""
    return text, False


def _either(endings: Iterable[str]) -> str:
    *others, last = endings
    return f"{', '.join(others)} or {last}"
