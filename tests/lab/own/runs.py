"""A folder of tiny runs, one of each task and two of what is compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

import remy
from tests.tasks.captioning import toy as shapes
from tests.tasks.classification import toy as recordings
from tests.tasks.polyphony import toy as music
from tests.tasks.tagging import toy as sentences
from tests.tasks.translation import toy as phrases
from tests.training import tiny

DAYS: Final = np.arange("2021-01-01", "2021-03-02", dtype="datetime64[D]")


def train_all(folder: Path) -> Path:
    """Train them, and put something that is none beside them."""
    return train_some(folder, *makers())


def train_some(folder: Path, *names: str) -> Path:
    """Train those of these names, and put something that is none beside them."""
    for name in names:
        (folder / name).mkdir()
        makers()[name]().save(folder / name / "model.safetensors")
    (folder / "broken").mkdir()
    (folder / "broken" / "model.safetensors").write_bytes(b"no model at all")
    return folder


def makers() -> dict[str, Any]:
    """Return what trains each."""
    quick = {**recordings.QUICK, "epochs": 3, "options": recordings.SMALL}
    values, ways = recordings.recordings()
    shown, captions = shapes.pictures(40)
    grey = np.stack([np.asarray(one.resize((16, 16))) for one in shown])
    few = {**shapes.SMALL, "train.epochs": 2}
    brief = {**phrases.SMALL, "train.epochs": 2}
    first = [each[:, :1] for each in values]

    def letters(**options: Any) -> Any:
        small: dict[str, Any] = {
            "layers": 1,
            "embedding": 6,
            "epochs": 2,
            "batch_size": 4,
            "steps": 16,
            "lr": 0.02,
        }
        return lambda: remy.LanguageModel(**small, **options).fit(tiny.text(1500))

    return {
        "letters": letters(cell="lstm", units=8),
        "others": letters(cell="gru", units=6),
        "reviews": lambda: remy.Classifier(**quick).fit(*recordings.reviews()),
        "ways": lambda: remy.Classifier(**quick).fit(values, ways),
        "heights": lambda: remy.Regressor(**quick).fit(values, [float(each[-1, 0]) for each in values]),
        "steps": lambda: remy.Classifier(**{**quick, "cell": "gru"}).fit(first, ways),
        "tags": lambda: remy.Tagger(options={**sentences.SMALL, "train.epochs": 2}).fit(sentences.words(60)),
        "phrases": lambda: remy.Translator(options=brief).fit(phrases.pairs(80)),
        "shapes": lambda: remy.Captioner(options=few).fit((grey, captions)),
        "colours": lambda: remy.Captioner(options={**few, "data.colour": True}).fit(
            (np.repeat(grey[..., None], 3, axis=3), captions)
        ),
        "vectors": lambda: remy.Captioner(options=few).fit(shapes.vectors(40)),
        "days": lambda: remy.Forecaster(
            units=6, window=8, epochs=2, threads=1, horizon=3, dropout=0.0
        ).fit(series(), target="y"),
        "chords": lambda: remy.PianoRoll(units=8, layers=1, epochs=2, threads=1).fit(music.pieces(10)),
    }  # fmt: skip


def series(stop: int = 60) -> dict[str, Any]:
    """Return a weekly pattern that grows."""
    return {"date": DAYS[:stop], "y": (np.arange(60.0) % 7 + 0.1 * np.arange(60.0))[:stop]}
