"""Notes from and to MIDI files, by the library ``symusic``, which is imported when the first one is read."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from remy.data.lines import unreadable
from remy.errors import DataError

#: What the files end in.
ENDINGS: Final = (".mid", ".midi")

#: Ticks of a quarter note in the files that are written: divisible by 2 to 6, 8, 10, 12, ...
TICKS: Final = 480
VELOCITY: Final = 80


class Note(NamedTuple):
    """A note on a grid of time steps.

    Attributes
    ----------
    onset
        The step it begins with, from 0.
    pitch
        MIDI's number, from 0 to 127; 60 is the middle C.
    duration
        Steps, at least 1.
    """

    onset: int
    pitch: int
    duration: int


def read_notes(path: str | Path, *, step: float) -> list[Note]:
    """Return the notes of a MIDI file, all tracks but the drums together.

    Parameters
    ----------
    path
        The file.
    step
        Length of a time step, in quarter notes. Beginnings and ends go to the nearest step.

    Returns
    -------
    list of Note
        As `in_order` returns them; empty if the file has none.

    Raises
    ------
    DataError
        If the file cannot be read or is no MIDI file, or symusic is missing.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise unreadable(str(path), error) from error
    return parse_notes(data, str(path), step=step)


def parse_notes(data: bytes, name: str, *, step: float) -> list[Note]:
    """Return the notes of a MIDI file's bytes, as `read_notes` does; `name` is for errors."""
    symusic = import_symusic(name)
    try:
        score = symusic.Score.from_midi(data)
    except Exception as error:  # whatever the library makes of a damaged file
        reason = str(error).removeprefix("MiniMidi: ").partition(": iostream")[0].rstrip("!. ")
        raise DataError(f"{name}: not a MIDI file, or damaged ({reason}).") from None
    ticks = score.ticks_per_quarter * step
    if not ticks > 0:
        raise DataError(
            f"{name}: expected a length of the quarter note, got {score.ticks_per_quarter} ticks."
        )
    notes: list[Note] = []
    for track in score.tracks:
        if track.is_drum:
            continue
        found = track.notes.numpy()
        begin = np.floor(found["time"] / ticks + 0.5).astype(np.int64)
        end = np.floor((found["time"] + found["duration"]) / ticks + 0.5).astype(np.int64)
        lengths = np.maximum(end - begin, 1)
        columns = (begin.tolist(), found["pitch"].tolist(), lengths.tolist())
        notes += map(Note, *columns)
    return in_order(notes)


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Return notes by onset and pitch, none twice, each key released before it is struck again.

    A MIDI channel has one note a key at a time: of two that begin together the longer one stays, and one that
    is still held when its key is struck again ends there.

    Examples
    --------
    >>> in_order([Note(2, 60, 4), Note(0, 60, 9), Note(0, 60, 1)])
    [Note(onset=0, pitch=60, duration=2), Note(onset=2, pitch=60, duration=4)]
    """
    longest: dict[tuple[int, int], int] = {}
    for onset, pitch, duration in notes:
        longest[pitch, onset] = max(duration, longest.get((pitch, onset), 0))
    found: list[Note] = []
    following: tuple[int, int] | None = None
    for pitch, onset in sorted(longest, reverse=True):
        duration = longest[pitch, onset]
        if following is not None and following[0] == pitch:
            duration = min(duration, following[1] - onset)
        found.append(Note(onset, pitch, duration))
        following = (pitch, onset)
    return sorted(found)


def midi_bytes(notes: Iterable[Note], *, step: float) -> bytes:
    """Return a MIDI file with these notes in one track.

    Parameters
    ----------
    notes
        As `in_order` returns them.
    step
        Length of a time step, in quarter notes.

    Raises
    ------
    DataError
        If symusic is missing.
    """
    symusic = import_symusic("MIDI")
    score = symusic.Score(TICKS)
    score.tempos.append(symusic.Tempo(0, 120))
    track = symusic.Track("Remy", 0, False)
    ticks = TICKS * step
    for onset, pitch, duration in notes:
        begin, end = round(onset * ticks), round((onset + duration) * ticks)
        track.notes.append(symusic.Note(begin, end - begin, pitch, VELOCITY))
    score.tracks.append(track)
    written: bytes = score.dumps_midi()
    return written


def midi_of_abc(tune: str) -> bytes:
    """Return one tune in ABC notation as a MIDI file, by symusic's reader (abcMIDI's abc2midi).

    Raises
    ------
    DataError
        If the reader makes no note of it, or symusic is missing.
    """
    symusic = import_symusic("ABC")
    try:
        with _silence():
            score = symusic.Score.from_abc(tune)
        notes = sum(len(track.notes) for track in score.tracks)
        written: bytes = score.dumps_midi()
    except Exception:  # abc2midi's reasons went to its own output
        notes, written = 0, b""
    if not notes:
        raise DataError(
            "the tune's notation cannot be played (abc2midi makes no note of it); try another --seed, or "
            "write it as .abc"
        )
    return written


def import_symusic(name: str) -> Any:
    """Return the library.

    Raises
    ------
    DataError
        If it is missing; `name` is what needs it.
    """
    try:
        import symusic
    except ImportError:
        raise DataError(
            f"{name}: MIDI needs symusic, which is missing; `python -m pip install symusic`."
        ) from None
    return symusic


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keep what abc2midi, a program of its own, says of each bar away from our results on standard output."""
    sys.stdout.flush()
    with open(os.devnull, "wb") as nowhere, contextlib.ExitStack() as back:
        for stream in (1, 2):
            try:
                kept = os.dup(stream)
            except OSError:  # closed by the shell
                continue
            back.callback(os.close, kept)
            back.callback(os.dup2, kept, stream)
            os.dup2(nowhere.fileno(), stream)
        yield
