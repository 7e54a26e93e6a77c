"""The core as operators of torch: what `torch.compile` and `torch.export` see of a sequence.

``remy::sequence`` and ``remy::sequence_backward`` are functional and return a fixed number of tensors; one
that does not apply or was not asked for has no elements. Anybody may call them, so they check what they get.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from remy.errors import RemyError, ShapeError
from remy.ops import core
from remy.ops.arguments import Arguments

_ARGUMENTS = (
    "str cell, Tensor x, Tensor kernel, Tensor recurrent_kernel, Tensor? bias, Tensor? h0, Tensor? c0, "
    "Tensor? lengths, Tensor? mask, Tensor? recurrent_dropout, "
    "bool batch_first, bool reverse, bool zero_output"
)
_SCHEMAS = (
    f"sequence({_ARGUMENTS}, bool store) -> ({', '.join(['Tensor'] * 6)})",
    f"sequence_backward({_ARGUMENTS}, Tensor states, Tensor cells, Tensor gates, Tensor? d_outputs, "
    f"Tensor? d_h, Tensor? d_c, bool[] needs, bool record) -> ({', '.join(['Tensor'] * 8)})",
)
_COUNT = len(Arguments._fields)


def sequence(a: Arguments, *, store: bool) -> core.Forward:
    """Run a sequence by its operator."""
    outputs, h, c, states, cells, gates = torch.ops.remy.sequence(*a, store)
    has_c = a.sizes.has_cell_state
    states = states if a.states_differ else outputs
    return core.Forward(outputs, h, c if has_c else None, states, cells if has_c else None, gates)


def sequence_backward(
    a: Arguments,
    stored: tuple[Tensor | None, ...],
    arriving: core.Arriving,
    needs: list[bool],
    *,
    record: bool,
) -> core.Gradients:
    """Go back by the operator; arguments as of :func:`remy.ops.core.run_back`."""
    given = (a.x.new_empty(0) if t is None else t for t in stored)
    results = torch.ops.remy.sequence_backward(*a, *given, *arriving, needs, record)
    wanted = core.wanted(a, needs, record)
    return core.Gradients(*(t if w else None for t, w in zip(results, wanted, strict=True)))


def _filled(results: tuple[Tensor | None, ...], like: Tensor) -> tuple[Tensor, ...]:
    return tuple(like.new_empty(0) if t is None else t for t in results)


def _check(a: Arguments, *others: tuple[str, Tensor | None, tuple[int, ...]]) -> None:
    """Raise a `ShapeError` at the first tensor whose shape, dtype or device the core could not read."""
    inputs, units, width = a.x.shape[2], a.units, len(a.sizes.gates) * a.units
    state, every = (a.batch, units), a.outer_shape(1)[:2]
    floats = (
        ("kernel", a.kernel, (inputs, width)),
        ("recurrent_kernel", a.recurrent_kernel, (units, width)),
        ("bias", a.bias, a.sizes.bias_shape(units)),
        ("h0", a.h0, state),
        ("c0", a.c0, state),
        ("recurrent_dropout", a.recurrent_dropout, state),
        *others,
    )
    expected = [(name, tensor, shape, a.x.dtype) for name, tensor, shape in floats]
    expected += [("lengths", a.lengths, state[:1], torch.int64), ("mask", a.mask, every, torch.bool)]
    if a.x.dtype not in (torch.float32, torch.float64):
        raise ShapeError(f"remy::sequence: expected x of dtype float32 or float64, got {a.x.dtype}.")
    for name, tensor, shape, dtype in expected:
        if tensor is None:
            continue
        if tuple(tensor.shape) != shape or tensor.dtype != dtype or not tensor.is_cpu:
            raise ShapeError(
                f"remy::sequence: expected {name} of shape {shape} and {dtype} on the cpu, "
                f"got {tuple(tensor.shape)} and {tensor.dtype} on {tensor.device}."
            )


def _sequence(*given: Any) -> tuple[Tensor, ...]:
    a, store = Arguments(*given[:_COUNT]), given[_COUNT]
    _check(a)
    result = core.run(a, store=store)
    return _filled(result if a.states_differ else result._replace(states=None), a.x)


def _sequence_fake(*given: Any) -> tuple[Tensor, ...]:
    a, store, new = Arguments(*given[:_COUNT]), given[_COUNT], given[1].new_empty
    steps, batch, units, has_c = a.steps, a.batch, a.units, a.sizes.has_cell_state
    slots = len(a.sizes.slots)
    return (
        new(a.outer_shape(units)),
        new(batch, units),
        new(batch, units) if has_c else new(0),
        new(a.outer_shape(units)) if store and a.states_differ else new(0),
        new(steps, batch, units) if store and has_c else new(0),
        new(steps, batch, slots, units) if store and slots else new(0),
    )


def _sequence_backward(*given: Any) -> tuple[Tensor, ...]:
    a = Arguments(*given[:_COUNT])
    states, cells, gates, d_outputs, d_h, d_c, needs, record = given[_COUNT:]
    arriving = core.Arriving(d_outputs, d_h, d_c if a.sizes.has_cell_state else None)
    every, inside, state = a.outer_shape(a.units), (a.steps, a.batch), (a.batch, a.units)
    stored: list[tuple[str, Tensor, tuple[int, ...]]] = [("states", states, every)]
    if a.sizes.has_cell_state:
        stored.append(("cells", cells, (*inside, a.units)))
    if a.sizes.slots:
        stored.append(("gates", gates, (*inside, len(a.sizes.slots), a.units)))
    _check(a, *stored, ("d_outputs", d_outputs, every), ("d_h", d_h, state), ("d_c", arriving.c, state))
    return _filled(core.run_back(a, (states, cells, gates), arriving, needs, record=record), a.x)


def _sequence_backward_fake(*given: Any) -> tuple[Tensor, ...]:
    a, (*_, needs, record) = Arguments(*given[:_COUNT]), given[_COUNT:]
    shapes = zip(core.wanted(a, needs, record), core.gradient_shapes(a), strict=True)
    return tuple(a.x.new_empty(shape if wanted else (0,)) for wanted, shape in shapes)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    a, store = Arguments(*inputs[:_COUNT]), inputs[_COUNT]
    outputs, _, _, states, cells, gates = output
    ctx.set_materialize_grads(False)
    ctx.mark_non_differentiable(states, cells, gates)
    ctx.stored, ctx.options = store, a.options
    if store:
        ctx.save_for_backward(*a.tensors, states if a.states_differ else outputs, cells, gates)


def _go_back(
    ctx: Any, d_outputs: Tensor | None, d_h: Tensor | None, d_c: Tensor | None, *_: Any
) -> tuple[Any, ...]:
    if not ctx.stored:
        raise RemyError("remy::sequence: nothing was stored for the backward pass; pass store=True.")
    a, stored = Arguments.restored(ctx)
    arriving = core.Arriving(d_outputs, d_h, d_c if a.sizes.has_cell_state else None)
    needs = [bool(needed) for needed in ctx.needs_input_grad[1:7]]
    found = sequence_backward(a, stored, arriving, needs, record=False)
    return (None, *found[:6], *[None] * 7)


def _refuse_to_go_back_twice(ctx: Any, *_: Any) -> tuple[Any, ...]:
    raise RemyError(
        "remy::sequence: the compiled kernel has no second derivative; "
        "run the forward pass under remy.ops.force_loop()."
    )


_library: Any = torch.library.Library("remy", "DEF")  # type: ignore[no-untyped-call]
for _schema in _SCHEMAS:
    _library.define(_schema, tags=(torch.Tag.pt2_compliant_tag,))
_library.impl("sequence", _sequence, "CPU")
_library.impl("sequence_backward", _sequence_backward, "CPU")
torch.library.register_fake("remy::sequence", _sequence_fake, lib=_library)
torch.library.register_fake("remy::sequence_backward", _sequence_backward_fake, lib=_library)
torch.library.register_autograd("remy::sequence", _go_back, setup_context=_keep, lib=_library)
torch.library.register_autograd("remy::sequence_backward", _refuse_to_go_back_twice, lib=_library)
