"""Tiny trained models: a folder with a run of every task, and a letter model that stands for those that ship.

They are made once a process, by who asks first.
"""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import remy
from remy.lab.library import Library
from tests.lab.own.runs import train_all
from tests.training import tiny

#: The letter model's name, as the page begins with one of it.
LETTERS = "letters-lstm-64"


@functools.cache
def runs() -> Path:
    """Return a folder of runs, of which ``broken`` is none."""
    return train_all(_folder())


@functools.cache
def shipped() -> Path:
    """Return a folder with one model that ships, and its scores."""
    folder = _folder()
    scores = {
        "about": "Guesses the next letter.",
        "model": {"bits_per_character": 4.25},
        "baselines": [{"name": "counts of letters", "bits_per_character": 4.5}],
    }
    save(letters(), folder / LETTERS, {"scores.json": scores})
    return folder


@functools.cache
def letters() -> remy.LanguageModel:
    """Return a letter model of two layers."""
    small: dict[str, Any] = {
        "units": 8,
        "layers": 2,
        "embedding": 6,
        "epochs": 2,
        "batch_size": 4,
        "steps": 16,
    }
    return remy.LanguageModel(cell="lstm", lr=0.02, **small).fit(tiny.text(1500))


def library(run: Path | None = None) -> Library:
    """Return a library of the letter model, and of the runs."""
    return Library(runs() if run is None else run, shipped=shipped())


def save(model: Any, folder: Path, records: dict[str, Any] | None = None) -> Path:
    """Write a model's folder, and records beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.safetensors")
    for name, record in (records or {}).items():
        (folder / name).write_text(json.dumps(record), encoding="utf-8")
    return folder


def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="remy-lab-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made
