"""A layer that reads every sequence in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from remy.errors import ShapeError, UsageError, choice
from remy.layers.recurrent import Recurrent
from remy.layers.sequence_layer import LayerState, SequenceLayer, Whole

MERGE_MODES = ("concat", "sum", "mul", "ave")


class Bidirectional(SequenceLayer):
    """Runs one layer forwards and a second one backwards, and merges what they return.

    Outputs of both stand at the time of their input. Under masks, lengths and left padding each direction
    ends at the last step that is valid in its own order.

    Parameters
    ----------
    layer
        The layer for the forward direction; its options say what a call returns.
    merge_mode
        How both outputs become one: ``concat`` (features side by side), ``sum``, ``mul``, ``ave``, or
        ``None`` for both as a tuple.
    backward_layer
        The layer for the other direction; by default a new one with the options of `layer` and weights of its
        own.

    Raises
    ------
    UsageError
        If `merge_mode` is none of these, or the two layers' options do not fit.

    References
    ----------
    M. Schuster and K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal
    Processing 45 (1997).

    Examples
    --------
    >>> import torch
    >>> from remy.layers import LSTM, Bidirectional
    >>> output, *state = Bidirectional(LSTM(64, return_state=True))(torch.zeros(2, 5, 3))
    >>> output.shape, len(state)
    (torch.Size([2, 128]), 4)
    """

    def __init__(
        self, layer: Recurrent, *, merge_mode: str | None = "concat", backward_layer: Recurrent | None = None
    ) -> None:
        super().__init__()
        for given in (layer, backward_layer):
            if given is not None and not isinstance(given, Recurrent):
                raise UsageError(
                    f"bidirectional: expected a SimpleRNN, LSTM or GRU layer, got {type(given).__name__}."
                )
        if merge_mode is not None:
            choice("bidirectional merge_mode", merge_mode, MERGE_MODES)
        self.merge_mode = merge_mode
        self.forward_layer = layer
        self.backward_layer = backward_layer or layer.twin(go_backwards=not layer.go_backwards)
        self._expect_a_pair()

    def _expect_a_pair(self) -> None:
        first, second = self.forward_layer, self.backward_layer
        for name in ("return_sequences", "return_state", "stateful", "zero_output_for_mask"):
            if getattr(first, name) != getattr(second, name):
                raise UsageError(
                    f"bidirectional: expected the same {name} of both layers, got {getattr(first, name)} and "
                    f"{getattr(second, name)}."
                )
        if first.go_backwards == second.go_backwards:
            raise UsageError(
                "bidirectional: expected layers of opposite directions, got go_backwards="
                f"{first.go_backwards} of both."
            )
        if self.merge_mode not in (None, "concat") and first.units != second.units:
            raise UsageError(
                f"bidirectional: expected the same units of both layers for merge_mode '{self.merge_mode}', "
                f"got {first.units} and {second.units}; merge_mode 'concat' takes both."
            )

    @property
    def return_sequences(self) -> bool:  # type: ignore[override]
        """As of the forward layer."""
        return self.forward_layer.return_sequences

    @property
    def return_state(self) -> bool:  # type: ignore[override]
        """As of the forward layer."""
        return self.forward_layer.return_state

    @property
    def go_backwards(self) -> bool:  # type: ignore[override]
        """As of the forward layer."""
        return self.forward_layer.go_backwards

    @property
    def units(self) -> int:
        """Width of the merged output."""
        first, second = self.forward_layer.units, self.backward_layer.units
        return first + second if self.merge_mode == "concat" else first

    def run(
        self, x: Tensor, lengths: Tensor | Sequence[int] | None, mask: Tensor | None, state: LayerState | None
    ) -> Whole:
        """Compute everything; see :meth:`SequenceLayer.forward`."""
        first_state, second_state = self._split(state)
        options = {"lengths": lengths, "mask": mask, "whole": True}
        first: Whole = self.forward_layer(x, initial_state=first_state, **options)
        second: Whole = self.backward_layer(x, initial_state=second_state, **options)
        return Whole(
            outputs=self._merge(first.outputs, second.outputs),
            last=self._merge(first.last, second.last),
            state=(*first.state, *second.state),
        )

    def answer(self, result: Whole) -> Any:
        """Return of `result` what the layer's options say; without merging both outputs come first."""
        if self.merge_mode is not None:
            return super().answer(result)
        outputs = result.outputs if self.return_sequences else result.last
        if self.return_sequences and self.go_backwards:
            outputs = tuple(output.flip(1) for output in outputs)
        return (*outputs, *result.state) if self.return_state else outputs

    def reset_state(self) -> None:
        """Forget the carried states of both directions."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def _split(self, state: LayerState | None) -> tuple[LayerState | None, LayerState | None]:
        if state is None:
            return None, None
        first = self.forward_layer.state_count
        wanted = first + self.backward_layer.state_count
        if isinstance(state, Tensor) or len(state) != wanted:
            got = "one tensor" if isinstance(state, Tensor) else f"a sequence of {len(state)}"
            raise ShapeError(
                f"bidirectional: expected initial state of {wanted} tensors, the forward direction's first, "
                f"got {got}; pass None for zeros."
            )
        return state[:first], state[first:]

    def _merge(self, first: Tensor, second: Tensor) -> Any:
        return (first, second) if self.merge_mode is None else merged(first, second, mode=self.merge_mode)


def merged(first: Tensor, second: Tensor, *, mode: str) -> Tensor:
    """Return the outputs of both directions as one.

    Parameters
    ----------
    first, second
        ``(..., H)``; of the same H but for ``concat``.
    mode
        ``concat`` (features side by side), ``sum``, ``mul`` or ``ave``.

    Raises
    ------
    UsageError
        If `mode` is none of these.

    Examples
    --------
    >>> merged(torch.tensor([1.0]), torch.tensor([3.0]), mode="ave")
    tensor([2.])
    """
    choice("bidirectional merge_mode", mode, MERGE_MODES)
    if mode == "concat":
        return torch.cat([first, second], dim=-1)
    if mode == "mul":
        return first * second
    return first + second if mode == "sum" else (first + second) / 2
