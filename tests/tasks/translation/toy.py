"""A generated English-Spanish grammar: gender, number and the order of adjectives have to be learned."""

from __future__ import annotations

from typing import Any

import numpy as np

from remy import config as configuration
from remy.config import TranslatorConfig

Pairs = tuple[list[str], list[str]]

#: English, Spanish, whether feminine.
NOUNS = [
    ("dog", "perro", False),
    ("cat", "gato", False),
    ("book", "libro", False),
    ("house", "casa", True),
    ("table", "mesa", True),
    ("moon", "luna", True),
]
ADJECTIVES = [("red", "roj"), ("white", "blanc"), ("small", "pequeñ"), ("old", "viej")]
VERBS = [
    ("sees", "see", "ve", "ven"),
    ("wants", "want", "quiere", "quieren"),
    ("has", "have", "tiene", "tienen"),
]

#: Options of a translator that learns the grammar in seconds.
SMALL: dict[str, Any] = {
    "model.units": 24,
    "model.embedding": 16,
    "model.dropout": 0.1,
    "data.source_pieces": "words",
    "data.target_pieces": "words",
    "data.min_count": 1,
    "train.epochs": 12,
    "train.lr": 0.02,
    "train.batch_size": 16,
    "train.threads": 1,
}


def config(**changes: Any) -> TranslatorConfig:
    """Return a small configuration; ``model__units=8`` changes ``model.units``."""
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return configuration.override(TranslatorConfig(), {**SMALL, **named})


def pairs(count: int = 300, seed: int = 0) -> Pairs:
    """Return sentences of one or two noun phrases, in both languages."""
    generator = np.random.default_rng(seed)
    sources, targets = [], []
    for _ in range(count):
        source, target = _sentence(generator)
        sources.append(source)
        targets.append(target)
    return sources, targets


def _sentence(generator: np.random.Generator) -> tuple[str, str]:
    many = bool(generator.random() < 0.5)
    subject, object_ = _phrase(generator, many), _phrase(generator, bool(generator.random() < 0.5))
    one, several, uno, unos = VERBS[generator.integers(len(VERBS))]
    source = f"{subject[0]} {several if many else one} {object_[0]}"
    return f"{source}.", f"{subject[1]} {unos if many else uno} {object_[1]}."


def _phrase(generator: np.random.Generator, many: bool) -> tuple[str, str]:
    noun, sustantivo, feminine = NOUNS[generator.integers(len(NOUNS))]
    article = {(0, 0): "el", (0, 1): "los", (1, 0): "la", (1, 1): "las"}[feminine, many]
    plural = "s" if many else ""
    words, palabras = [f"{noun}{plural}"], [f"{sustantivo}{plural}"]
    if generator.random() < 0.6:
        adjective, adjetivo = ADJECTIVES[generator.integers(len(ADJECTIVES))]
        words.insert(0, adjective)
        palabras.append(f"{adjetivo}{'a' if feminine else 'o'}{plural}")
    return f"the {' '.join(words)}", f"{article} {' '.join(palabras)}"
