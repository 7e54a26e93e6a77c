"""A text made ready for a language model: its two parts, its characters and the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.data.characters import CharacterTokenizer
from remy.data.ngram import NGram
from remy.data.notation import Notation
from remy.data.split import head_tail
from remy.errors import DataError
from remy.tasks.language.sources import Source

#: The baseline predicts a character from the three before it.
BASELINE_ORDER = 4
BASELINE_NAME = f"order-{BASELINE_ORDER} n-gram, interpolated"

#: Fewer characters than this, and there is nothing to learn from and nothing to measure on.
FEWEST = 20


@dataclass(frozen=True)
class Corpus:
    """What is learned from and what is held out.

    Attributes
    ----------
    train_text, valid_text
        Both at least 2 characters.
    train_source
        Where the first came from.
    valid_name
        Where the second came from.
    skipped
        How many tunes or files of both were left out.
    notes
        Sentences about them and the split.
    """

    train_text: str
    valid_text: str
    train_source: Source
    valid_name: str
    skipped: int = 0
    notes: tuple[str, ...] = ()

    @cached_property
    def tokenizer(self) -> CharacterTokenizer:
        """The characters of the training part; what only the held-out part has cannot be predicted."""
        return CharacterTokenizer.fit(self.train_text)

    @cached_property
    def train_ids(self) -> NDArray[np.int32]:
        """The training part as ids, ``(N,)``."""
        return self.tokenizer.encode(self.train_text)

    @cached_property
    def valid_ids(self) -> NDArray[np.int32]:
        """The held-out part as ids, without characters the training part does not have."""
        ids = self.tokenizer.encode(self.valid_text, unknown="skip")
        if len(ids) < 2:
            raise DataError(
                f"{self.valid_name}: the held-out text shares almost no character with the training text"
            )
        return ids

    @cached_property
    def baseline(self) -> NGram:
        """The n-gram model, fitted to the training part."""
        return NGram(BASELINE_ORDER).fit(self.train_ids, len(self.tokenizer.vocabulary))

    def baseline_nats(self, text: str) -> float:
        """Return the baseline's nats per character on `text`, without characters it never saw."""
        return self.baseline.nats_per_character(self.tokenizer.encode(text, unknown="skip"))

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``; of music also how many tunes."""
        record = {
            "name": self.train_source.name,
            "sha256": self.train_source.sha256,
            "licence": self.train_source.licence,
            "valid": self.valid_name,
            "train_characters": len(self.train_text),
            "valid_characters": len(self.valid_text),
            "vocabulary_size": len(self.tokenizer.vocabulary),
        }
        notation = self.train_source.notation
        if notation is None:
            return record
        counts = {
            f"{part}_tunes": len(notation.tunes(text))
            for part, text in (("train", self.train_text), ("valid", self.valid_text))
        }
        return {**record, "notation": notation.name, **counts, "skipped": self.skipped}


def make_corpus(train: Source, valid: Source | None, *, split: float) -> Corpus:
    """Cut a text into the part that is learned from and the end that is held out; music between two tunes.

    Parameters
    ----------
    train
        The text.
    valid
        Another text to hold out; then all of `train` is learned from.
    split
        The share of `train` that is learned from, if there is no `valid`.

    Raises
    ------
    DataError
        If there is too little text, or one is music and the other is not, or of another notation.
    """
    if len(train.text) < FEWEST:
        characters = "1 character is" if len(train.text) == 1 else f"{len(train.text)} characters are"
        raise DataError(f"{train.name}: {characters} too little to learn from; at least {FEWEST} are needed")
    if valid is not None:
        expect_notation(valid, train.notation, train.name)
        if len(valid.text) < 2:
            raise DataError(
                f"{valid.name}: a held-out text of 1 character measures nothing; at least 2 are needed"
            )
        skipped, notes = train.skipped + valid.skipped, train.notes + valid.notes
        return Corpus(train.text, valid.text, train, valid.name, skipped, notes)
    valid_name = f"last {(1.0 - split):.3g} of {train.name}"
    if train.notation is None:
        return Corpus(*head_tail(train.text, 1.0 - split), train, valid_name)
    tunes = train.notation.tunes(train.text)
    if len(tunes) > 1:
        head, tail = ("".join(part) for part in head_tail(tunes, 1.0 - split, least=1))
        held = len(train.notation.tunes(tail))
        note = f"{train.notation.title}: {len(tunes) - held:,} to learn from, {held:,} held out"
    else:
        head, tail = head_tail(train.text, 1.0 - split)
        note = f"{train.name}: one tune, so its end is held out; a fair score needs other tunes (--valid)"
    return Corpus(head, tail, train, valid_name, train.skipped, (*train.notes, note))


def expect_notation(source: Source, notation: Notation | None, name: str) -> None:
    """Raise unless the text of `source` is in the `notation` of another one, or of a model, `name`.

    Raises
    ------
    DataError
        If it is not, with both.
    """
    if source.notation is not notation:
        expected, got = (each.title if each else "plain text" for each in (notation, source.notation))
        raise DataError(f"{source.name}: expected {expected}, as {name} has, got {got}.")
