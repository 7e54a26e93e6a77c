"""The compiled core as torch operators: `remy::sequence` and `remy::sequence_backward`.

Both are functional and return a fixed number of tensors; one that does not apply or was not asked for has no
elements. Callers go through :func:`forward` and :func:`backward`, which put that right.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from remy import _core
from remy.errors import RemyError
from remy.ops.arguments import Arguments
from remy.ops.loop import check_lengths

# torch has brought OpenMP with it; two pools on one machine would fight (docs/decisions/0002).
_core.borrow_openmp()

_SCHEMA = (
    "(str cell, Tensor x, Tensor kernel, Tensor recurrent_kernel, Tensor? bias, Tensor? h0, Tensor? c0, "
    "Tensor? lengths, Tensor? mask, Tensor? recurrent_dropout, bool reverse, bool zero_output, "
)
_FORWARD_SCHEMA = _SCHEMA + "bool store) -> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)"
_BACKWARD_SCHEMA = _SCHEMA + (
    "Tensor states, Tensor cells, Tensor gates, Tensor? d_outputs, Tensor? d_h, Tensor? d_c, bool[] needs, "
    "bool record) -> (Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor)"
)


def forward(a: Arguments, *, store: bool) -> tuple[Tensor, ...]:
    """Return outputs, h, c, states, cells, gates; the last three only with `store`, else without elements."""
    outputs, h, c, states, cells, gates = _sequence(*a, store)
    return outputs, h, c, states if a.states_differ else outputs, cells, gates


def backward(
    a: Arguments,
    states: Tensor,
    cells: Tensor,
    gates: Tensor,
    d_outputs: Tensor | None,
    d_h: Tensor | None,
    d_c: Tensor | None,
    *,
    needs: list[bool],
    record: bool,
) -> tuple[Tensor, ...]:
    """Return the gradients of x, kernel, recurrent kernel, bias, h0 and c0 and those at every h_t and c_t."""
    result: tuple[Tensor, ...] = _sequence_backward(
        *a, states, cells, gates, d_outputs, d_h, d_c, needs, record
    )
    return result


def _forward_results(a: Arguments, store: bool) -> tuple[Tensor, ...]:
    """Return the tensors that forward fills, not yet filled."""
    steps, batch, units = a.x.shape[0], a.x.shape[1], a.recurrent_kernel.shape[0]
    has_c, new = a.sizes.has_cell_state, a.x.new_empty
    return (
        new(steps, batch, units),
        new(batch, units),
        new(batch, units) if has_c else new(0),
        new(steps, batch, units) if store and a.states_differ else new(0),
        new(steps, batch, units) if store and has_c else new(0),
        new(steps, batch, len(a.sizes.slots), units) if store else new(0),
    )


def _backward_results(a: Arguments, needs: list[bool], record: bool) -> list[tuple[bool, Tensor]]:
    """Return the tensors that backward fills, not yet filled, each with whether it is wanted."""
    steps, batch, units = a.x.shape[0], a.x.shape[1], a.recurrent_kernel.shape[0]
    has_c = a.sizes.has_cell_state
    results = [
        (needs[0], tuple(a.x.shape)),
        (needs[1], tuple(a.kernel.shape)),
        (needs[2], tuple(a.recurrent_kernel.shape)),
        (needs[3], a.sizes.bias_shape(units)),
        (needs[4], (batch, units)),
        (needs[5] and has_c, (batch, units)),
        (record, (steps, batch, units)),
        (record and has_c, (steps, batch, units)),
    ]
    return [(wanted, a.x.new_empty(shape if wanted else (0,))) for wanted, shape in results]


@torch.library.custom_op("remy::sequence", mutates_args=(), device_types="cpu", schema=_FORWARD_SCHEMA)
def _sequence(*given: Any) -> tuple[Tensor, ...]:
    a, store = Arguments(*given[:12]), given[12]
    if a.lengths is not None:
        check_lengths(a.sizes.family, a.lengths, a.x.shape[0])
    results = _forward_results(a, store)
    outputs, h, c, states, cells, gates = (_array(t) for t in results)
    has_c = a.sizes.has_cell_state
    core: Any = _core  # its overloads tell two dtypes apart that one Tensor type covers
    core.sequence_forward(
        *_for_core(a),
        outputs,
        (states if a.states_differ else outputs) if store else None,
        cells if store and has_c else None,
        gates if store else None,
        h,
        c if has_c else None,
    )
    return results


@_sequence.register_fake
def _sequence_fake(*given: Any) -> tuple[Tensor, ...]:
    return _forward_results(Arguments(*given[:12]), given[12])


@torch.library.custom_op(
    "remy::sequence_backward", mutates_args=(), device_types="cpu", schema=_BACKWARD_SCHEMA
)
def _sequence_backward(*given: Any) -> tuple[Tensor, ...]:
    a = Arguments(*given[:12])
    states, cells, gates, d_outputs, d_h, d_c = (_array(t) for t in given[12:18])
    results = _backward_results(a, given[18], given[19])
    has_c = a.sizes.has_cell_state
    core: Any = _core
    core.sequence_backward(
        *_for_core(a),
        states,
        cells if has_c else None,
        gates,
        d_outputs,
        d_h,
        d_c if has_c else None,
        *(_array(t) if wanted else None for wanted, t in results),
    )
    return tuple(t for _, t in results)


@_sequence_backward.register_fake
def _sequence_backward_fake(*given: Any) -> tuple[Tensor, ...]:
    return tuple(t for _, t in _backward_results(Arguments(*given[:12]), given[18], given[19]))


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    a, store = Arguments(*inputs[:12]), inputs[12]
    outputs, _, _, states, cells, gates = output
    ctx.set_materialize_grads(False)
    ctx.mark_non_differentiable(states, cells, gates)
    ctx.stored, ctx.cell, ctx.reverse, ctx.zero_output = store, a.cell, a.reverse, a.zero_output
    if store:
        ctx.save_for_backward(*a[1:10], states if a.states_differ else outputs, cells, gates)


def _go_back(
    ctx: Any, d_outputs: Tensor | None, d_h: Tensor | None, d_c: Tensor | None, *_: Any
) -> tuple[Any, ...]:
    if not ctx.stored:
        raise RemyError("remy::sequence: nothing was stored for the backward pass; pass store=True.")
    saved: list[Any] = list(ctx.saved_tensors)
    states, cells, gates = saved[9:]
    a = Arguments(*[ctx.cell, *saved[:9], ctx.reverse, ctx.zero_output])
    needs = [bool(needed) for needed in ctx.needs_input_grad[1:7]]
    gradients = backward(a, states, cells, gates, d_outputs, d_h, d_c, needs=needs, record=False)
    wanted = (g if needed else None for g, needed in zip(gradients, needs, strict=False))
    return (None, *wanted, None, None, None, None, None, None)


def _refuse_to_go_back_twice(ctx: Any, *_: Any) -> tuple[Any, ...]:
    raise RemyError(
        "remy::sequence: the compiled kernel has no second derivative; "
        "run the forward pass under remy.ops.force_loop()."
    )


_sequence.register_autograd(_go_back, setup_context=_keep)
_sequence_backward.register_autograd(_refuse_to_go_back_twice)


def _for_core(a: Arguments) -> tuple[Any, ...]:
    return (a.cell, *(_array(t) for t in a[1:10]), a.reverse, a.zero_output)


def _array(tensor: Tensor | None) -> Any:
    """Return the tensor's memory as a C-contiguous array; a copy only where it is not contiguous."""
    return None if tensor is None else tensor.detach().contiguous().numpy()
