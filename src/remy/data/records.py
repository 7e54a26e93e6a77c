"""What the readers give: one record for each pattern of sequence, and how many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from remy.data.steps import Step

R = TypeVar("R")


@dataclass(frozen=True)
class Place:
    """Where a record stands: a file and a line (of Parquet and arrays: a row), counted from 1.

    Examples
    --------
    >>> str(Place("reviews.csv", 12))
    'reviews.csv:12'
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class TextRecord:
    """A text and its label.

    Attributes
    ----------
    text
        As it stands in the file.
    label
        Without white space around it; None where none was asked for or there is none.
    row
        All columns of the record by name, as text.
    place
        Where it begins.
    """

    text: str
    label: str | None
    row: Mapping[str, str]
    place: Place


@dataclass(frozen=True, eq=False)
class NumericRecord:
    """A sequence of vectors and its label.

    Attributes
    ----------
    values
        Array (T, F) float32: T steps of F features, all finite.
    label
        The class, or None where the file has none.
    place
        Its line, or its row of the array counted from 1.
    """

    values: NDArray[np.float32]
    label: str | None
    place: Place


@dataclass(frozen=True)
class SourceLine:
    """A line of a file of tagged sentences, cut where a word's tag stands.

    Attributes
    ----------
    before
        Up to the tag; of a line without a tag the whole line with its line end.
    after
        From behind the tag to the line end.
    word
        Whether the line holds a word, and so takes a tag.
    """

    before: str
    after: str = ""
    word: bool = False


@dataclass(frozen=True)
class TaggedSentence:
    """Words and a tag for each.

    Attributes
    ----------
    words
        The words in order.
    tags
        As many tags, or None where none were asked for.
    lines
        Everything the file says of the sentence, for :func:`remy.data.write_conll`.
    place
        The line of the first word.
    """

    words: tuple[str, ...]
    tags: tuple[str, ...] | None
    lines: tuple[SourceLine, ...]
    place: Place


@dataclass(frozen=True, eq=False)
class Series:
    """Values over time.

    Attributes
    ----------
    name
        The name in the series column; of a table that is one series the name of the file.
    times
        Array (T,) of ``datetime64[s]`` or int64, strictly rising.
    target
        Array (T, K) float64: what is to be forecast.
    known
        Array (T, C) float64: what is known ahead of time; C may be 0.
    target_names, known_names
        The K and the C columns' names.
    step
        The regular distance of the times, gaps left aside; None if there is none.
    place
        The line of the first row.
    """

    name: str
    times: NDArray[np.datetime64] | NDArray[np.int64]
    target: NDArray[np.float64]
    known: NDArray[np.float64]
    target_names: tuple[str, ...]
    known_names: tuple[str, ...]
    step: Step | None
    place: Place


@dataclass
class Tally:
    """What one pass over a file has met so far."""

    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


class Reading(Generic[R]):
    """The records of a file, read while they are taken.

    Iterating again reads again where the source is a file; standard input can be read once. The counts are
    those of the latest pass, and grow while it runs.

    Parameters
    ----------
    name
        Where the records come from.
    read
        Starts a pass; counts what it drops and notes what it sees in the tally it is given.
    notes
        What was guessed when the file was opened.

    Examples
    --------
    >>> reading = Reading("three numbers", lambda tally: iter([1, 2, 3]))
    >>> sum(reading), reading.kept
    (6, 3)
    >>> reading.summary()
    '3 records kept; none dropped'
    """

    def __init__(self, name: str, read: Callable[[Tally], Iterator[R]], *, notes: Sequence[str] = ()) -> None:
        self.name = name
        self._read = read
        self._notes = tuple(notes)
        self._tally = Tally()

    def __iter__(self) -> Iterator[R]:
        tally = self._tally = Tally()
        for record in self._read(tally):
            tally.kept += 1
            yield record

    @property
    def kept(self) -> int:
        """How many records the latest pass has given."""
        return self._tally.kept

    @property
    def dropped(self) -> Counter[str]:
        """How many records the latest pass left out, by reason."""
        return self._tally.dropped

    @property
    def notes(self) -> list[str]:
        """What was guessed, and what the latest pass found worth saying."""
        return [*self._notes, *self._tally.notes]

    def summary(self) -> str:
        """Return the counts as a sentence: ``3,000 records kept; 2 dropped: 2 with an empty text``."""
        return describe_counts(self.kept, self.dropped)


def describe_counts(kept: int, dropped: Mapping[str, int]) -> str:
    """Return how many records were kept and dropped, and why.

    Examples
    --------
    >>> describe_counts(3000, {"with an empty text": 2})
    '3,000 records kept; 2 dropped: 2 with an empty text'
    """
    total = sum(dropped.values())
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(dropped.items()))
    said = f"{total:,} dropped: {reasons}" if total else "none dropped"
    return f"{kept:,} record{'s' if kept != 1 else ''} kept; {said}"
