"""The long short-term memory layer and its cell."""

from __future__ import annotations

from typing import Any

import torch

from remy.layers.checks import only
from remy.layers.initializers import Initializer
from remy.layers.recurrent import Recurrent
from remy.layers.step_cell import StepCell

_REMEDY = "the compiled cell has no other"


class LSTM(Recurrent):
    """Long short-term memory layer; the equations stand in ``remy.reference.lstm``.

    Parameters
    ----------
    units
        Number of units H.
    activation, recurrent_activation
        ``tanh`` and ``sigmoid``: the kernels have these.
    unit_forget_bias
        Whether the bias of the forget gate starts at 1.
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
    S. Hochreiter and J. Schmidhuber, Neural Computation 9 (1997); F. Gers et al., Neural Computation 12
    (2000).

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM
    >>> output, *state = LSTM(64, return_state=True)(torch.zeros(2, 5, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 64]), 2)
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        unit_forget_bias: bool = True,
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
            "lstm",
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
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
        self.activation = only("lstm", "activation", activation, "tanh", _REMEDY)
        self.recurrent_activation = only(
            "lstm", "recurrent_activation", recurrent_activation, "sigmoid", _REMEDY
        )

    def options(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        return {
            **super().options(),
            "activation": self.activation,
            "recurrent_activation": self.recurrent_activation,
            "unit_forget_bias": self.unit_forget_bias,
        }


class LSTMCell(StepCell):
    """One step of an LSTM layer; the parameters are those of :class:`LSTM`.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTMCell
    >>> output, state = LSTMCell(64)(torch.zeros(2, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 64]), 2)
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        unit_forget_bias: bool = True,
        input_size: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            "lstm",
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            input_size=input_size,
            device=device,
            dtype=dtype,
        )
        self.activation = only("lstm", "activation", activation, "tanh", _REMEDY)
        self.recurrent_activation = only(
            "lstm", "recurrent_activation", recurrent_activation, "sigmoid", _REMEDY
        )
