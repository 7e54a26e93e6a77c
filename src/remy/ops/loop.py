"""The recurrence as a loop of torch operators: for tensors that are not on the CPU, and to check against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor

from remy.errors import ShapeError
from remy.ops.arguments import Arguments

_forced = False

#: Gate, or ``h`` or ``c`` -> where it is held (T, B, H) bool, and the values it is held at (T, B, H).
Held = Mapping[str, tuple[Tensor, Tensor]]


@contextmanager
def force_loop() -> Iterator[None]:
    """Let :func:`remy.ops.sequence` take the loop of torch operators on the CPU too, in every thread.

    Slower, with the same results; it can be differentiated twice.

    Examples
    --------
    >>> import torch
    >>> from remy.ops import force_loop, sequence
    >>> one = torch.ones(1, 1)
    >>> with force_loop():
    ...     sequence(torch.ones(3, 1, 1), one, one, cell="simple_rnn_linear").h
    tensor([[3.]])
    """
    global _forced
    before, _forced = _forced, True
    try:
        yield
    finally:
        _forced = before


def loop_is_forced() -> bool:
    """Whether :func:`force_loop` is in force."""
    return _forced


@dataclass(frozen=True)
class LoopResult:
    """What the loop gives: one tensor a step, so that gradients can be asked for at each.

    Attributes
    ----------
    outputs
        ``(T, B, H)``.
    h, c
        Final states ``(B, H)``.
    states, cells, gates
        By time: carried ``h`` and ``c`` ``(B, H)``, gates ``(B, S, H)``, zero at invalid steps.
    """

    outputs: Tensor
    h: Tensor
    c: Tensor | None
    states: list[Tensor]
    cells: list[Tensor]
    gates: list[Tensor]


def run_loop(a: Arguments, *, record_gates: bool = False, held: Held | None = None) -> LoopResult:
    """Run the sequence step by step; masked rows enter a step as zeros, so nothing they hold can leak.

    Gates and new states are put to the values that `held` has, before anything reads them.
    """
    with torch.autocast(a.x.device.type, enabled=False):
        return _run(a, record_gates, held or {})


def _run(a: Arguments, record_gates: bool, held: Held) -> LoopResult:
    steps, batch, units = a.x.shape[0], a.x.shape[1], a.recurrent_kernel.shape[0]
    valid = _valid(a)
    x = a.x if valid is None else torch.where(valid, a.x, 0)
    input_bias, recurrent_bias = a.bias, None
    if a.bias is not None and a.sizes.bias_rows == 2:
        input_bias, recurrent_bias = a.bias[0], a.bias[1]
    projected = x @ a.kernel if input_bias is None else x @ a.kernel + input_bias
    zeros = a.x.new_zeros(batch, units)
    h = zeros if a.h0 is None else a.h0
    c = (zeros if a.c0 is None else a.c0) if a.sizes.has_cell_state else None

    outputs: list[Tensor] = [zeros] * steps
    states, cells, gates = list(outputs), list(outputs) if c is not None else [], list(outputs)
    for t in reversed(range(steps)) if a.reverse else range(steps):
        row_valid = None if valid is None else valid[t]
        h_in = h if row_valid is None else torch.where(row_valid, h, 0)
        dropped = h_in if a.recurrent_dropout is None else h_in * a.recurrent_dropout
        if c is not None:
            i, f, g, o = (projected[t] + dropped @ a.recurrent_kernel).chunk(4, dim=1)
            slots: tuple[Tensor, ...] = (i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid())
            names = ("input", "forget", "candidate", "output")
            slots = tuple(_put(held, name, t, gate) for name, gate in zip(names, slots, strict=True))
            c_in = c if row_valid is None else torch.where(row_valid, c, 0)
            c_new = _put(held, "c", t, slots[1] * c_in + slots[0] * slots[2])
            c = c_new if row_valid is None else torch.where(row_valid, c_new, c)
            # From the merged c, so that its recorded gradient has the part through h; but at masked rows from
            # zero: times a gradient of zero, a NaN carried there would still be NaN.
            h_new = slots[3] * (c if row_valid is None else torch.where(row_valid, c, 0)).tanh()
        else:
            h_new, slots = _single_state_step(a, t, projected[t], h_in, dropped, recurrent_bias, held)
        h_new = _put(held, "h", t, h_new)
        # A fresh tensor every step, also where nothing is masked: gradients are asked for at each.
        h = h_new if row_valid is None else torch.where(row_valid, h_new, h)
        outputs[t] = h if row_valid is None or not a.zero_output else torch.where(row_valid, h, 0)
        states[t] = h
        if c is not None:
            cells[t] = c
        if record_gates:
            stacked = torch.stack(slots, dim=1) if slots else a.x.new_zeros(batch, 0, units)
            gates[t] = stacked if row_valid is None else torch.where(row_valid[..., None], stacked, 0)
    return LoopResult(
        outputs=torch.stack(outputs) if steps else a.x.new_zeros(0, batch, units),
        h=h if steps else h.clone(),
        c=c if steps or c is None else c.clone(),
        states=states,
        cells=cells,
        gates=gates if record_gates else [],
    )


def _put(held: Held, name: str, t: int, found: Tensor) -> Tensor:
    """Return what step `t` computed for `name`, with the values that are held in their places."""
    if name not in held:
        return found
    where, values = held[name]
    return torch.where(where[t], values[t], found)


def _single_state_step(
    a: Arguments,
    t: int,
    projected: Tensor,
    h: Tensor,
    dropped: Tensor,
    recurrent_bias: Tensor | None,
    held: Held,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    units = h.shape[1]
    if a.cell == "gru_reset_before":
        recurrent = dropped @ a.recurrent_kernel[:, : 2 * units]
        z, r = (projected[:, : 2 * units] + recurrent).sigmoid().chunk(2, dim=1)
        z, r = _put(held, "update", t, z), _put(held, "reset", t, r)
        candidate = (projected[:, 2 * units :] + (r * dropped) @ a.recurrent_kernel[:, 2 * units :]).tanh()
        candidate = _put(held, "candidate", t, candidate)
        return z * h + (1 - z) * candidate, (z, r, candidate)
    recurrent = dropped @ a.recurrent_kernel
    if a.cell == "gru_reset_after":
        if recurrent_bias is not None:
            recurrent = recurrent + recurrent_bias
        z, r = (projected[:, : 2 * units] + recurrent[:, : 2 * units]).sigmoid().chunk(2, dim=1)
        z, r = _put(held, "update", t, z), _put(held, "reset", t, r)
        q = recurrent[:, 2 * units :]
        candidate = _put(held, "candidate", t, (projected[:, 2 * units :] + r * q).tanh())
        return z * h + (1 - z) * candidate, (z, r, candidate, q)
    pre = projected + recurrent
    if a.cell == "simple_rnn_linear":
        return pre, ()
    return pre.tanh() if a.cell == "simple_rnn_tanh" else pre.relu(), ()


def _valid(a: Arguments) -> Tensor | None:
    """Return ``(T, B, 1)``, true where a step counts, or ``None`` where all do."""
    valid = a.mask
    if a.lengths is not None:
        if not torch.compiler.is_compiling():
            check_lengths(a.sizes.family, a.lengths, a.x.shape[0])
        inside = torch.arange(a.x.shape[0], device=a.x.device)[:, None] < a.lengths[None, :]
        valid = inside if valid is None else valid & inside
    return None if valid is None else valid[..., None]


def check_lengths(family: str, lengths: Tensor, steps: int) -> None:
    """Raise a `ShapeError` that names the first length outside 0 to T; reads the values."""
    wrong = (lengths < 0) | (lengths > steps)
    if bool(wrong.any()):
        row = int(wrong.nonzero()[0, 0])
        raise ShapeError(
            f"{family}: expected lengths from 0 to T = {steps}, got {int(lengths[row])} in row {row}; "
            "lengths count the steps of each row."
        )
