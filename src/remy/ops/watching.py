"""Following the sequences that go by: whoever watches computes each, with everything that happens inside."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from remy.ops import core
from remy.ops.arguments import Arguments
from remy.ops.loop import Held, loop_is_forced, run_loop

#: Outputs (in the order of the arguments' axes) and final states.
Result = tuple[Tensor, Tensor, Tensor | None]
#: From the arguments of a call, and whether it asked for the loop, to its result.
Observer = Callable[[Arguments, bool], Result]

_watchers = 0  # in all threads; read first, as it costs nothing
_uncompiled = ExitStack()  # while there are any
_counting = threading.Lock()
_of_thread = threading.local()


@contextmanager
def watch(observer: Observer) -> Iterator[None]:
    """Let `observer` compute every :func:`remy.ops.sequence` of this thread.

    What `torch.compile` made runs as it is written meanwhile, in all threads: compiled code would not call
    the observer, or be made of what it does.
    """
    before = getattr(_of_thread, "observer", None)
    _of_thread.observer = observer
    _count(1)
    try:
        yield
    finally:
        _count(-1)
        _of_thread.observer = before


def _count(change: int) -> None:
    global _watchers
    with _counting:
        _watchers += change
        if not _watchers:
            _uncompiled.close()
        # Where nothing was compiled, it is not loaded, which takes a second; torch has this since 2.6.
        elif _watchers == change and "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance"):
            _uncompiled.enter_context(torch.compiler.set_stance("force_eager"))


def observer() -> Observer | None:
    """Return who watches this thread."""
    return getattr(_of_thread, "observer", None) if _watchers else None


@dataclass
class Recording:
    """A sequence with what its kernel stored and, once somebody has gone back, the gradients inside it.

    All arrays have the rows first.

    Attributes
    ----------
    states, cells
        ``(B, T, H)``: the carried ``h`` and ``c`` after every step.
    gates
        ``(B, T, S, H)``, zero at masked steps.
    d_states, d_cells, d_x
        The whole gradients that arrived at every ``h_t``, ``c_t`` and ``x_t``; None before anybody went back.
    d_h0
        ``(B, H)``: the gradient that reached the state before the first step.
    d_outputs, d_h, d_c
        What arrived from outside: at the outputs (B, T, H) and the final states (B, H); None for zeros.
    """

    arguments: Arguments
    states: Tensor
    cells: Tensor | None
    gates: Tensor
    d_states: Tensor | None = None
    d_cells: Tensor | None = None
    d_x: Tensor | None = None
    d_h0: Tensor | None = None
    d_outputs: Tensor | None = None
    d_h: Tensor | None = None
    d_c: Tensor | None = None

    def expect_gradients(self) -> None:
        """Put zeros where nobody came by: the loss does not depend on this sequence."""
        if self.d_states is None:
            self.d_states = torch.zeros_like(self.states)
            self.d_cells = None if self.cells is None else torch.zeros_like(self.cells)
            x = self.arguments.x.detach()
            self.d_x = torch.zeros_like(_as_given(self.arguments, x))
            self.d_h0 = torch.zeros_like(self.states[:, 0])


def record(
    a: Arguments,
    *,
    token: Tensor | None = None,
    loop: bool = False,
    held: Held | None = None,
) -> tuple[Result, Recording]:
    """Run a sequence and keep what happens inside.

    Parameters
    ----------
    a
        The arguments.
    token
        A scalar that requires a gradient: who goes back to it with `torch.autograd.grad` fills in the
        gradients, whether or not anything else requires one. No gradient reaches the weights. None for no
        way back.
    loop
        Take the loop of torch operators.
    held
        Gates and states that are held at given values; only the loop can do this.
    """
    if loop or held or loop_is_forced() or a.x.device.type != "cpu":
        return _by_loop(a, token, held)
    if token is None:
        with torch.no_grad():
            run = core.run(a, store=True)
        return run[:3], _recording(a, run)
    keeper: list[Recording] = []
    result: Result = _Recorded.apply(token, keeper, *a)  # type: ignore[no-untyped-call]
    return result, keeper[0]


def _rows_first(t: Tensor) -> Tensor:
    return t.transpose(0, 1)


def _as_given(a: Arguments, t: Tensor) -> Tensor:
    """Return an array of the arguments' axes with the rows first."""
    return t if a.batch_first else _rows_first(t)


