"""Random tensors for one call of a sequence."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from remy.ops import CELLS

T, B, F, H = 5, 4, 3, 6


def tensors(cell: str, *, dtype: torch.dtype = torch.float64, grad: bool = False) -> dict[str, Any]:
    """Return positional tensors and the initial state by name, distinct for every gate."""
    generator = torch.Generator().manual_seed(3)
    sizes = CELLS[cell]
    gates = len(sizes.gates)

    def normal(*shape: int) -> Tensor:
        drawn = torch.randn(*shape, generator=generator, dtype=torch.float64) * 0.7
        return drawn.to(dtype).requires_grad_(grad)

    state = (normal(B, H), normal(B, H)) if sizes.has_cell_state else normal(B, H)
    return {
        "x": normal(T, B, F),
        "kernel": normal(F, gates * H),
        "recurrent_kernel": normal(H, gates * H),
        "bias": normal(*sizes.bias_shape(H)),
        "initial_state": state,
    }


def flat(given: dict[str, Any]) -> list[Tensor]:
    """Return every tensor of :func:`tensors` in one list."""
    state = given["initial_state"]
    parts = list(state) if isinstance(state, tuple) else [state]
    return [given["x"], given["kernel"], given["recurrent_kernel"], given["bias"], *parts]


def unflat(cell: str, parts: tuple[Tensor, ...]) -> dict[str, Any]:
    """Undo :func:`flat`."""
    state = tuple(parts[4:]) if CELLS[cell].has_cell_state else parts[4]
    names = ("x", "kernel", "recurrent_kernel", "bias")
    return {**dict(zip(names, parts[:4], strict=True)), "initial_state": state}


#: Masks with gaps, a row without any step and a full one, ``(T, B)``; and lengths.
MASK = torch.tensor([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1]], dtype=torch.bool)
LENGTHS = torch.tensor([5, 0, 3, 2])
DROPOUT = torch.tensor([[0.0, 2.0, 2.0, 0.0, 2.0, 2.0]]).repeat(B, 1)
