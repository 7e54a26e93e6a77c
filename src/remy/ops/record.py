"""A sequence with everything that happened inside: states, gates and the gradient at every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from remy.errors import ShapeError
from remy.ops import core
from remy.ops.arguments import Arguments, State, check
from remy.ops.loop import loop_is_forced, run_loop


@dataclass(frozen=True)
class SequenceGradients:
    """Gradients of a loss with respect to everything that entered a sequence, and inside it.

    Attributes
    ----------
    x, kernel, recurrent_kernel, bias, h, c
        Each with the shape of its argument; ``None`` where that argument was not given (`h` and `c`, the
        initial states, always exist; `c` only with a cell state).
    states, cells
        ``(T, B, H)``: the whole gradient that arrives at every ``h_t`` and ``c_t``, from its output, from all
        later steps and, for ``c_t``, through ``h_t``. At a masked step these are the carried states.
    """

    x: Tensor
    kernel: Tensor
    recurrent_kernel: Tensor
    bias: Tensor | None
    h: Tensor
    c: Tensor | None
    states: Tensor
    cells: Tensor | None


@dataclass(frozen=True)
class SequenceRecord:
    """A sequence with everything that happened inside.

    Attributes
    ----------
    outputs
        ``(T, B, H)``.
    h, c
        Final states, ``(B, H)``; `c` is ``None`` for cells without a cell state.
    states, cells
        ``(T, B, H)``: the carried ``h`` and ``c`` after every step.
    gates
        ``(T, B, S, H)``: values of the gates in the order of ``remy.ops.CELLS[cell].slots``; zero at masked
        steps.
    gradients
        Given where a gradient was passed in.
    """

    outputs: Tensor
    h: Tensor
    c: Tensor | None
    states: Tensor
    cells: Tensor | None
    gates: Tensor
    gradients: SequenceGradients | None


def sequence_record(
    x: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None = None,
    *,
    cell: str,
    initial_state: State | None = None,
    lengths: Tensor | Sequence[int] | None = None,
    mask: Tensor | None = None,
    recurrent_dropout: Tensor | None = None,
    reverse: bool = False,
    zero_output: bool = False,
    loop: bool = False,
    d_outputs: Tensor | None = None,
    d_h: Tensor | None = None,
    d_c: Tensor | None = None,
) -> SequenceRecord:
    """Run a sequence and return what happened inside; outside autograd.

    Parameters
    ----------
    x, kernel, recurrent_kernel, bias, cell, initial_state, lengths, mask, recurrent_dropout, reverse,
    zero_output, loop
        As in :func:`remy.ops.sequence`.
    d_outputs
        Gradient of a loss with respect to the outputs, ``(T, B, H)``; ``None`` for zeros.
    d_h, d_c
        Gradients with respect to the final states, ``(B, H)``; ``None`` for zeros.

    Returns
    -------
    SequenceRecord
        With ``gradients`` where any of `d_outputs`, `d_h`, `d_c` is given.

    Raises
    ------
    ShapeError
        If an argument's shape, dtype or device does not fit.
    UsageError
        If there is no such cell.

    Examples
    --------
    How much a loss on the final state changes with the state of every earlier step, here halved a step:

    >>> import torch
    >>> x, one = torch.ones(3, 1, 1), torch.ones(1, 1)
    >>> record = sequence_record(x, one, one / 2, cell="simple_rnn_linear", d_h=one)
    >>> record.gradients.states.flatten()
    tensor([0.2500, 0.5000, 1.0000])
    """
    given = check(
        x,
        kernel,
        recurrent_kernel,
        bias,
        cell=cell,
        initial_state=initial_state,
        lengths=lengths,
        mask=mask,
        recurrent_dropout=recurrent_dropout,
        batch_first=False,
        reverse=reverse,
        zero_output=zero_output,
    )
    arriving = _arriving(given, d_outputs, d_h, d_c)
    if loop or loop_is_forced() or given.x.device.type != "cpu":
        return _by_loop(given, arriving)
    return _by_core(given, arriving)


def _arriving(
    a: Arguments, d_outputs: Tensor | None, d_h: Tensor | None, d_c: Tensor | None
) -> core.Arriving | None:
    if d_outputs is None and d_h is None and d_c is None:
        return None
    final = (a.x.shape[1], a.recurrent_kernel.shape[0])
    family = a.sizes.family
    if d_c is not None and not a.sizes.has_cell_state:
        raise ShapeError(f"{family}: expected no d_c, as there is no cell state; pass None.")
    for name, tensor, letters, shape in (
        ("d_outputs", d_outputs, "(T, B, H)", (a.x.shape[0], *final)),
        ("d_h", d_h, "(B, H)", final),
        ("d_c", d_c, "(B, H)", final),
    ):
        if tensor is None:
            continue
        if tuple(tensor.shape) != shape or tensor.dtype != a.x.dtype or tensor.device != a.x.device:
            raise ShapeError(
                f"{family}: expected {name} of shape {letters} = {shape} and dtype {a.x.dtype} "
                f"on {a.x.device}, got {tuple(tensor.shape)} and {tensor.dtype} on {tensor.device}; "
                "pass None for zeros."
            )
    return core.Arriving(d_outputs, d_h, d_c)


@torch.no_grad()
def _by_core(a: Arguments, arriving: core.Arriving | None) -> SequenceRecord:
    run = core.run(a, store=True)
    assert run.states is not None
    gates = a.x.new_empty(a.steps, a.batch, 0, a.units) if run.gates is None else run.gates
    gradients = None
    if arriving is not None:
        found = core.run_back(a, run[3:], arriving, [True] * 6, record=True)
        gradients = SequenceGradients(*found)  # type: ignore[arg-type]  # all that applies was asked for
    return SequenceRecord(run.outputs, run.h, run.c, run.states, run.cells, gates, gradients)


def _by_loop(a: Arguments, arriving: core.Arriving | None) -> SequenceRecord:
    zeros = a.x.new_zeros(a.x.shape[1], a.recurrent_kernel.shape[0])
    has_c = a.sizes.has_cell_state
    filled = a._replace(
        h0=zeros if a.h0 is None else a.h0, c0=(zeros if a.c0 is None else a.c0) if has_c else None
    )
    leaves = {
        name: tensor.detach().clone().requires_grad_()
        for name in ("x", "kernel", "recurrent_kernel", "bias", "h0", "c0")
        if (tensor := getattr(filled, name)) is not None
    }
    with torch.enable_grad():
        result = run_loop(filled._replace(**leaves), record_gates=True)
    states = _stack(result.states, zeros)
    cells = _stack(result.cells, zeros) if has_c else None
    gates = _stack(result.gates, zeros[:, None].expand(-1, len(a.sizes.slots), -1))
    gradients = None
    if arriving is not None:
        ends = [(result.outputs, arriving[0]), (result.h, arriving[1]), (result.c, arriving[2])]
        found = _gradients(ends, [*leaves.values(), *result.states, *result.cells])
        by_leaf, inside = dict(zip(leaves, found, strict=False)), found[len(leaves) :]
        steps = len(result.states)
        gradients = SequenceGradients(
            x=by_leaf["x"],
            kernel=by_leaf["kernel"],
            recurrent_kernel=by_leaf["recurrent_kernel"],
            bias=by_leaf.get("bias"),
            h=by_leaf["h0"],
            c=by_leaf.get("c0"),
            states=_stack(inside[:steps], zeros),
            cells=_stack(inside[steps:], zeros) if has_c else None,
        )
    c = None if result.c is None else result.c.detach()
    return SequenceRecord(result.outputs.detach(), result.h.detach(), c, states, cells, gates, gradients)


def _stack(by_time: list[Tensor], like: Tensor) -> Tensor:
    """Return the steps in one tensor, outside autograd; without steps one of the shape of `like`."""
    return torch.stack(by_time).detach() if by_time else like.new_zeros(0, *like.shape)


def _gradients(ends: list[tuple[Tensor | None, Tensor | None]], wanted: list[Tensor]) -> list[Tensor]:
    pairs = [(end, d) for end, d in ends if end is not None and d is not None and end.requires_grad]
    if not pairs:
        return [torch.zeros_like(t) for t in wanted]
    found = torch.autograd.grad(
        [end for end, _ in pairs], wanted, [d for _, d in pairs], allow_unused=True, materialize_grads=True
    )
    return list(found)
