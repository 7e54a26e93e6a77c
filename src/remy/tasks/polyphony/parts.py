"""The data of a model of piano rolls: learned from, chosen on, scored on. Without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from remy.data.split import head_tail
from remy.errors import DataError
from remy.tasks.polyphony.pieces import Pieces, Source


@dataclass(frozen=True)
class Parts:
    """The data of a training run.

    Attributes
    ----------
    train, valid
        Learned from, and held out to choose the best model on.
    test
        Scored on in the end; None for `valid`.
    """

    train: Pieces
    valid: Pieces
    test: Pieces | None

    @property
    def scored(self) -> Pieces:
        """What the model is scored on in the end."""
        return self.test if self.test is not None else self.valid

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""
        record: dict[str, Any] = {
            "name": self.train.name,
            "sha256": self.train.sha256,
            "step": self.train.step,
            "valid": self.valid.name,
            "train_pieces": len(self.train),
            "train_frames": self.train.frames,
            "valid_pieces": len(self.valid),
            "valid_frames": self.valid.frames,
        }
        if self.test is not None:
            record |= {"test": self.test.name, "test_pieces": len(self.test), "test_frames": self.test.frames}
        return record

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the parts."""
        found = {"train": self.train.sha256, "valid": self.valid.sha256}
        return found if self.test is None else {**found, "test": self.test.sha256}

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of the data before training on them."""
        each = [self.train, self.valid, *([self.test] if self.test is not None else [])]
        left_out = dict.fromkeys(note for pieces in each for note in pieces.notes)
        held = f"{len(self.valid):,} held out ({self.valid.name})"
        test = f", {len(self.test):,} to score the best model on ({self.test.name})" if self.test else ""
        return (
            *left_out,
            f"{len(self.train):,} pieces with {self.train.frames:,} frames of {self.train.step:g} quarter "
            f"notes to learn from, {held}{test}",
        )


def divide(source: Source, valid: Source | None, test: Source | None, share: float) -> Parts:
    """Return the parts: those the file has itself unless others are given, else the last pieces are held out.

    Parameters
    ----------
    source
        What to learn from; of a divided file only its train part is learned from.
    valid, test
        Other files, of which the part of that name is taken where they are divided.
    share
        Share of the pieces of an undivided file that is learned from.

    Raises
    ------
    DataError
        If one piece alone would have to be both learned from and held out.
    """
    train = source.part("train") if source.rolls.divided else source.part("all")
    assert train is not None  # the reader refuses a divided file without it
    held = valid.held_out("valid") if valid is not None else source.part("valid")
    scored = test.held_out("test") if test is not None else source.part("test")
    if held is None:
        try:
            head, tail = head_tail(range(len(train)), 1.0 - share, least=1)
        except DataError:
            raise DataError(
                f"{train.name}: one piece is too few to hold one out; give another file with --valid."
            ) from None
        name = f"the last {len(tail)} pieces of {train.name}"
        held = replace(train, name=name, rolls=train.rolls[tail.start : tail.stop])
        train = replace(train, rolls=train.rolls[head.start : head.stop])
    return Parts(train, held, scored)
