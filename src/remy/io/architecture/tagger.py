"""The tensors of a tagger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.io.architecture.recurrent import recurrent_settings, stack_tensors

#: How the scores of a sentence's words become tags.
OUTPUTS = ("softmax", "crf")

#: Which tags may follow each other: any, or what BIO or BIOES allows.
SCHEMES = ("none", "bio", "bioes")

#: What the tensors of the layer that reads a word's characters are called.
CHARACTERS = "characters_rnn"


def character_layer(architecture: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the layer that reads the characters of a word: always in both directions.

    A word is there as a whole even where the words after it are not, so this reads no future.
    """
    same = {name: architecture[name] for name in ("cell", "reset_after", "activation")}
    return {**same, "units": architecture["character_units"], "layers": 1, "bidirectional": True}


def tagger(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: characters, words, recurrent layers, output.

    Settings besides the recurrent layers': ``vocabulary_size`` V and ``embedding_size`` E of words,
    ``characters`` C, ``character_embedding_size`` D and ``character_units`` S, ``labels`` K, ``output``
    (``softmax`` or ``crf``), ``scheme`` (``none``, ``bio`` or ``bioes``), ``bidirectional``.

    ``characters_embedding/embeddings`` ``(C, D)``, ``characters_rnn_0/forward/kernel`` and so on;
    ``embedding/embeddings`` ``(V, E)``; the layers, which read ``E + 2 S`` numbers and give W;
    ``dense/kernel`` ``(W, K)``, ``dense/bias`` ``(K,)``; for a CRF ``crf/transitions`` ``(K, K)``,
    ``crf/start`` ``(K,)`` and ``crf/end`` ``(K,)``, -10,000 where the tags' scheme allows nothing.
    """
    settings = recurrent_settings(
        architecture,
        sizes=(
            "vocabulary_size",
            "embedding_size",
            "characters",
            "character_embedding_size",
            "character_units",
            "labels",
        ),
        choices={"output": OUTPUTS, "scheme": SCHEMES},
        switches=("bidirectional",),
    )
    spelling, spelled = stack_tensors(
        character_layer(settings), settings["character_embedding_size"], prefix=CHARACTERS
    )
    layers, width = stack_tensors(settings, settings["embedding_size"] + spelled)
    labels = settings["labels"]
    shapes: dict[str, tuple[int, ...]] = {
        "characters_embedding/embeddings": (settings["characters"], settings["character_embedding_size"]),
        **spelling,
        "embedding/embeddings": (settings["vocabulary_size"], settings["embedding_size"]),
        **layers,
        "dense/kernel": (width, labels),
        "dense/bias": (labels,),
    }
    if settings["output"] == "crf":
        shapes |= {"crf/transitions": (labels, labels), "crf/start": (labels,), "crf/end": (labels,)}
    return shapes
