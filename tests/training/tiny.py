"""A run so small that a test can make it: a text, its configuration and what it takes to train it."""

import random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import config as configuration
from remy.config import LanguageModelConfig

WORDS = (
    "the king",
    "my lord",
    "a horse",
    "no more",
    "come hither",
    "good night",
    "what news",
    "HELLO",
    "well said",
)


def text(characters: int = 4000, seed: int = 0) -> str:
    """Lines of few words, easy to learn, the same at every call."""
    generator = random.Random(seed)
    lines = ""
    while len(lines) < characters:
        lines += f"{generator.choice(WORDS)}, {generator.choice(WORDS)}.\n"
    return lines[:characters]


def config(**changes: Any) -> LanguageModelConfig:
    """A network of 12 units on chunks of 16; `changes` have ``__`` for the dot: ``train__lr=0.1``."""
    values: dict[str, Any] = {
        "model.units": 12,
        "model.layers": 2,
        "model.embedding": 6,
        "model.dropout": 0.1,
        "train.epochs": 2,
        "train.batch_size": 4,
        "train.steps": 16,
        "train.lr": 0.01,
        "train.evaluations": 6,
        "train.checkpoint_seconds": 1e9,
        "train.seed": 5,
        "train.threads": 1,
    }
    values |= {key.replace("__", "."): value for key, value in changes.items()}
    return configuration.override(LanguageModelConfig(), values)


def ids(characters: int, vocabulary: int = 7, seed: int = 0) -> NDArray[np.int32]:
    """A sequence in which the next id follows from the last two, with some noise."""
    generator = np.random.default_rng(seed)
    result = np.zeros(characters, dtype=np.int32)
    for place in range(2, characters):
        result[place] = (result[place - 1] + (1 if result[place - 2] < 3 else 2)) % vocabulary
        if generator.random() < 0.1:
            result[place] = generator.integers(vocabulary)
    return result
