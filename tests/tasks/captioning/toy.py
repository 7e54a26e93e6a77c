"""Squares, discs and rings on the left or right of tiny pictures, and what they are called."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from remy import config as configuration
from remy.config import CaptionerConfig
from remy.tasks.captioning.corpus import Corpus
from remy.tasks.captioning.given import corpus_of

SHAPES = ("square", "disc", "ring")
SIDES = ("left", "right")

#: Options of a captioner that learns them in seconds.
SMALL: dict[str, Any] = {
    "data.size": 16,
    "data.min_count": 1,
    "data.split": 0.7,
    "data.held_out": 0.15,
    "model.units": 16,
    "model.embedding": 16,
    "model.filters": 8,
    "model.blocks": 2,
    "model.dropout": 0.0,
    "train.shift": 0,
    "train.epochs": 24,
    "train.lr": 0.02,
    "train.batch_size": 8,
    "train.label_smoothing": 0.0,
    "train.threads": 1,
}


def config(**changes: Any) -> CaptionerConfig:
    """Return a small configuration; ``model__units=8`` changes ``model.units``."""
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return configuration.override(CaptionerConfig(), {**SMALL, **named})


def drawn(shape: str, side: str, generator: np.random.Generator) -> Image.Image:
    """Return a shape on a side, a little moved and of a size of its own."""
    picture = Image.new("L", (32, 32), "white")
    draw = ImageDraw.Draw(picture)
    x = (4 if side == "left" else 20) + int(generator.integers(-2, 3))
    y, width = 10 + int(generator.integers(-4, 5)), 8 + int(generator.integers(0, 3))
    box = (x, y, x + width, y + width)
    if shape == "square":
        draw.rectangle(box, fill="black")
    else:
        draw.ellipse(box, fill="black" if shape == "disc" else None, outline="black", width=2)
    return picture


def pictures(count: int = 90, seed: int = 0) -> tuple[list[Image.Image], list[str]]:
    """Return pictures and captions such as ``left square``; no two pictures are alike."""
    generator = np.random.default_rng(seed)
    found: dict[bytes, tuple[Image.Image, str]] = {}
    while len(found) < count:
        shape, side = SHAPES[generator.integers(3)], SIDES[generator.integers(2)]
        picture = drawn(shape, side, generator)
        found.setdefault(picture.resize((16, 16)).tobytes(), (picture, f"{side} {shape}"))
    shown, captions = zip(*found.values(), strict=True)
    return list(shown), list(captions)


def folder(place: Path, count: int = 90, seed: int = 0, name: str = "seen.csv") -> Path:
    """Write pictures and a table of them, and return the table's path."""
    shown, captions = pictures(count, seed)
    (place / "shown").mkdir(exist_ok=True)
    with open(place / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "caption"])
        for number, (picture, caption) in enumerate(zip(shown, captions, strict=True)):
            picture.save(place / "shown" / f"{seed}-{number}.png")
            writer.writerow([f"shown/{seed}-{number}.png", caption])
    return place / name


def corpus(count: int = 90, seed: int = 0) -> Corpus:
    """Return pictures in memory, 16 x 16."""
    shown, captions = pictures(count, seed)
    array = np.stack([np.asarray(one.resize((16, 16))) for one in shown])
    return corpus_of(array, captions, size=16, colour=False)


def vectors(count: int = 60, seed: int = 0) -> tuple[np.ndarray[Any, Any], list[str]]:
    """Return vectors of six numbers that stand for the same things, a little disturbed."""
    generator = np.random.default_rng(seed)
    kinds = generator.integers(6, size=count)
    values = np.eye(6)[kinds] + generator.normal(0, 0.05, (count, 6))
    return values.astype(np.float32), [f"{SIDES[kind % 2]} {SHAPES[kind // 2]}" for kind in kinds]
