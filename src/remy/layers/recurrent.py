"""One recurrent layer over sequences: dropout, carried state, and the call of the operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor

from remy import ops
from remy.errors import ShapeError
from remy.layers.checks import share
from remy.layers.initializers import Initializer
from remy.layers.sequence_layer import LayerState, SequenceLayer, Whole, expect_sequences
from remy.layers.weights import RecurrentWeights


class Recurrent(RecurrentWeights, SequenceLayer):
    """A recurrent layer: what `SimpleRNN`, `LSTM` and `GRU` share.

    Parameters
    ----------
    cell, units, use_bias, kernel_initializer, recurrent_initializer, bias_initializer, unit_forget_bias,
    input_size, \
device, dtype
        As in :class:`RecurrentWeights`.
    return_sequences, return_state, go_backwards
        As in :class:`SequenceLayer`.
    stateful
        Whether a call starts from the state where the last one ended; no gradient flows from call to call.
        ``torch.utils.checkpoint`` runs every call a second time, which would then start from where the first
        run ended, and gradients would be wrong: there, pass `initial_state` explicitly.
    dropout
        Share of input features dropped in training, one mask per row, held over time.
    recurrent_dropout
        Share of the state dropped in training where it enters the recurrent product, one mask per row, held
        over time (Y. Gal and Z. Ghahramani, NeurIPS 2016).
    zero_output_for_mask
        Whether outputs of masked steps are zero rather than the carried state.
    """

    def __init__(
        self,
        cell: str,
        units: int,
        *,
        use_bias: bool,
        kernel_initializer: Initializer,
        recurrent_initializer: Initializer,
        bias_initializer: Initializer,
        unit_forget_bias: bool = False,
        return_sequences: bool,
        return_state: bool,
        go_backwards: bool,
        stateful: bool,
        dropout: float,
        recurrent_dropout: float,
        zero_output_for_mask: bool,
        input_size: int | None,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> None:
        super().__init__(
            cell,
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
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.dropout = share(self.sizes.family, "dropout", dropout)
        self.recurrent_dropout = share(self.sizes.family, "recurrent_dropout", recurrent_dropout)
        self.zero_output_for_mask = zero_output_for_mask
        self._carried: tuple[Tensor, ...] | None = None

    @property
    def state_count(self) -> int:
        """Number of state tensors: 2 with a cell state, else 1."""
        return 2 if self.sizes.has_cell_state else 1

    def run(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None, state: LayerState | None
    ) -> Whole:
        """Compute everything; see :meth:`SequenceLayer.forward`."""
        expect_sequences(self.sizes.family, x, mask)
        kernel = self.kernel
        if x.shape[2] != kernel.shape[0]:
            self.expect_features(x.shape[2])
        x, held = self._drop(x)
        result = ops.sequence(
            x,
            kernel,
            self.recurrent_kernel,
            self.bias,
            cell=self.cell,
            initial_state=self._start(x, state),
            lengths=lengths,
            mask=mask,
            recurrent_dropout=held,
            batch_first=True,
            reverse=self.go_backwards,
            zero_output=self.zero_output_for_mask,
        )
        final = (result.h,) if result.c is None else (result.h, result.c)
        if self.stateful:
            # Copies, as the caller may write into what is returned.
            self._carried = tuple(t.detach().clone() for t in final)
        return Whole(outputs=result.outputs, last=result.h, state=final)

    def reset_state(self) -> None:
        """Forget the carried state; the next call starts from zeros."""
        self._carried = None

    def twin(self, **changes: Any) -> Self:
        """Return a new layer with the same options, but for `changes`, and weights of its own."""
        return type(self)(**{**self.options(), **changes})

    def options(self) -> dict[str, Any]:
        """Return the arguments that make such a layer."""
        names = (
            *("units", "use_bias", "kernel_initializer", "recurrent_initializer", "bias_initializer"),
            *("return_sequences", "return_state", "go_backwards", "stateful"),
            *("dropout", "recurrent_dropout", "zero_output_for_mask", "input_size"),
        )
        weights = {"device": self.recurrent_kernel.device, "dtype": self.recurrent_kernel.dtype}
        return {**{name: getattr(self, name) for name in names}, **weights}

    def expect_batch(self, x: Tensor) -> None:
        """Raise a `ShapeError` unless `x` is ``(B, T, I)``."""
        expect_sequences(self.sizes.family, x, None)

    def _start(self, x: Tensor, state: LayerState | None) -> LayerState | None:
        if state is not None or not self.stateful or self._carried is None:
            return state
        carried = self._carried[0].shape[0]
        if carried != x.shape[0]:
            raise ShapeError(
                f"{self.sizes.family}: expected B = {carried} rows to go with the carried state, "
                f"got {x.shape[0]}; call reset_state() first."
            )
        if torch.compiler.is_compiling():  # torch.compile cannot trace the question below
            return self._carried
        if self._carried[0].is_inference() and not torch.is_inference_mode_enabled():
            # Made under inference mode; autograd saves only copies made outside it.
            self._carried = tuple(t.clone() for t in self._carried)
        return self._carried

    def _drop(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the inputs with features dropped, and the factors of the state; in training only."""
        if not self.training:
            return x, None
        if self.dropout:
            x = x * _factors(x.new_empty(x.shape[0], 1, x.shape[2]), self.dropout)
        if not self.recurrent_dropout:
            return x, None
        return x, _factors(self.recurrent_kernel.new_empty(x.shape[0], self.units), self.recurrent_dropout)


def _factors(like: Tensor, rate: float) -> Tensor:
    """Return 0 with probability `rate`, else ``1 / (1 - rate)``."""
    return torch.nn.functional.dropout(torch.ones_like(like, requires_grad=False), rate)
