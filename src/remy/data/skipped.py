"""What could not be used of some music: named, left out and counted."""

from __future__ import annotations

from remy.errors import DataError

_SHOWN = 5  # reasons that are given before it is said how many more there are


class Skipped:
    """Reasons for which some of many files or tunes were left out.

    Parameters
    ----------
    name
        What was read.
    noun
        What it is made of: ``"tunes"``, ``"files"``.

    Examples
    --------
    >>> skipped = Skipped("songs", "files")
    >>> skipped.add("b.mid: not a MIDI file")
    >>> skipped.notes(kept=2)
    ('songs: 1 of 3 files skipped: b.mid: not a MIDI file',)
    """

    def __init__(self, name: str, noun: str) -> None:
        self.name = name
        self.noun = noun
        self.reasons: list[str] = []

    def __len__(self) -> int:
        return len(self.reasons)

    def add(self, reason: str) -> None:
        """Leave one out; `reason` names it and says why."""
        self.reasons.append(reason.rstrip("."))

    def notes(self, kept: int) -> tuple[str, ...]:
        """Return what a person should know, a sentence, or nothing where nothing was left out.

        Raises
        ------
        DataError
            If none is kept.
        """
        listing = "; ".join(self.reasons[:_SHOWN])
        if len(self) > _SHOWN:
            listing += f"; and {len(self) - _SHOWN} more"
        if not kept:
            found = f"none of {len(self)} can be used: {listing}" if self.reasons else "got none"
            raise DataError(f"{self.name}: expected {self.noun} with notes, {found}.")
        if not self.reasons:
            return ()
        return (f"{self.name}: {len(self)} of {kept + len(self)} {self.noun} skipped: {listing}",)
