"""The one call behind every recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor

from remy.ops import direct, watching
from remy.ops.arguments import Arguments, State, check
from remy.ops.loop import loop_is_forced, run_loop


class SequenceResult(NamedTuple):
    """What a sequence gives.

    Attributes
    ----------
    outputs
        ``(T, B, H)``: the state of every step; where a step is masked, the carried state or zero.
    h, c
        Final states, ``(B, H)``; `c` is ``None`` for cells without a cell state.
    """

    outputs: Tensor
    h: Tensor
    c: Tensor | None


def sequence(
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
    batch_first: bool = False,
    reverse: bool = False,
    zero_output: bool = False,
    loop: bool = False,
) -> SequenceResult:
    """Run a recurrent cell over whole sequences; differentiable, and fit for `torch.compile`.

    Step ``t`` of row ``b`` is valid when ``t < lengths[b]`` and ``mask[t, b]``. An invalid step carries the
    state on unchanged, whatever its input holds, and no gradient reaches its input. The equations of the
    cells are those of :mod:`remy.reference`.

    On the CPU this is one compiled kernel; where no gradient is wanted it stores nothing for one. Tensors
    elsewhere take a loop of torch operators with the same results. Under `torch.autocast` half-precision
    arguments are cast to float32. Second derivatives need the loop.

    Parameters
    ----------
    x
        Inputs, ``(T, B, I)``; fastest when contiguous. On the CPU float32 or float64.
    kernel, recurrent_kernel
        ``(I, G*H)`` and ``(H, G*H)``, the gates side by side: LSTM ``i, f, g, o``; GRU ``z, r, h``.
    bias
        ``(G*H,)``, for ``gru_reset_after`` ``(2, 3*H)`` (row 0 with the inputs, row 1 with the state); or
        ``None``.
    cell
        One of :data:`remy.ops.CELLS`.
    initial_state
        ``h`` ``(B, H)``; for the LSTM ``(h, c)``; ``None`` for zeros.
    lengths
        ``(B,)`` integers from 0 to T; ``None`` where all rows are full.
    mask
        ``(T, B)`` bool, true where a step counts; gaps are allowed.
    recurrent_dropout
        Factors ``(B, H)`` of ``h`` where it enters the recurrent product, the same at every step; no gradient
        reaches them.
    batch_first
        Whether `x`, `mask` and ``outputs`` have their first two axes the other way round: ``(B, T, ...)``.
    reverse
        Take the steps from T-1 down to 0. Outputs stay at their own index; the final state is that after step
        0.
    zero_output
        Whether outputs of invalid steps are zero rather than the carried state.
    loop
        Take the loop of torch operators on the CPU too; see also :func:`remy.ops.force_loop`.

    Returns
    -------
    SequenceResult
        ``outputs`` ``(T, B, H)`` and final states ``h``, ``c`` ``(B, H)``.

    Raises
    ------
    ShapeError
        If an argument's shape, dtype or device does not fit, or a length lies outside 0 to T.
    UsageError
        If there is no such cell.

    Examples
    --------
    >>> import torch
    >>> x = torch.ones(3, 1, 1)
    >>> one = torch.ones(1, 1)
    >>> sequence(x, one, one, cell="simple_rnn_linear").outputs.flatten()
    tensor([1., 2., 3.])
    """
    arguments = check(
        x,
        kernel,
        recurrent_kernel,
        bias,
        cell=cell,
        initial_state=initial_state,
        lengths=lengths,
        mask=mask,
        recurrent_dropout=recurrent_dropout,
        batch_first=batch_first,
        reverse=reverse,
        zero_output=zero_output,
    )
    if (observer := watching.observer()) is not None:
        return SequenceResult(*observer(arguments, loop))
    return unwatched(arguments, loop=loop)


def unwatched(a: Arguments, *, loop: bool) -> SequenceResult:
    """Run a sequence as it runs where nobody watches."""
    if loop or loop_is_forced() or a.x.device.type not in ("cpu", "meta"):
        result = run_loop(a.by_time())
        outputs = result.outputs.transpose(0, 1) if a.batch_first else result.outputs
        return SequenceResult(outputs, result.h, result.c)
    if a.needs_gradient():
        return SequenceResult(*direct.differentiable(a))
    return SequenceResult(*direct.forward(a, store=False)[:3])
