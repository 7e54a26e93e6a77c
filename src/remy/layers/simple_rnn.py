"""The simple recurrent layer and its cell."""

from __future__ import annotations

from typing import Any

import torch

from remy.errors import choice
from remy.layers.initializers import Initializer
from remy.layers.recurrent import Recurrent
from remy.layers.step_cell import StepCell

ACTIVATIONS = ("tanh", "relu", "linear")


def _cell(activation: str) -> str:
    return f"simple_rnn_{choice('simple_rnn activation', activation, ACTIVATIONS)}"


class SimpleRNN(Recurrent):
    """Simple recurrent layer, ``h_t = φ(x_t W + h_{t-1} U + b)``.

    Parameters
    ----------
    units
        Number of units H.
    activation
        φ: ``tanh``, ``relu`` or ``linear``.
    use_bias, kernel_initializer, recurrent_initializer, bias_initializer, input_size, device, dtype
        As in :class:`~remy.layers.weights.RecurrentWeights`.
    return_sequences, return_state, go_backwards, stateful, dropout, recurrent_dropout, zero_output_for_mask
        As in :class:`~remy.layers.recurrent.Recurrent`.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used.

    References
    ----------
    J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990).

    Examples
    --------
    >>> import torch
    >>> from remy.layers import SimpleRNN
    >>> SimpleRNN(64, return_sequences=True)(torch.zeros(2, 5, 3)).shape
    torch.Size([2, 5, 64])
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        zero_output_for_mask: bool = False,
        input_size: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            _cell(activation),
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            zero_output_for_mask=zero_output_for_mask,
            input_size=input_size,
            device=device,
            dtype=dtype,
        )
        self.activation = activation

    def options(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        return {**super().options(), "activation": self.activation}


class SimpleRNNCell(StepCell):
    """One step of a simple recurrent layer; the parameters are those of :class:`SimpleRNN`.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import SimpleRNNCell
    >>> output, state = SimpleRNNCell(64)(torch.zeros(2, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 64]), 1)
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        input_size: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            _cell(activation),
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            input_size=input_size,
            device=device,
            dtype=dtype,
        )
        self.activation = activation
