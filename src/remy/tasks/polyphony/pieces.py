"""Pieces of music and where they came from: a file, a folder, or Python. Without torch."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from remy.data.piano_roll import Roll, checked_roll
from remy.data.rolls import ROLL_STEP, Rolls, read_rolls
from remy.errors import DataError
from remy.tasks.locations import directory_name

#: What pieces are called that no file holds.
GIVEN: Final = "what was given"

#: What was read: under a part's name where the file is divided, else under ``all``.
_TITLES: Final = {"train": "train part", "valid": "validation part", "test": "test part"}


@dataclass(frozen=True)
class Pieces:
    """Pieces of music as piano rolls.

    Attributes
    ----------
    name
        For people and for the model file.
    rolls
        (T, 88) each.
    step
        Length of a frame in quarter notes.
    location
        What to give to read them again; empty if they cannot be read again.
    notes
        What was left out, a sentence each.
    """

    name: str
    rolls: tuple[Roll, ...]
    step: float
    location: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rolls)

    @property
    def frames(self) -> int:
        """How many there are in all."""
        return sum(map(len, self.rolls))

    @property
    def sha256(self) -> str:
        """The SHA-256 of all pieces and of the length of a frame, whatever file they stand in."""
        found = hashlib.sha256(f"{self.step!r}\n".encode())
        for roll in self.rolls:
            found.update(f"{len(roll)}\n".encode() + np.packbits(roll).tobytes())
        return found.hexdigest()


@dataclass(frozen=True)
class Source:
    """A file, a folder or what was given, with all its parts."""

    rolls: Rolls
    location: str = ""

    def part(self, name: str) -> Pieces | None:
        """Return a part of a divided file, or ``all`` of another; None if there is no such part."""
        if name not in self.rolls.parts:
            return None
        title = f"the {_TITLES[name]} of {self.rolls.name}" if name in _TITLES else self.rolls.name
        return Pieces(title, self.rolls.parts[name], self.rolls.step, self.location, self.rolls.notes)

    def held_out(self, name: str) -> Pieces:
        """Return what to measure on: the named part where the file is divided and has it, else all of it."""
        found = self.part(name) or self.part("all")
        if found is None:
            there = ", ".join(self.rolls.parts)
            raise DataError(f"{self.rolls.name}: expected a {_TITLES[name]}, got {there} only.")
        return found

    @property
    def short_name(self) -> str:
        """A name for a directory: the file's without its ending."""
        stem = Path(self.rolls.name).stem if self.location else "pieces"
        return directory_name(stem, otherwise="pieces")


def read_source(location: str | Path, *, step: float | None = None) -> Source:
    """Read a file or a folder; see :func:`remy.data.rolls.read_rolls`."""
    return Source(read_rolls(location, step=step), str(location))


def source_of(rolls: Iterable[Any], *, step: float | None = None) -> Source:
    """Return pieces that are at hand, each (T, 88).

    Raises
    ------
    DataError
        If there is none, or one is no piano roll of at least two frames.
    """
    pieces = tuple(checked_roll(roll, f"piano roll: piece {number}") for number, roll in enumerate(rolls, 1))
    if not pieces:
        raise DataError("piano roll: expected at least one piece, got none.")
    return Source(Rolls(GIVEN, {"all": pieces}, ROLL_STEP if step is None else step))


def to_npz(source: Source) -> bytes:
    """Return pieces as a ``.npz`` file, so that `reopen` finds the same ones."""
    written = io.BytesIO()
    arrays: dict[str, Any] = {
        f"piece_{number:06}": roll for number, roll in enumerate(source.rolls.parts["all"])
    }
    np.savez_compressed(written, **arrays)
    return written.getvalue()


def reopen(path: Path, *, step: float | None) -> Source:
    """Read what `to_npz` wrote of pieces with frames of this length."""
    return Source(replace(read_rolls(path, step=step), name=GIVEN))
