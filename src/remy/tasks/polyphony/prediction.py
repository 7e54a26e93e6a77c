"""The probability of every key in every frame of a file's pieces and in the one after. Without torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remy import runtime
from remy.data.piano_roll import KEY_NAMES, Roll
from remy.data.rolls import Rolls, read_rolls
from remy.errors import UsageError


def read_for(model: runtime.PianoRoll, location: str | Path) -> Rolls:
    """Read a file or folder: notes are put on the model's grid, rolls are taken to be on it."""
    return read_rolls(location, step=model.step)


def predict_rows(model: runtime.PianoRoll, rolls: Rolls) -> Iterator[dict[str, Any]]:
    """Yield a row for every frame of every piece, in order, and one for the frame that would come next.

    Yields
    ------
    dict
        ``part`` where the file is divided, ``piece`` and ``frame`` from 1, then the probability of each of
        the 88 keys by its name, from ``A0`` to ``C8``, given the frames before.
    """
    for part, pieces in rolls.parts.items():
        for number, roll in enumerate(pieces, 1):
            [chances] = model.probabilities([roll])
            for frame, row in enumerate(chances, 1):
                place: dict[str, Any] = {"part": part} if rolls.divided else {}
                place |= {"piece": number, "frame": frame}
                yield place | dict(zip(KEY_NAMES, map(float, row), strict=True))


def beginning_of(model: runtime.PianoRoll, location: str) -> Roll:
    """Return the piece that a file holds, to be gone on with.

    Raises
    ------
    DataError
        If it cannot be read.
    UsageError
        If it has several.
    """
    rolls = read_for(model, location)
    pieces = [roll for each in rolls.parts.values() for roll in each]
    if len(pieces) != 1:
        raise UsageError(
            f"{location}: expected one piece to go on with, got {len(pieces)}; give one MIDI file"
        )
    return pieces[0]
