"""What a sequence returns, forward and backward."""

from __future__ import annotations

from dataclasses import dataclass

from remy.reference.cell import Array


@dataclass(frozen=True)
class Forward:
    """What a sequence gives.

    Attributes
    ----------
    outputs
        ``(T, B, H)``: the state of every step; where a step is masked, the carried state or zero.
    h, c
        Final states, ``(B, H)``; `c` is ``None`` for cells without a cell state.
    states, cells
        ``(T, B, H)``: the carried ``h`` and ``c`` after every step.
    gates
        ``(T, B, S, H)``: the gates' values; zero where a step is masked.
    """

    outputs: Array
    h: Array
    c: Array | None
    states: Array
    cells: Array | None
    gates: Array


@dataclass(frozen=True)
class Backward:
    """Gradients of a loss with respect to everything that entered :func:`sequence_forward`.

    Attributes
    ----------
    d_x, d_kernel, d_recurrent_kernel, d_bias, d_h0, d_c0
        Each with the shape of its argument; `d_bias` also where no bias was given, `d_c0` only with a cell
        state.
    d_states, d_cells
        ``(T, B, H)``: the whole gradient that arrives at every ``h_t`` and ``c_t``. At a masked step these
        are the carried states.
    """

    d_x: Array
    d_kernel: Array
    d_recurrent_kernel: Array
    d_bias: Array
    d_h0: Array
    d_c0: Array | None
    d_states: Array
    d_cells: Array | None
