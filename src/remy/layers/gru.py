"""The gated recurrent unit layer and its cell."""

from __future__ import annotations

from typing import Any

import torch

from remy.layers.checks import only
from remy.layers.initializers import Initializer
from remy.layers.recurrent import Recurrent
from remy.layers.step_cell import StepCell

_REMEDY = "the compiled cell has no other"


def _cell(reset_after: bool) -> str:
    return "gru_reset_after" if reset_after else "gru_reset_before"


class GRU(Recurrent):
    """Gated recurrent unit layer; the equations stand in ``remy.reference``, one file for each form.

    Parameters
    ----------
    units
        Number of units H.
    activation, recurrent_activation
        ``tanh`` and ``sigmoid``: the kernels have these.
    reset_after
        Whether the reset gate scales the recurrent product (as Keras and cuDNN do; the bias is ``(2, 3*H)``)
        rather than the state before it (as first published).
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
    K. Cho et al., EMNLP 2014.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import GRU
    >>> output, *state = GRU(64, return_state=True)(torch.zeros(2, 5, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 64]), 1)
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        reset_after: bool = True,
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
            _cell(reset_after),
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
        self.activation = only("gru", "activation", activation, "tanh", _REMEDY)
        self.recurrent_activation = only(
            "gru", "recurrent_activation", recurrent_activation, "sigmoid", _REMEDY
        )
        self.reset_after = reset_after

    def options(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        return {
            **super().options(),
            "activation": self.activation,
            "recurrent_activation": self.recurrent_activation,
            "reset_after": self.reset_after,
        }


class GRUCell(StepCell):
    """One step of a GRU layer; the parameters are those of :class:`GRU`.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import GRUCell
    >>> output, state = GRUCell(64)(torch.zeros(2, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 64]), 1)
    """

    def __init__(
        self,
        units: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        reset_after: bool = True,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        recurrent_initializer: Initializer = "orthogonal",
        bias_initializer: Initializer = "zeros",
        input_size: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            _cell(reset_after),
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            input_size=input_size,
            device=device,
            dtype=dtype,
        )
        self.activation = only("gru", "activation", activation, "tanh", _REMEDY)
        self.recurrent_activation = only(
            "gru", "recurrent_activation", recurrent_activation, "sigmoid", _REMEDY
        )
        self.reset_after = reset_after
