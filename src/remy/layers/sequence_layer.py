"""What every layer over sequences shares: Keras's rules of what a call returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from remy.errors import ShapeError
from remy.ops.arguments import as_tensor

#: The state of a layer: tensors ``(B, H)`` in Keras's order, for stacked layers one such sequence a layer.
LayerState = Tensor | Sequence[Any]


class Whole(NamedTuple):
    """Everything a layer computed, whatever its options say it returns.

    Attributes
    ----------
    outputs
        ``(B, T, F)``, every output at the time of its input.
    last
        ``(B, F)``: the output after the last valid step in the order of processing.
    state
        Final states in Keras's order.
    """

    outputs: Any
    last: Any
    state: Any


class SequenceLayer(torch.nn.Module):
    """A layer over sequences ``(B, T, F)``, with Keras's options of what a call returns.

    Attributes
    ----------
    return_sequences
        Whether the output of every step is returned rather than the last one.
    return_state
        Whether the final states follow the output.
    go_backwards
        Whether time runs backwards; outputs are then returned in that order, the last step's first.
    """

    return_sequences: bool
    return_state: bool
    go_backwards: bool

    @property
    def returns_reversed(self) -> bool:
        """Whether returned sequences stand in the reverse order of the inputs."""
        return self.go_backwards

    def run(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None, state: LayerState | None
    ) -> Whole:
        """Compute everything."""
        raise NotImplementedError

    def reset_state(self) -> None:
        """Forget the state that a stateful layer carries from call to call."""
        raise NotImplementedError

    def forward(
        self,
        x: Tensor,
        *,
        lengths: Tensor | Sequence[int] | None = None,
        mask: Tensor | None = None,
        initial_state: LayerState | None = None,
        whole: bool = False,
    ) -> Any:
        """Run the layer over a batch of sequences.

        Parameters
        ----------
        x
            Inputs, ``(B, T, I)``.
        lengths
            Number of steps of every row, ``(B,)``; ``None`` where all rows are full.
        mask
            ``(B, T)`` bool, true where a step counts; gaps and left padding are allowed.
        initial_state
            State to start from, as an earlier call with `return_state` gave it; ``None`` for zeros, or for
            the carried state of a stateful layer.
        whole
            For layers around this one: return a `Whole` instead.

        Returns
        -------
        Tensor or tuple
            Outputs ``(B, T, F)`` with `return_sequences`, else the last ``(B, F)``; with `return_state` a
            tuple of it and the final states.

        Raises
        ------
        ShapeError
            If an argument's shape or dtype does not fit.
        """
        result = self.run(x, lengths, as_tensor("mask", mask, x.device), initial_state)
        return result if whole else self.answer(result)

    def answer(self, result: Whole) -> Any:
        """Return of `result` what the layer's options say."""
        output = result.last
        if self.return_sequences:
            output = result.outputs.flip(1) if self.go_backwards else result.outputs
        return (output, *result.state) if self.return_state else output


def valid_steps(x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None) -> Tensor | None:
    """Return ``(B, T)``, true where a step counts, or ``None`` where all do."""
    if lengths is None:
        return mask
    given = torch.as_tensor(lengths, device=x.device)
    inside = torch.arange(x.shape[1], device=x.device)[None, :] < given[:, None]
    return inside if mask is None else inside & mask


def expect_sequences(layer: str, x: Tensor, mask: Tensor | None) -> None:
    """Raise a `ShapeError` unless `x` is ``(B, T, I)`` of a floating dtype and `mask` ``(B, T)``."""
    if x.dim() != 3:
        raise ShapeError(
            f"{layer}: expected inputs of shape (B, T, I), got {tuple(x.shape)}; "
            "rows come first, then steps, then features."
        )
    if not x.is_floating_point():
        dtype = str(x.dtype).removeprefix("torch.")
        raise ShapeError(f"{layer}: expected inputs of a floating dtype, got {dtype}; pass x.float().")
    if mask is not None and tuple(mask.shape) != (x.shape[0], x.shape[1]):
        raise ShapeError(
            f"{layer}: expected mask of shape (B, T) = {(x.shape[0], x.shape[1])}, got {tuple(mask.shape)}; "
            "true where a step counts."
        )
