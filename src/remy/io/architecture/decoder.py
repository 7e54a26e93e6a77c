"""The tensors of a decoder that writes a sequence and looks at what it writes of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError
from remy.io.architecture.recurrent import stack_tensors

#: How what is looked at is found: not at all, by a layer (Bahdanau et al. 2015) or by a product (Luong et al.
#: 2015).
ATTENTIONS = ("none", "additive", "multiplicative")

#: Settings of a decoder, for :func:`remy.io.architecture.recurrent.recurrent_settings`.
SIZES = ("target_vocabulary_size", "target_embedding_size", "decoder_units", "readout_units")
SWITCHES = ("input_feeding", "tied")

#: What the tensors of the decoder's recurrent layers are called.
DECODER = "decoder_rnn"


def decoder_layers(architecture: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the decoder's recurrent layers: in one direction."""
    same = {name: architecture[name] for name in ("cell", "layers", "reset_after", "activation")}
    return {**same, "units": architecture["decoder_units"], "bidirectional": False}


def decoder_tensors(settings: Mapping[str, Any], start: int, memory: int) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of a decoder.

    With L layers of H units, n states each (2 for the LSTM), E for the size of a token's vector, R for the
    readout's units and V for the vocabulary::

        bridge/kernel (start, L n H), bridge/bias            from the source to the first state
        target_embedding/embeddings (V, E)
        decoder_rnn_0/kernel (E, G H) and so on              (E + R, G H) with input_feeding
        attention/query_kernel (H, R), attention/memory_kernel (memory, R), attention/score (R,)    additive
        attention/memory_kernel (memory, H)                                                   multiplicative
        readout/kernel (H + memory, R), readout/bias (R,)    (H, R) without attention
        output/kernel (R, V), output/bias (V,)               no kernel when tied

    Parameters
    ----------
    settings
        Checked, with those of `SIZES` and `SWITCHES` and ``attention``.
    start
        Width of what the first state is made from.
    memory
        Width of what is looked at.

    Raises
    ------
    ModelFileError
        If settings do not fit together.
    """
    vocabulary, embedding = settings["target_vocabulary_size"], settings["target_embedding_size"]
    readout, units, kind = settings["readout_units"], settings["decoder_units"], settings["attention"]
    if settings["tied"] and embedding != readout:
        raise ModelFileError(
            "architecture: tied needs target_embedding_size equal to readout_units, "
            f"got {embedding} and {readout}."
        )
    states = settings["layers"] * (2 if settings["cell"] == "lstm" else 1) * units
    fed = readout if settings["input_feeding"] else 0
    layers, _ = stack_tensors(decoder_layers(settings), embedding + fed, prefix=DECODER)
    looked = memory if kind != "none" else 0
    shapes: dict[str, tuple[int, ...]] = {
        "bridge/kernel": (start, states),
        "bridge/bias": (states,),
        "target_embedding/embeddings": (vocabulary, embedding),
        **layers,
    }
    if kind == "additive":
        shapes |= {"attention/query_kernel": (units, readout), "attention/memory_kernel": (memory, readout)}
        shapes["attention/score"] = (readout,)
    elif kind == "multiplicative":
        shapes["attention/memory_kernel"] = (memory, units)
    shapes |= {"readout/kernel": (units + looked, readout), "readout/bias": (readout,)}
    if not settings["tied"]:
        shapes["output/kernel"] = (readout, vocabulary)
    return {**shapes, "output/bias": (vocabulary,)}
