"""Readers of uploaded files, by what a model takes, each with the library's own reader of such files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from remy.data import pictures, read_conll, read_music, read_text, read_texts, vectors
from remy.data.header import LABEL_NAMES
from remy.data.notation import find_notation
from remy.data.rows import Table
from remy.data.tables import TABLE_ENDINGS, ending, open_table
from remy.data.tracks import Track
from remy.errors import DataError
from remy.lab.own.arrays import expect_small, expect_width, json_arrays, read_numbers
from remy.lab.own.items import Item, Items
from remy.lab.own.typed import numbers_input
from remy.lab.schemas.choices import (
    MOST_STEPS,
    ColoursInput,
    NumbersInput,
    PictureInput,
    TextInput,
    WordsInput,
)
from remy.lab.schemas.models import ModelCard

_TEXT: Final = (".txt", ".text", ".md")
_TABLES: Final = tuple(each for each in TABLE_ENDINGS if each not in (".parquet", ".pq"))
_CONLL: Final = (".conll", ".conllu", ".tsv", ".bio", ".iob")
_MIDI: Final = (".mid", ".midi")


def reader_of(card: ModelCard) -> tuple[Callable[..., Items], tuple[str, ...], str]:
    """Return who reads files for a model, what they may end in, and what they hold."""
    if card.task == "language_model":
        return _whole_text, (*_TEXT, *_TABLES, ".abc", *_MIDI), "a text"
    if card.takes == "text":
        return _texts, (*_TEXT, *_TABLES), "texts"
    if card.takes == "words":
        return _sentences, (*_TEXT, *dict.fromkeys((*_CONLL, *_TABLES))), "sentences"
    if card.takes == "picture":
        return _picture, pictures.ENDINGS, "a picture"
    if card.task == "captioner":
        return _vectors, (vectors.ENDING, ".json"), "a vector or a grid of vectors"
    if card.task == "piano_roll":
        return _pieces, (*_MIDI, ".npz"), "pieces of music"
    if card.task == "forecaster":
        return _series, _TABLES, "series over time"
    return read_numbers, (".npy", ".npz", ".ts", ".json", ".csv", ".tsv", ".tab"), "numbers"


def _whole_text(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    notation = find_notation(path)
    if ending(path) in _TABLES:
        return _texts(path, card, trained, column)
    if ending(path) in _MIDI:
        own = getattr(trained._need("trace"), "notation", None)
        if own is not notation:
            raise DataError(
                f"{path}: is music, and '{card.id}' has learned {'texts' if own is None else own.title}."
            )
        tunes = read_music(path).tunes
        return Items(Item(TextInput(kind="text", text=tune[:MOST_STEPS]), len(tune)) for tune in tunes)
    text = read_text(path)
    return Items(iter([Item(TextInput(kind="text", text=text[:MOST_STEPS]), len(text))]))


def _texts(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    table = open_table(path, tabs=True)
    label = _label_column(table, column)
    reading = read_texts(path, text=column, label=label, labelled=False)
    items = (
        Item(
            TextInput(kind="text", text=record.text[:MOST_STEPS]),
            len(record.text),
            record.label if card.task in ("classifier", "regressor") else None,
        )
        for record in reading
    )
    if table.format == "text":
        return Items(items)
    columns = tuple(each for each in table.columns if each != label)
    return Items(items, columns, reading.text_column, tuple(reading.notes))


def _sentences(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    if ending(path) in _TABLES and ending(path) != ".tsv":
        found = _texts(path, card, trained, column)
        items = (
            _sentence(each.input.text.split()) for each in found.items if isinstance(each.input, TextInput)
        )
        return Items(items, found.columns, found.column, found.notes)
    if ending(path) in _TEXT:
        lines = (line.split() for line in read_text(path).splitlines())
        return Items(_sentence(words) for words in lines if words)
    reading = read_conll(path)
    return Items(
        (_sentence(each.words, None if each.tags is None else " ".join(each.tags)) for each in reading),
        notes=tuple(reading.notes),
    )


def _sentence(words: Any, tags: str | None = None) -> Item:
    kept = tuple(word[:100] for word in words[:MOST_STEPS])
    return Item(WordsInput(kind="words", words=kept), len(words), tags if len(kept) == len(words) else None)


def _picture(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    model = trained._need("trace")
    pixels = pictures.read_pixels(path, size=model.size, channels=model.channels)
    if model.channels == 3:
        return Items(iter([Item(ColoursInput(kind="colours", pixels=pixels.tolist()), 1)]))
    ink = 1.0 - pixels[:, :, 0] / 255.0
    return Items(iter([Item(PictureInput(kind="picture", pixels=ink.round(4).tolist()), 1)]))


def _vectors(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    found = json_arrays(path)[0] if ending(path) == ".json" else np.atleast_2d(vectors.read_vector(path))
    expect_width(path, card, found)
    return Items(iter([Item(numbers_input(found), len(found))]))


def _pieces(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    from remy.tasks.polyphony.prediction import read_for

    if ending(path) == ".npz":
        expect_small(path)
    rolls = read_for(trained._need("trace"), path)
    pieces = [piece for part in rolls.parts.values() for piece in part]
    return Items((Item(numbers_input(piece), len(piece)) for piece in pieces), notes=tuple(rolls.notes))


def _series(path: Path, card: ModelCard, trained: Any, column: str | None) -> Items:
    table = trained._series(trained._need("trace"), path)
    return Items((Item(_track(each), 0, name=each.name) for each in table.tracks), notes=tuple(table.notes))


def _track(track: Track) -> NumbersInput:
    """Return the end of a series, which is all that the model reads of it."""
    end = slice(-MOST_STEPS, None)
    rows = np.concatenate([track.target, track.known, track.past], axis=1)[end]
    times = tuple(str(moment) for moment in track.times[end])
    return numbers_input(rows).model_copy(update={"times": times, "series": track.name})


def _label_column(table: Table, column: str | None) -> str | None:
    named = [each for each in table.columns if each.strip().lower() in LABEL_NAMES and each != column]
    return named[0] if len(named) == 1 and len(table.columns) > 1 else None
