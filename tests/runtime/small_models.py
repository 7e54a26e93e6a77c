"""Small random language models for the tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from remy.io.architecture import expected_tensors
from remy.io.model_file import ModelFile

ALPHABET = "\n !ROMEabcdé"


def architecture(**changes: Any) -> dict[str, Any]:
    """Return a small architecture, with some settings changed."""
    return {
        "kind": "language_model",
        "vocabulary_size": len(ALPHABET),
        "embedding_size": 5,
        "cell": "lstm",
        "units": 7,
        "layers": 2,
        "reset_after": True,
        "activation": "tanh",
        "residual": False,
        "tied": False,
    } | changes


def model_file(seed: int = 0, **changes: Any) -> ModelFile:
    """Return a model of random weights, large enough that every one of them shows in the output."""
    settings = architecture(**changes)
    generator = np.random.default_rng(seed)
    tensors = {
        name: generator.normal(0, 0.6, shape).astype(np.float32)
        for name, shape in expected_tensors(settings).items()
    }
    vocabulary = list(ALPHABET)[: settings["vocabulary_size"]]
    return ModelFile(
        task="language_model",
        architecture=settings,
        tensors=tensors,
        tokenizer={"kind": "character", "vocabulary": vocabulary},
        metrics={"valid": {"nats_per_character": 1.5, "data": "é"}},
    )
