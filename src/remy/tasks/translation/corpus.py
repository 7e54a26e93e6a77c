"""Pairs of texts and where they came from: files, standard input, a data set, or Python."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from remy.data.pairs import parallel_files, read_pairs
from remy.errors import DataError, ShapeError
from remy.tasks.locations import directory_name, find_file
from remy.tasks.writing.splitting import Places

#: What pairs are called that no file holds.
GIVEN = "what was given"


@dataclass(frozen=True)
class Corpus:
    """N pairs.

    Attributes
    ----------
    name
        For people and for the model file.
    sources, targets
        N texts each, none of them empty.
    location
        What to give to read them again; empty if that cannot be done.
    columns
        Of source and target, where they stand in a table.
    notes
        What was guessed or dropped, a sentence each.
    """

    name: str
    sources: Sequence[str]
    targets: Sequence[str]
    location: str = ""
    columns: tuple[str | None, str | None] = (None, None)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all pairs, whatever file they stand in."""
        found = hashlib.sha256()
        for pair in zip(self.sources, self.targets, strict=True):
            found.update(json.dumps(pair).encode())
        return found.hexdigest()

    @property
    def files(self) -> tuple[str, ...]:
        """The paths the pairs were read from; none if they cannot be read again."""
        return parallel_files(self.location) or ((self.location,) if self.location else ())

    @property
    def short_name(self) -> str:
        """A name for a directory: the first file's without its endings."""
        stem = Path(self.files[0]).name.split(".")[0] if self.files else "pairs"
        return directory_name(stem, otherwise="pairs")

    def part(self, places: Places, name: str) -> Corpus:
        """Return some of the pairs."""
        sources = [self.sources[place] for place in places]
        return replace(self, name=name, sources=sources, targets=[self.targets[place] for place in places])


def read_corpus(location: str, *, source: str | None = None, target: str | None = None) -> Corpus:
    """Read pairs from two files, a table, a data set or standard input.

    Raises
    ------
    DataError
        If they cannot be read, or there are none.
    UsageError
        If columns are named that cannot be.
    """
    path = location if parallel_files(location) else find_file(location)
    reading = read_pairs(path, source=source, target=target)
    pairs = list(reading)
    if not pairs:
        raise DataError(f"{reading.name}: holds no pair that can be used ({reading.summary()}).")
    notes = [*reading.notes, *([f"{reading.name}: {reading.summary()}"] if reading.dropped else [])]
    return Corpus(
        "standard input" if location == "-" else location,
        [pair.source for pair in pairs],
        [pair.target for pair in pairs],
        "" if location == "-" else location,
        reading.columns or (None, None),
        tuple(notes),
    )


def corpus_of(sources: Sequence[str], targets: Sequence[str]) -> Corpus:
    """Return pairs that are at hand.

    Raises
    ------
    ShapeError
        If there are not as many targets as sources.
    DataError
        If there is none, or one is no string or empty.
    """
    if isinstance(sources, str) or isinstance(targets, str):
        raise DataError("translator: expected lists of texts, got a string; give [source], [target].")
    if len(sources) != len(targets):
        raise ShapeError(f"translator: expected {len(sources)} targets, one a source, got {len(targets)}.")
    for side, texts in (("source", sources), ("target", targets)):
        for number, text in enumerate(texts):
            if not isinstance(text, str) or not text.strip():
                raise DataError(
                    f"translator: expected texts that are not empty, got {text!r} as {side} {number}."
                )
    if not len(sources):
        raise DataError("translator: expected at least one pair, got none.")
    return Corpus(GIVEN, [text.strip() for text in sources], [text.strip() for text in targets])


def to_jsonl(corpus: Corpus) -> str:
    """Return pairs as JSON lines, so that `reopen` finds the same ones."""
    rows = zip(corpus.sources, corpus.targets, strict=True)
    lines = (json.dumps({"source": one, "target": other}, ensure_ascii=False) for one, other in rows)
    return "".join(f"{line}\n" for line in lines)


def reopen(path: Path) -> Corpus:
    """Read what `to_jsonl` wrote."""
    found = read_corpus(str(path), source="source", target="target")
    return replace(found, name=GIVEN, location="", columns=(None, None), notes=())
