"""Layers one after the other, with masks that find their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from remy.errors import UsageError
from remy.layers.bidirectional import Bidirectional
from remy.layers.embedding import Embedding
from remy.layers.sequence_layer import SequenceLayer, valid_steps
from remy.ops.arguments import as_tensor


class Sequential(torch.nn.Module):
    """Layers one after the other: Remy's, and any torch module of one input.

    Lengths and masks go to every recurrent layer until one of them returns no sequence; an `Embedding` with
    `mask_zero` adds its own.

    Parameters
    ----------
    layers
        The layers, the first first. A `Sequential` among them is taken apart: its layers stand in its place.

    Raises
    ------
    UsageError
        If there is no layer, one but the last returns more than one tensor, or one is a kind of `Sequential`
        with a `forward` of its own, which could not hand lengths and masks on.

    Examples
    --------
    >>> import torch, remy
    >>> model = remy.Sequential([remy.layers.Bidirectional(remy.layers.LSTM(64)), remy.layers.Dense(2)])
    >>> model(torch.zeros(4, 7, 3), lengths=[7, 2, 5, 1]).shape
    torch.Size([4, 2])
    """

    def __init__(self, layers: Iterable[torch.nn.Module]) -> None:
        super().__init__()
        for number, layer in enumerate(_flat(layers)):
            self.add_module(str(number), layer)
        if not len(self):
            raise UsageError("sequential: expected at least one layer, got none.")
        for number, layer in enumerate(list(self)[:-1]):
            if _returns_many(layer):
                raise UsageError(
                    "sequential: expected every layer but the last to return one tensor, got a "
                    f"{type(layer).__name__} that returns more at place {number}; leave return_state and "
                    "merge_mode as they are by default."
                )

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[torch.nn.Module]:
        return (layer for layer in self._modules.values() if layer is not None)

    def __getitem__(self, index: int) -> torch.nn.Module:
        return list(self)[index]

    def forward(
        self, x: Tensor, *, lengths: Tensor | Sequence[int] | None = None, mask: Tensor | None = None
    ) -> Any:
        """Run all layers.

        Parameters
        ----------
        x
            What the first layer takes.
        lengths
            Number of steps of every row, ``(B,)``; ``None`` where all rows are full.
        mask
            ``(B, T)`` bool, true where a step counts.

        Returns
        -------
        Tensor
            What the last layer returns.
        """
        mask = as_tensor("mask", mask, x.device)
        for layer in self:
            if isinstance(layer, SequenceLayer):
                y = layer(x, lengths=lengths, mask=mask)
                if not layer.return_sequences:
                    lengths, mask = None, None
                elif layer.returns_reversed:
                    valid = valid_steps(x, lengths, mask)
                    lengths, mask = None, None if valid is None else valid.flip(1)
                x = y
            else:
                if isinstance(layer, Embedding) and layer.mask_zero:
                    found = layer.compute_mask(x)
                    mask = found if mask is None or found is None else mask & found
                x = layer(x)
        return x

    def reset_state(self) -> None:
        """Forget the carried states of all stateful layers."""
        for layer in self:
            if isinstance(layer, SequenceLayer):
                layer.reset_state()


def _flat(layers: Iterable[torch.nn.Module]) -> Iterator[torch.nn.Module]:
    for layer in layers:
        if not isinstance(layer, Sequential):
            yield layer
        elif type(layer).forward is Sequential.forward:
            yield from layer
        else:
            raise UsageError(
                "sequential: expected layers or a plain Sequential, got a "
                f"{type(layer).__name__} with a forward of its own; lengths and masks would be lost there."
            )


def _returns_many(layer: torch.nn.Module) -> bool:
    unmerged = isinstance(layer, Bidirectional) and layer.merge_mode is None
    return unmerged or (isinstance(layer, SequenceLayer) and layer.return_state)
