"""Going back through a sequence from its last state alone, whatever the loss of its network."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from remy import ops
from remy.ops.arguments import Arguments
from remy.ops.watching import Recording


def gone_back(a: Arguments, d_h: Tensor, d_c: Tensor | None) -> tuple[Recording, Tensor, Tensor | None]:
    """Run a sequence there, and back from gradients ``(B, H)`` at its last states.

    Parameters
    ----------
    a
        Arguments in the order of time, on the CPU.
    d_h, d_c
        The gradients; `d_c` None for zeros.

    Returns
    -------
    recording : Recording
        With everything inside but the gradients of the inputs.
    d_h0, d_c0 : Tensor
        What reaches the states before it.
    """
    state = None if a.h0 is None else (a.h0,) if a.c0 is None else (a.h0, a.c0)
    found = ops.sequence_record(
        a.x, a.kernel, a.recurrent_kernel, a.bias,
        cell=a.cell, initial_state=state, lengths=a.lengths, mask=a.mask,
        recurrent_dropout=a.recurrent_dropout, reverse=a.reverse, d_h=d_h, d_c=d_c,
    )  # fmt: skip
    back = found.gradients
    assert back is not None

    def rows_first(t: Tensor | None) -> Any:
        return None if t is None else t.transpose(0, 1)

    recording = Recording(
        a,
        rows_first(found.states),
        rows_first(found.cells),
        rows_first(found.gates),
        d_states=rows_first(back.states),
        d_cells=rows_first(back.cells),
        d_h0=back.h,
        d_h=d_h,
        d_c=d_c,
    )
    return recording, back.h, back.c
