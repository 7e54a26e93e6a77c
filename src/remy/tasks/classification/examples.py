"""Sequences and what they are to be answered with, from files of every kind and from Python."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.config.classifier import RecordsConfig
from remy.data import guess_kind, read_sequences, read_texts
from remy.data.sequences import ENDINGS
from remy.errors import DataError, UsageError
from remy.tasks.locations import directory_name, find_file

#: What a sequence is: a text, or numbers (T, F).
Input = str | NDArray[np.float32]

#: One label, several, or none.
Label = str | tuple[str, ...] | None


@dataclass(frozen=True)
class Examples:
    """N sequences with a label each.

    Attributes
    ----------
    inputs
        Texts, or numeric sequences (T, F).
    labels
        As many, as the file has them; None where there is none.
    places
        Where each comes from, for messages.
    name
        Of the data, for people and for the model file.
    location
        What to give to read them again; empty if that cannot be done.
    columns
        Which columns hold the text and the label, where they stand in a table.
    notes
        What was guessed or dropped, a sentence each.
    """

    inputs: Sequence[Input]
    labels: Sequence[Label]
    places: Sequence[str]
    name: str
    location: str = ""
    columns: tuple[str | None, str | None] = (None, None)
    notes: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def are_texts(self) -> bool:
        """Whether the sequences are texts."""
        return isinstance(self.inputs[0], str)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all sequences and labels."""
        digest = hashlib.sha256()
        for one, label in zip(self.inputs, self.labels, strict=True):
            data = one.encode() if isinstance(one, str) else np.ascontiguousarray(one).tobytes()
            for part in (data, str(label).encode()):
                digest.update(len(part).to_bytes(8, "little"))
                digest.update(part)
        return digest.hexdigest()

    @property
    def short_name(self) -> str:
        """A name for a directory."""
        stem = Path(self.name).name.partition(".")[0] if self.location else "data"
        return directory_name(stem, otherwise="data")

    def chosen(self, places: NDArray[np.int64]) -> Examples:
        """Return some of the examples, in the given order."""
        return Examples(
            [self.inputs[place] for place in places],
            [self.labels[place] for place in places],
            [self.places[place] for place in places],
            self.name,
            self.location,
            self.columns,
        )


def read_examples(location: str, config: RecordsConfig, *, labelled: bool = True) -> Examples:
    """Read a table of texts, a file of numeric sequences or a packaged data set.

    Parameters
    ----------
    location
        A path, the name of a data set, ``NAME:test`` for its test part, or ``-`` for standard input.
    config
        Which columns are meant.
    labelled
        Whether every record must have a label.

    Raises
    ------
    DataError
        If the data are missing or faulty, with file and line, or there are none.
    """
    path = find_file(location)
    if path != "-" and guess_kind_of(path, config) == "sequences":
        reading = read_sequences(path)
        records = list(reading)
        found = Examples(
            [record.values for record in records],
            [record.label for record in records],
            [str(record.place) for record in records],
            location,
            location,
        )
        notes = list(reading.notes)
        if labelled and any(label is None for label in found.labels):
            raise DataError(f"{location}: has no labels; give them as the array y of an .npz file")
    else:
        format = "csv" if path == "-" else None
        texts = read_texts(path, text=config.text, label=config.label, labelled=labelled, format=format)
        if labelled and config.separator is not None and path != "-":
            # With several labels each, a record may have none.
            texts = read_texts(path, text=texts.text_column, label=texts.label_column, labelled=False)
        rows = list(texts)
        columns = (texts.text_column, texts.label_column)
        found = Examples(
            [record.text for record in rows],
            [record.label for record in rows],
            [str(record.place) for record in rows],
            "standard input" if location == "-" else location,
            "" if location == "-" else location,
            columns,
        )
        notes = [*texts.notes, *([texts.summary()] if texts.dropped else [])]
    if not len(found):
        raise DataError(
            f"{found.name}: holds no record that can be used ({'; '.join(notes) or 'it is empty'})"
        )
    return Examples(**{**vars(found), "notes": tuple(notes)})


def guess_kind_of(path: str, config: RecordsConfig) -> str:
    """Return ``text`` or ``sequences``: by the columns that are named, else by the file."""
    if Path(path).suffix.lower() in ENDINGS:
        return "sequences"
    if config.text is not None or config.label is not None:
        return "text"
    kind = guess_kind(path).kind
    if kind in ("text", "sequences"):
        return kind
    raise DataError(
        f"{path}: expected texts with labels or numeric sequences, got what looks like {kind}; "
        "name the columns with --text and --label"
    )


def from_python(inputs: Sequence[Any], labels: Sequence[Any] | None, *, name: str = "data") -> Examples:
    """Return examples of what a program has at hand.

    Parameters
    ----------
    inputs
        Texts, or arrays (T, F) or (T,).
    labels
        As many, or None. For several labels each: lists of them are given as tuples, lists or sets.

    Raises
    ------
    UsageError
        If there are none, or not as many labels.
    """
    if isinstance(inputs, str | bytes) or not len(inputs):
        got = "a text" if isinstance(inputs, str | bytes) else "none"
        raise UsageError(f"{name}: expected at least one sequence in a list, got {got}")
    if labels is not None and len(labels) != len(inputs):
        raise UsageError(f"{name}: expected {len(inputs)} labels, one a sequence, got {len(labels)}")
    found = [_input(one, f"{name}[{place}]") for place, one in enumerate(inputs)]
    for place, one in enumerate(found):
        if isinstance(one, str) != isinstance(found[0], str):
            raise UsageError(f"{name}: expected all texts or all numbers, got both (place {place})")
    given = [None] * len(found) if labels is None else list(labels)
    return Examples(
        found,
        given if labels is None else [_label(label, f"{name}[{place}]") for place, label in enumerate(given)],
        [f"{name}[{place}]" for place in range(len(found))],
        name,
    )


def _input(one: Any, place: str) -> Input:
    if isinstance(one, str):
        return one.encode("utf-8", "replace").decode()  # half a surrogate pair is no character
    try:
        values = np.asarray(one, dtype=np.float32)
    except (TypeError, ValueError):
        raise UsageError(f"{place}: expected a text or numbers, got {type(one).__name__}") from None
    if values.ndim not in (1, 2) or not len(values):
        raise UsageError(
            f"{place}: expected numbers of shape (T, F) or (T,), T at least 1, got {values.shape}"
        )
    return values[:, None] if values.ndim == 1 else values


def _label(label: Any, place: str) -> Label:
    if isinstance(label, list | tuple | set | frozenset):
        return tuple(sorted(map(str, label)) if isinstance(label, set | frozenset) else map(str, label))
    if label is None:
        raise UsageError(f"{place}: expected a label, got None")
    return str(label.item() if isinstance(label, np.generic) else label)
