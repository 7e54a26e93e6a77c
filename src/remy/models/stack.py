"""The recurrent layers in the middle of every network, and the names of their weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch

from remy import layers
from remy.layers.recurrent import Recurrent


def make_stack(
    architecture: Mapping[str, Any], *, dropout: float = 0.0, recurrent_dropout: float = 0.0
) -> layers.Stacked:
    """Return the layers that `architecture` describes by ``cell``, ``units``, ``layers``, and so on.

    Parameters
    ----------
    architecture
        As in the model file; ``bidirectional`` and ``residual`` may be absent, for false.
    dropout
        Share of what each layer reads that is dropped, one mask per row, held over time.
    recurrent_dropout
        Share of the state dropped where it enters the recurrent product.
    """
    stack: list[Recurrent | layers.Bidirectional] = []
    for _ in range(architecture["layers"]):
        layer = _layer(architecture, dropout, recurrent_dropout)
        stack.append(layers.Bidirectional(layer) if architecture.get("bidirectional", False) else layer)
    return layers.Stacked(stack, residual=architecture.get("residual", False))


def stack_weights(stack: layers.Stacked, prefix: str = "rnn") -> dict[str, torch.nn.Parameter]:
    """Return the weights of the layers: ``rnn_0/kernel`` or ``rnn_0/forward/kernel`` and so on."""
    named: dict[str, torch.nn.Parameter] = {}
    for number, layer in enumerate(stack.layers):
        if isinstance(layer, layers.Bidirectional):
            directions = {"/forward": layer.forward_layer, "/backward": layer.backward_layer}
        else:
            directions = {"": cast("Recurrent", layer)}
        for direction, one in directions.items():
            for part in ("kernel", "recurrent_kernel", "bias"):
                named[f"{prefix}_{number}{direction}/{part}"] = getattr(one, part)
    return named


def _layer(architecture: Mapping[str, Any], dropout: float, recurrent_dropout: float) -> Recurrent:
    options: dict[str, Any] = {
        "units": architecture["units"],
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "return_sequences": True,
        "return_state": True,
    }
    if architecture["cell"] == "lstm":
        return layers.LSTM(**options)
    if architecture["cell"] == "gru":
        return layers.GRU(reset_after=architecture["reset_after"], **options)
    return layers.SimpleRNN(activation=architecture["activation"], **options)
