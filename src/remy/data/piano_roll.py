"""Piano rolls: which of the 88 keys of a piano sound in each frame; from notes and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy.data.midi import Note, in_order
from remy.errors import DataError

#: MIDI's number of the lowest key, A0, and how many keys there are: up to C8, number 108.
LOWEST: Final = 21
KEYS: Final = 88

#: Most frames of a piece: 12 hours of eighth notes at 120 quarter notes a minute.
MOST_FRAMES: Final = 1 << 18

#: (T, 88): 1 where a key sounds in a frame, else 0.
Roll = NDArray[np.uint8]

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

#: The names of the keys in the order of a roll's columns: ``A0``, ``A#0``, ..., ``C8``.
KEY_NAMES: Final = tuple(f"{_NAMES[pitch % 12]}{pitch // 12 - 1}" for pitch in range(LOWEST, LOWEST + KEYS))


def roll_of(notes: Iterable[Note]) -> Roll:
    """Return the roll of notes whose steps are frames, from the first note to the end of the last.

    Silence before the first note is left out, and so is what lies beyond the piano's keys. A key that is
    struck again at once sounds on: a roll does not tell the two apart.

    Raises
    ------
    DataError
        If no note has one of the keys, or the last one ends after 2^18 frames.

    Examples
    --------
    >>> roll_of([Note(4, 21, 2), Note(5, 108, 1)])[:, [0, 87]].tolist()
    [[1, 0], [1, 1]]
    """
    kept = [note for note in notes if LOWEST <= note.pitch < LOWEST + KEYS]
    if not kept:
        raise DataError("has no note between A0 and C8")
    start = min(note.onset for note in kept)
    frames = max(note.onset + note.duration for note in kept) - start
    if frames > MOST_FRAMES:
        raise DataError(f"has {frames:,} frames, more than {MOST_FRAMES:,}")
    roll = np.zeros((frames, KEYS), np.uint8)
    for onset, pitch, duration in kept:
        roll[onset - start : onset - start + duration, pitch - LOWEST] = 1
    return roll


def notes_of(roll: Roll) -> list[Note]:
    """Return the notes of a roll (T, 88), by onset and pitch: a key that sounds on is held.

    Examples
    --------
    >>> roll = np.zeros((4, 88), np.uint8)
    >>> roll[[0, 1, 3], 39] = 1
    >>> notes_of(roll)
    [Note(onset=0, pitch=60, duration=2), Note(onset=3, pitch=60, duration=1)]
    """
    edges = np.diff(np.pad(roll.astype(np.int8), ((1, 1), (0, 0))), axis=0)
    notes: list[Note] = []
    for key in range(KEYS):
        onsets, ends = np.flatnonzero(edges[:, key] == 1), np.flatnonzero(edges[:, key] == -1)
        for onset, end in zip(onsets.tolist(), ends.tolist(), strict=True):
            notes.append(Note(onset, key + LOWEST, end - onset))
    return in_order(notes)


def checked_roll(values: Any, name: str) -> Roll:
    """Return an array as a roll.

    Parameters
    ----------
    values (T, 88)
        Numbers or truth values, all 0 or 1.
    name
        Of the piece, for errors.

    Raises
    ------
    DataError
        If it has another shape, fewer than two frames, or a value other than 0 and 1.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{name}: expected a piano roll of numbers, got an array of {array.dtype}.")
    if array.ndim != 2 or array.shape[1] != KEYS:
        raise DataError(
            f"{name}: expected a piano roll of shape (T, {KEYS}), a column for each key of a piano, "
            f"got {array.shape}."
        )
    if len(array) < 2:
        raise DataError(
            f"{name}: expected at least 2 frames, the second predicted from the first, got {len(array)}."
        )
    odd = np.argwhere((array != 0) & (array != 1))  # NaN is neither
    if len(odd):
        frame, key = odd[0].tolist()
        raise DataError(
            f"{name}: expected 0 or 1 for every key, got {array[frame, key]} in frame {frame + 1}, "
            f"column {key + 1} ({KEY_NAMES[key]})."
        )
    return np.ascontiguousarray(array, np.uint8)
