"""The way from a call to the core: straight, or by an operator where torch watches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from remy.errors import RemyError
from remy.ops import core, operators
from remy.ops.arguments import Arguments

_PLAIN = frozenset((Tensor, torch.nn.Parameter, type(None)))


def forward(a: Arguments, *, store: bool) -> core.Forward:
    """Run a sequence outside autograd."""
    _refuse_tangents(a)
    return operators.sequence(a, store=store) if _is_watched(a) else core.run(a, store=store)


def differentiable(a: Arguments) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return outputs, h and c with a way back for autograd."""
    _refuse_tangents(a)
    if _is_watched(a):
        return operators.sequence(a, store=True)[:3]
    result: tuple[Tensor, Tensor, Tensor | None] = _Direct.apply(*a)  # type: ignore[no-untyped-call]
    return result


def _is_watched(a: Arguments, *others: Tensor | None) -> bool:
    """Whether somebody follows the operators that go by, and would miss a call of the core."""
    return (
        torch.compiler.is_compiling()
        or torch._C._get_tracing_state() is not None
        or a.x.device.type != "cpu"
        or not _PLAIN.issuperset(map(type, (*a.tensors, *others)))
        or any(t is not None and t.dtype != a.x.dtype for t in others)
        or torch._C._len_torch_dispatch_stack() > 0
        or torch._C._functorch.peek_interpreter_stack() is not None
    )


def _refuse_tangents(a: Arguments) -> None:
    """Raise a `RemyError` where a derivative along a direction is wanted: it would silently be zero."""
    if forward_ad._current_level < 0:
        return
    unpack: Any = forward_ad.unpack_dual
    if any(t is not None and unpack(t).tangent is not None for t in a.tensors):
        raise RemyError(
            f"{a.sizes.family}: the compiled kernel has no forward-mode derivative; "
            "run it under remy.ops.force_loop()."
        )


class _Direct(torch.autograd.Function):
    """The core there and back with nothing between: an operator's dispatch costs more than a small layer."""

    @staticmethod
    def forward(ctx: Any, *given: Any) -> tuple[Tensor, Tensor, Tensor | None]:
        a = Arguments(*given)
        result = core.run(a, store=True)
        ctx.set_materialize_grads(False)
        ctx.options = a.options
        ctx.save_for_backward(*a.tensors, *result[3:])
        return result[:3]

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
        a, stored = Arguments.restored(ctx)
        # Where a graph of the gradient is asked for, the operator can say that there is none.
        watched = torch.is_grad_enabled() or _is_watched(a, *stored, *arriving)
        go_back = operators.sequence_backward if watched else core.run_back
        found = go_back(a, stored, core.Arriving(*arriving), list(ctx.needs_input_grad[1:7]), record=False)
        return (None, *found[:6], *[None] * 6)
