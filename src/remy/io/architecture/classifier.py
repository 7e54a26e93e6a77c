"""The tensors of a classifier and of a regressor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError
from remy.io.architecture.recurrent import recurrent_settings, stack_tensors

#: How the outputs of all steps become one vector.
POOLINGS = ("last", "mean", "max", "attention")

#: What the scores mean: one class out of several, any of several, or numbers.
OUTPUTS = ("softmax", "sigmoid", "linear")


def classifier(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: embedding or numbers, recurrent layers, pooling, output.

    Settings besides the recurrent layers': ``vocabulary_size`` V and ``embedding_size`` E, both 0 where the
    inputs are numbers; ``features`` F, 0 where they are tokens; ``outputs`` C; ``output``, what they mean;
    ``pooling``; ``bidirectional``.

    ``embedding/embeddings`` ``(V, E)``; the layers, of output width D; for attention pooling
    ``attention/kernel`` ``(D, 1)``; ``dense/kernel`` ``(D, C)``, ``dense/bias`` ``(C,)``.
    """
    settings = recurrent_settings(
        architecture,
        sizes=("vocabulary_size_or_0", "embedding_size_or_0", "features_or_0", "outputs"),
        choices={"pooling": POOLINGS, "output": OUTPUTS},
        switches=("bidirectional",),
    )
    vocabulary, embedding, features = (
        settings[name] for name in ("vocabulary_size", "embedding_size", "features")
    )
    if bool(vocabulary) != bool(embedding) or bool(vocabulary) == bool(features):
        raise ModelFileError(
            "architecture: expected either a vocabulary_size and an embedding_size, or features, "
            f"got {vocabulary}, {embedding} and {features}."
        )
    layers, width = stack_tensors(settings, embedding or features)
    shapes: dict[str, tuple[int, ...]] = {}
    if vocabulary:
        shapes["embedding/embeddings"] = (vocabulary, embedding)
    shapes |= layers
    if settings["pooling"] == "attention":
        shapes["attention/kernel"] = (width, 1)
    return shapes | {"dense/kernel": (width, settings["outputs"]), "dense/bias": (settings["outputs"],)}
