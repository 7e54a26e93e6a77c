"""The tensors of a translator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.io.architecture.decoder import ATTENTIONS, SIZES, SWITCHES, decoder_tensors
from remy.io.architecture.recurrent import recurrent_settings, stack_tensors

#: What the tensors of the encoder's recurrent layers are called.
ENCODER = "encoder_rnn"


def encoder_layers(architecture: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the encoder's recurrent layers: in both directions."""
    same = ("cell", "layers", "units", "reset_after", "activation")
    return {**{name: architecture[name] for name in same}, "bidirectional": True}


def translator(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: embedding of the source, encoder, decoder.

    Settings besides the recurrent layers' (``units`` are those of one direction of the encoder): the source's
    ``vocabulary_size`` V and ``embedding_size`` E; ``target_vocabulary_size``, ``target_embedding_size``,
    ``decoder_units``, ``readout_units``, ``attention`` (``none``, ``additive``, ``multiplicative``),
    ``input_feeding`` and ``tied``.

    ``embedding/embeddings`` ``(V, E)``; ``encoder_rnn_0/forward/kernel`` and so on; the decoder of
    :func:`remy.io.architecture.decoder.decoder_tensors`, which starts from the last outputs of both
    directions and looks at all outputs, both ``2 H``.
    """
    settings = recurrent_settings(
        architecture,
        sizes=("vocabulary_size", "embedding_size", *SIZES),
        choices={"attention": ATTENTIONS},
        switches=SWITCHES,
    )
    layers, width = stack_tensors(encoder_layers(settings), settings["embedding_size"], prefix=ENCODER)
    return {
        "embedding/embeddings": (settings["vocabulary_size"], settings["embedding_size"]),
        **layers,
        **decoder_tensors(settings, width, width),
    }
