"""The compiled core on torch tensors, below autograd."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor

from remy import _core
from remy.ops.arguments import Arguments
from remy.ops.cells import CELLS
from remy.ops.loop import check_lengths

# torch has brought OpenMP with it; two pools on one machine would fight (docs/decisions/0002).
_core.borrow_openmp()

_INDEX = {name: _core.cell_index(name) for name in CELLS}

# From here on the C library asks the system for fresh pages at every allocation: 128 KiB.
_POOLED_BYTES = 1 << 17


class Forward(NamedTuple):
    """What the forward pass fills.

    Attributes
    ----------
    outputs
        ``(T, B, H)``, or ``(B, T, H)`` where the inputs are batch-first.
    h, c
        Final states, ``(B, H)``.
    states
        As `outputs`: the carried states; the outputs themselves where these are the same.
    cells, gates
        ``(T, B, H)`` and ``(T, B, S, H)``.
    """

    outputs: Tensor
    h: Tensor
    c: Tensor | None
    states: Tensor | None
    cells: Tensor | None
    gates: Tensor | None


class Gradients(NamedTuple):
    """What the backward pass fills; what was not asked for is ``None``.

    Attributes
    ----------
    x, kernel, recurrent_kernel, bias, h0, c0
        Each with the shape of its argument.
    states, cells
        ``(T, B, H)``: what arrives at every ``h_t`` and ``c_t``.
    """

    x: Tensor | None
    kernel: Tensor | None
    recurrent_kernel: Tensor | None
    bias: Tensor | None
    h0: Tensor | None
    c0: Tensor | None
    states: Tensor | None
    cells: Tensor | None


class Arriving(NamedTuple):
    """Gradients that arrive from outside; ``None`` for zeros."""

    outputs: Tensor | None
    h: Tensor | None
    c: Tensor | None


def _empty(like: Tensor, *shape: int) -> Tensor:
    """Return an uncleared tensor; a large one from the memory that the core lends again."""
    count = prod(shape)
    if count * like.element_size() < _POOLED_BYTES:
        return like.new_empty(shape)
    pooled = _core.pooled if like.dtype == torch.float32 else _core.pooled64
    # Shaped before torch sees it: a tensor that is a view of another may not be changed in place.
    return torch.from_numpy(pooled(count).reshape(shape))


def run(a: Arguments, *, store: bool) -> Forward:
    """Run a sequence; what the way back reads is there only with `store`."""
    held, given = _for_core(a)
    steps, batch, units = a.steps, a.batch, a.units
    has_c, every = a.sizes.has_cell_state, a.outer_shape(units)
    outputs, h = _empty(a.x, *every), _empty(a.x, batch, units)
    c = _empty(a.x, batch, units) if has_c else None
    states = cells = gates = None
    if store:
        states = _empty(a.x, *every) if a.states_differ else outputs
        cells = _empty(a.x, steps, batch, units) if has_c else None
        gates = _empty(a.x, steps, batch, len(a.sizes.slots), units) if a.sizes.slots else None
    result = Forward(outputs, h, c, states, cells, gates)
    to = map(_address, (outputs, states, cells, gates, h, c))
    wrong: int = _core.sequence_forward(*given, *to)
    _refuse_length(a, wrong)
    del held
    return result


def run_back(
    a: Arguments, stored: tuple[Tensor | None, ...], arriving: Arriving, needs: list[bool], *, record: bool
) -> Gradients:
    """Go back from the gradients that arrive; `stored` are states, cells and gates of :class:`Forward`.

    `needs` says which of the gradients of x, kernel, recurrent kernel, bias, h0 and c0 are wanted, `record`
    whether those inside the sequence are.
    """
    held, given = _for_core(a)
    come, kept = _readable(arriving), _readable(stored)
    results = Gradients(
        *(
            _empty(a.x, *shape) if is_wanted else None
            for is_wanted, shape in zip(wanted(a, needs, record), gradient_shapes(a), strict=True)
        )
    )
    to = map(_address, results)
    wrong: int = _core.sequence_backward(*given, *map(_address, kept), *map(_address, come), *to)
    _refuse_length(a, wrong)
    del held
    return results


def wanted(a: Arguments, needs: list[bool], record: bool) -> list[bool]:
    """Return of each of :class:`Gradients` whether it is to be filled."""
    has_c = a.sizes.has_cell_state
    return [
        *needs[:3],
        needs[3] and a.bias is not None,
        needs[4],
        needs[5] and has_c,
        record,
        record and has_c,
    ]


def gradient_shapes(a: Arguments) -> list[tuple[int, ...]]:
    """Return the shapes of :class:`Gradients`."""
    inside, final = (a.steps, a.batch, a.units), (a.batch, a.units)
    weights = (tuple(a.kernel.shape), tuple(a.recurrent_kernel.shape), a.sizes.bias_shape(a.units))
    return [tuple(a.x.shape), *weights, final, final, inside, inside]


def _for_core(a: Arguments) -> tuple[list[Tensor | None], tuple[Any, ...]]:
    """Return the tensors to be held while the core runs, and what it is given of the arguments."""
    held = _readable(a.tensors)
    sizes = (a.steps, a.batch, a.x.shape[2], a.units)
    return held, (
        _INDEX[a.cell],
        a.x.dtype == torch.float64,
        *sizes,
        a.batch_first,
        a.reverse,
        a.zero_output,
        *map(_address, held),
    )


def _refuse_length(a: Arguments, row: int) -> None:
    """Raise the `ShapeError` of the row that the core has refused; -1 for none."""
    if row >= 0:
        assert a.lengths is not None
        check_lengths(a.sizes.family, a.lengths, a.steps)


def _readable(tensors: Iterable[Tensor | None]) -> list[Tensor | None]:
    """Return the tensors as the core reads memory: C-contiguous, no sign pending."""
    return [None if t is None else (t.resolve_neg() if t.is_neg() else t).contiguous() for t in tensors]


def _address(tensor: Tensor | None) -> int:
    return 0 if tensor is None or not tensor.numel() else tensor.data_ptr()
