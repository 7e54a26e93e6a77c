"""The tensors of a language model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError
from remy.io.architecture.recurrent import recurrent_settings, stack_tensors


def language_model(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: embedding, recurrent layers, output over the vocabulary.

    Settings besides the recurrent layers': ``vocabulary_size`` V, ``embedding_size`` E, ``residual`` and
    ``tied``.

    ``embedding/embeddings`` ``(V, E)``; the layers; ``dense/kernel`` ``(H, V)``, left out when ``tied``;
    ``dense/bias`` ``(V,)``.
    """
    settings = recurrent_settings(
        architecture, sizes=("vocabulary_size", "embedding_size"), switches=("residual", "tied")
    )
    vocabulary, embedding = settings["vocabulary_size"], settings["embedding_size"]
    if settings["tied"] and embedding != settings["units"]:
        raise ModelFileError(
            "architecture: tied needs embedding_size equal to units, "
            f"got {embedding} and {settings['units']}."
        )
    layers, width = stack_tensors(settings, embedding)
    shapes: dict[str, tuple[int, ...]] = {"embedding/embeddings": (vocabulary, embedding), **layers}
    if not settings["tied"]:
        shapes["dense/kernel"] = (width, vocabulary)
    shapes["dense/bias"] = (vocabulary,)
    return shapes
