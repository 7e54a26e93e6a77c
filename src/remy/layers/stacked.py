"""Recurrent layers one on the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from remy.errors import ShapeError, UsageError
from remy.layers.bidirectional import Bidirectional
from remy.layers.checks import share
from remy.layers.recurrent import Recurrent
from remy.layers.sequence_layer import (
    LayerState,
    SequenceLayer,
    Whole,
    expect_sequences,
    valid_steps,
)


class Stacked(SequenceLayer):
    """Recurrent layers one on the other; every layer hands all its outputs to the next.

    What a call returns is said by the options of the last layer; those of the others do not count here.
    States are a list with one tuple a layer, going in and coming out.

    Parameters
    ----------
    layers
        `SimpleRNN`, `LSTM`, `GRU` or `Bidirectional` layers, the lowest first.
    residual
        Whether a layer whose output is as wide as its input adds the input to it,
        ``x_{k+1} = x_k + layer_k(x_k)``.
    dropout
        Share of values dropped in training between the layers, anew at every step; with `residual` only on
        the way into the layer.

    Raises
    ------
    UsageError
        If there is no layer, or one that cannot be stacked.

    References
    ----------
    Dropout: W. Zaremba, I. Sutskever and O. Vinyals, arXiv:1409.2329 (2014).

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM, Stacked
    >>> stack = Stacked([LSTM(8), LSTM(8, return_sequences=True, return_state=True)], residual=True)
    >>> outputs, states = stack(torch.zeros(2, 5, 3))
    >>> outputs.shape, len(states), len(states[0])
    (torch.Size([2, 5, 8]), 2, 2)
    """

    go_backwards = False

    def __init__(
        self, layers: Iterable[Recurrent | Bidirectional], *, residual: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(layers)
        self.residual = residual
        self.dropout = share("stacked", "dropout", dropout)
        if not len(self.layers):
            raise UsageError("stacked: expected at least one layer, got none.")
        for layer in self.layers:
            self._expect_stackable(layer)

    def _expect_stackable(self, layer: torch.nn.Module) -> None:
        if not isinstance(layer, Recurrent | Bidirectional):
            raise UsageError(
                "stacked: expected SimpleRNN, LSTM, GRU or Bidirectional layers, "
                f"got {type(layer).__name__}; Sequential takes layers of any kind."
            )
        if isinstance(layer, Bidirectional) and layer.merge_mode is None:
            raise UsageError(
                "stacked: expected layers with one output, got Bidirectional with merge_mode None."
            )
        if self.residual and layer.go_backwards:
            raise UsageError(
                "stacked: expected layers in forward time with residual=True, got go_backwards=True; "
                "Bidirectional reads in both directions."
            )

    @property
    def return_sequences(self) -> bool:  # type: ignore[override]
        """As of the last layer."""
        return self._each()[-1].return_sequences

    @property
    def return_state(self) -> bool:  # type: ignore[override]
        """As of the last layer."""
        return self._each()[-1].return_state

    @property
    def returns_reversed(self) -> bool:
        """Whether an odd number of layers turn time round."""
        return sum(layer.go_backwards for layer in self._each()) % 2 == 1

    def run(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None, state: LayerState | None
    ) -> Whole:
        """Compute everything; see :meth:`SequenceLayer.forward`."""
        expect_sequences("stacked", x, mask)
        states = self._split(state)
        after: list[Any] = []
        last = x
        for number, layer in enumerate(self._each()):
            dropped = torch.nn.functional.dropout(x, self.dropout, self.training and number > 0)
            result: Whole = layer(
                dropped, lengths=lengths, mask=mask, initial_state=states[number], whole=True
            )
            after.append(result.state)
            if self.residual and result.outputs.shape[2] == x.shape[2]:
                valid = valid_steps(x, lengths, mask)
                kept = x if valid is None else torch.where(valid[..., None], x, 0)
                result = Whole(
                    result.outputs + kept, result.last + _at_the_end(layer, kept, valid), result.state
                )
            x, last = result.outputs, result.last
            if layer.go_backwards:
                # The next layer reads the outputs in the order in which this one gave them.
                x = x.flip(1)
                mask = valid_steps(x, lengths, mask)
                mask, lengths = None if mask is None else mask.flip(1), None
        return Whole(outputs=x, last=last, state=after)

    def answer(self, result: Whole) -> Any:
        """Return of `result` what the options of the last layer say."""
        output = result.outputs if self.return_sequences else result.last
        return (output, result.state) if self.return_state else output

    def reset_state(self) -> None:
        """Forget the carried states of all layers."""
        for layer in self._each():
            layer.reset_state()

    def _each(self) -> list[Recurrent | Bidirectional]:
        return cast("list[Recurrent | Bidirectional]", list(self.layers))

    def _split(self, state: LayerState | None) -> Sequence[Any]:
        if state is None:
            return [None] * len(self.layers)
        if isinstance(state, Tensor) or len(state) != len(self.layers):
            got = "one tensor" if isinstance(state, Tensor) else f"a sequence of {len(state)}"
            raise ShapeError(
                f"stacked: expected initial state as a sequence of {len(self.layers)}, one entry a layer, "
                f"got {got}; pass None for zeros."
            )
        return state


def _at_the_end(layer: torch.nn.Module, x: Tensor, valid: Tensor | None) -> Tensor:
    """Return ``(B, F)``: each row's input that the layer reads last; zero where no step is valid."""
    first, last = _edges(x, valid)
    if isinstance(layer, Bidirectional) and layer.merge_mode == "concat":
        width: int = layer.forward_layer.units
        return torch.cat([last[:, :width], first[:, width:]], dim=1)
    return last


def _edges(x: Tensor, valid: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return each row's first and last valid input, ``(B, F)``."""
    batch, steps, width = x.shape
    if not steps:
        return x.new_zeros(batch, width), x.new_zeros(batch, width)
    if valid is None:
        return x[:, 0], x[:, -1]
    rows = torch.arange(batch, device=x.device)
    first = valid.int().argmax(dim=1)
    last = steps - 1 - valid.flip(1).int().argmax(dim=1)
    return x[rows, first], x[rows, last]
