"""A recurrent layer with chosen first values, drawn from a generator of its own."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any, Final

import torch
from torch import Generator, Tensor

from remy import layers
from remy.errors import UsageError, choice
from remy.layers.initializers import initialize
from remy.layers.recurrent import Recurrent

#: The gate that keeps the state where it is near 1, and its place among the gates; the simple cell has none.
KEEPING: Final = {"lstm": ("forget", 1), "gru": ("update", 0)}
RECIPES: Final = ("keras", "pytorch")

_LAYERS: Final[dict[str, Callable[..., Recurrent]]] = {
    "simple_rnn": layers.SimpleRNN,
    "lstm": layers.LSTM,
    "gru": layers.GRU,
}


def started_layer(
    cell: str,
    units: int,
    *,
    input_size: int,
    generator: Generator,
    recipe: str = "keras",
    bias: float | None = None,
    scale: float = 1.0,
    **options: Any,
) -> Recurrent:
    """Return a recurrent layer that has learned nothing, whatever other threads draw meanwhile.

    Parameters
    ----------
    cell
        ``simple_rnn``, ``lstm`` or ``gru``.
    units, input_size
        H and I.
    generator
        All first values come from it, those of a twin that :class:`remy.layers.Bidirectional` makes too.
    recipe
        ``keras``: the layers' own start. ``pytorch``: everything uniform within ``1/sqrt(H)``; where PyTorch
        has two biases that add up and the layer has one, their sum.
    bias
        Of the LSTM's forget gate or the GRU's update gate; None for the recipe's.
    scale
        Factor of the recurrent kernel.
    options
        Of the layer.

    Raises
    ------
    UsageError
        If the cell or the recipe is unknown, or the simple cell is given a bias.

    Examples
    --------
    >>> layer = started_layer("lstm", 2, input_size=3, generator=torch.Generator().manual_seed(0), bias=5.0)
    >>> layer.bias.tolist()
    [0.0, 0.0, 5.0, 5.0, 0.0, 0.0, 0.0, 0.0]
    """
    choice("cell", cell, _LAYERS)
    choice("recipe", recipe, RECIPES)
    if bias is not None and cell not in KEEPING:
        raise UsageError(f"bias: a {cell} has no gate that keeps its state; leave it out")
    bound = 1 / sqrt(units)
    is_keras = recipe == "keras"

    def kernel(tensor: Tensor) -> None:
        if is_keras:
            initialize(tensor, "glorot_uniform", generator=generator)
        else:
            tensor.uniform_(-bound, bound, generator=generator)

    def recurrent(tensor: Tensor) -> None:
        if is_keras:
            initialize(tensor, "orthogonal", generator=generator)
        else:
            tensor.uniform_(-bound, bound, generator=generator)
        tensor.mul_(scale)

    def biases(tensor: Tensor) -> None:
        if is_keras:
            tensor.zero_()
        else:
            tensor.uniform_(-bound, bound, generator=generator)
            if tensor.dim() == 1:
                tensor.add_(torch.empty_like(tensor).uniform_(-bound, bound, generator=generator))
        if bias is not None:
            gate = KEEPING[cell][1]
            # A GRU may have a row for the input and one for the recurrent product; they add up.
            rows = tensor.view(-1, tensor.shape[-1])[:, gate * units : (gate + 1) * units]
            rows.zero_()
            rows[0] = bias

    if cell == "lstm":
        options = {"unit_forget_bias": is_keras and bias is None, **options}
    return _LAYERS[cell](
        units,
        kernel_initializer=kernel,
        recurrent_initializer=recurrent,
        bias_initializer=biases,
        input_size=input_size,
        **options,
    )
