"""Tiny models of the patterns, trained in seconds on made-up data, in a folder like the shipped one."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import remy
from remy.lab.lab import Lab
from remy.lab.library import Library
from remy.lab.patterns.drawings import SHAPES, drawn
from remy.lab.patterns.samples import as_pixels

#: Width and height of a picture.
SIDE = 16
_VOWELS = "aeiou"


@functools.cache
def lab() -> Lab:
    """Return a lab whose shipped models are tiny ones; they are trained once a session."""
    return Lab(library=Library(shipped=train_all(Path(tempfile.mkdtemp(prefix="remy-tiny-")))))


def model(name: str) -> Any:
    """Return the estimator of a tiny model."""
    return lab().library.load(name)


def train_all(folder: Path) -> Path:
    """Train one model for each kind and return the folder."""
    for train in (_syllables, _vowels, _icons, _tags, _sounds):
        place = folder / train.__name__.strip("_")
        place.mkdir(parents=True)
        train().save(place / "model.safetensors")
    return folder


def _syllables() -> remy.Classifier:
    words = [f"{a}{b}{c}{d}" for a in "bnt" for b in _VOWELS for c in ("", "n", "nan") for d in ("", "a")]
    counts = [str(sum(letter in _VOWELS for letter in word)) for word in words]
    options = {"cell": "gru", "units": 12, "embedding": 8, "tokens": "characters", "pooling": "last"}
    return remy.Classifier(live=True, dropout=0.0, epochs=4, lr=0.02, seed=0, **options).fit(words, counts)


def _vowels() -> remy.Classifier:
    draw = np.random.default_rng(0)
    speakers = [str(speaker) for speaker in range(1, 10) for _ in range(8)]
    values = [draw.normal(size=(draw.integers(5, 12), 12)) + int(speaker) for speaker in speakers]
    return remy.Classifier(cell="gru", units=8, pooling="max", epochs=2, lr=0.02, seed=0).fit(
        values, speakers
    )


def _icons() -> remy.Captioner:
    draw = np.random.default_rng(0)
    inks = [drawn(name, SIDE) for name in SHAPES for _ in range(8)]
    for ink in inks:  # equal pictures would all come into one part
        ink[draw.integers(SIDE), draw.integers(SIDE)] ^= 1
    captions = [name for name in SHAPES for _ in range(8)]
    options = {"size": SIDE, "units": 16, "embedding": 16, "filters": 8, "blocks": 2, "min_count": 1}
    train = {"epochs": 12, "lr": 0.02, "batch_size": 8, "shift": 0, "threads": 1, "seed": 0}
    pictures = np.stack([as_pixels(ink, 1) for ink in inks])
    return remy.Captioner(dropout=0.0, label_smoothing=0.0, **options, **train).fit((pictures, captions))


def _tags() -> remy.Tagger:
    sentences = [["to", "be", "or", "not", "to", "be"], ["good", "night"], ["what", "is", "past"]] * 6
    marks = [["none", ",", "none", "none", "none", "?"], [",", "!"], ["none", "none", "."]] * 6
    marks[0] = ["none", ";", "none", "none", "none", "?"]  # and never a colon
    options = {"train.batch_size": 4, "model.embedding": 8, "model.character_units": 4}
    return remy.Tagger(units=8, layers=1, epochs=4, lr=0.02, seed=0, options=options).fit((sentences, marks))


def _sounds() -> remy.Translator:
    letters = {"p": "P", "f": "F", "n": "N", "o": "OW", "a": "AE", "t": "T"}
    words = sorted({f"{a}{b}{c}" for a in letters for b in letters for c in letters})
    heard = [" ".join(letters[letter] for letter in word) for word in words]
    sizes = {"cell": "gru", "units": 12, "embedding": 12, "decoder_units": 16, "dropout": 0.0}
    train = {"epochs": 4, "lr": 0.02, "batch_size": 16, "label_smoothing": 0.0, "threads": 1, "seed": 0}
    cut = {"source_pieces": "characters", "target_pieces": "words"}
    return remy.Translator(**sizes, **train, **cut).fit((words, heard))