def _recording(a: Arguments, run: core.Forward) -> Recording:
    assert run.states is not None
    gates = a.x.new_empty(a.steps, a.batch, 0, a.units) if run.gates is None else run.gates
    cells = None if run.cells is None else _rows_first(run.cells)
    # Copies of what the caller gets too, who may write into it.
    states = run.states if a.states_differ else run.states.detach().clone()
    return Recording(a, _as_given(a, states), cells, _rows_first(gates))


class _Recorded(torch.autograd.Function):
    """The core there and back, with the gradients inside kept in the recording."""

    @staticmethod
    def forward(ctx: Any, token: Tensor, keeper: list[Recording], *given: Any) -> Result:
        a = Arguments(*given)
        run = core.run(a, store=True)
        keeper.append(_recording(a, run))
        ctx.set_materialize_grads(False)
        ctx.recording, ctx.options = keeper[0], a.options
        ctx.save_for_backward(*a.tensors, *run[3:])
        return run[:3]

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor | None) -> tuple[Tensor | None, ...]:
        a, stored = Arguments.restored(ctx)
        needs = [True, False, False, False, True, a.c0 is not None]
        found = core.run_back(a, stored, core.Arriving(*arriving), needs, record=True)
        assert found.x is not None
        assert found.states is not None
        kept: Recording = ctx.recording
        kept.d_x, kept.d_states = _as_given(a, found.x), _rows_first(found.states)
        kept.d_cells = None if found.cells is None else _rows_first(found.cells)
        kept.d_h0 = found.h0
        kept.d_outputs = None if arriving[0] is None else _as_given(a, arriving[0])
        kept.d_h, kept.d_c = arriving[1], arriving[2]
        d_h0 = None if a.h0 is None else found.h0
        d_x = found.x if ctx.needs_input_grad[3] else None
        return (torch.zeros(()), None, None, d_x, None, None, None, d_h0, found.c0, *[None] * 6)


class _Attached(torch.autograd.Function):
    """`x`, unchanged, on the way to `token`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, token: Tensor) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor) -> tuple[Tensor, Tensor]:
        return arriving[0], arriving[0].new_zeros(())


def _by_loop(a: Arguments, token: Tensor | None, held: Held | None) -> tuple[Result, Recording]:
    by_time = a.by_time()
    if token is not None:
        h0 = a.x.new_zeros(a.batch, a.units) if a.h0 is None else a.h0
        attached = [_Attached.apply(t, token) for t in (by_time.x, h0)]  # type: ignore[no-untyped-call]
        by_time = by_time._replace(x=attached[0], h0=attached[1])
    with torch.set_grad_enabled(token is not None):
        found = run_loop(by_time, record_gates=True, held=held)
        # Of their own, so that what arrives here is told from what the last step gets otherwise.
        h, c = found.h.view_as(found.h), None if found.c is None else found.c.view_as(found.c)

    def stacked(each: list[Tensor], *shape: int) -> Tensor:
        return torch.stack(each, dim=1).detach() if each else a.x.new_zeros(a.batch, 0, *shape)

    recording = Recording(
        a,
        stacked(found.states, a.units),
        stacked(found.cells, a.units) if a.sizes.has_cell_state else None,
        stacked(found.gates, len(a.sizes.slots), a.units),
    )
    if token is not None:
        assert by_time.h0 is not None
        recording.d_x, recording.d_h0 = _noted(by_time.x).transpose(0, 1), _noted(by_time.h0)
        recording.d_states = _noted_each(found.states, recording.states)
        if recording.cells is not None:
            recording.d_cells = _noted_each(found.cells, recording.cells)
        recording.d_outputs = _noted(found.outputs).transpose(0, 1)
        recording.d_h, recording.d_c = _noted(h), None if c is None else _noted(c)
    outputs = _rows_first(found.outputs) if a.batch_first else found.outputs
    return (outputs, h, c), recording


def _noted(tensor: Tensor) -> Tensor:
    """Return zeros that become the gradient of `tensor` once somebody goes back."""
    into = torch.zeros_like(tensor, requires_grad=False)
    if tensor.requires_grad:
        tensor.register_hook(partial(_fill, into))  # type: ignore[no-untyped-call]
    return into


def _noted_each(by_time: list[Tensor], like: Tensor) -> Tensor:
    """Return zeros (B, T, H) that become the gradients of the tensors of every step."""
    into = torch.zeros_like(like)
    for t, tensor in enumerate(by_time):
        if tensor.requires_grad:
            tensor.register_hook(partial(_fill, into[:, t]))  # type: ignore[no-untyped-call]
    return into


def _fill(into: Tensor, gradient: Tensor) -> None:
    into.copy_(gradient)
