"""A whole sequence, forward and backward: the one owner of time, direction and masks in the reference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from remy.reference.cell import Array, Cell, Step
from remy.reference.records import Backward, Forward
from remy.reference.registry import bias_or_zeros, find_cell, full_precision


@dataclass(frozen=True)
class _Problem:
    """The arguments of a sequence in float64, with every optional one filled in."""

    cell: Cell
    x: Array
    kernel: Array
    recurrent_kernel: Array
    bias: Array
    h0: Array
    c0: Array | None
    valid: Array
    dropout: Array
    reverse: bool

    @classmethod
    def of(
        cls,
        cell: str,
        x: npt.ArrayLike,
        kernel: npt.ArrayLike,
        recurrent_kernel: npt.ArrayLike,
        bias: npt.ArrayLike | None,
        h0: npt.ArrayLike | None,
        c0: npt.ArrayLike | None,
        lengths: npt.ArrayLike | None,
        mask: npt.ArrayLike | None,
        recurrent_dropout: npt.ArrayLike | None,
        reverse: bool,
    ) -> _Problem:
        found = find_cell(cell)
        x, recurrent_kernel = full_precision(x), full_precision(recurrent_kernel)
        steps, batch, units = x.shape[0], x.shape[1], recurrent_kernel.shape[0]
        valid = np.ones((steps, batch), bool)
        if lengths is not None:
            valid &= np.arange(steps)[:, None] < np.asarray(lengths)[None, :]
        if mask is not None:
            valid &= np.asarray(mask, bool)
        zeros = np.zeros((batch, units))
        return cls(
            cell=found,
            x=x,
            kernel=full_precision(kernel),
            recurrent_kernel=recurrent_kernel,
            bias=bias_or_zeros(found, bias, units),
            h0=zeros if h0 is None else full_precision(h0),
            c0=None if not found.has_cell_state else zeros if c0 is None else full_precision(c0),
            valid=valid,
            dropout=np.ones((batch, units))
            if recurrent_dropout is None
            else full_precision(recurrent_dropout),
            reverse=reverse,
        )

    def order(self) -> Iterable[int]:
        """Return the steps in the order in which they are taken."""
        steps = range(len(self.x))
        return reversed(steps) if self.reverse else steps


def sequence_forward(
    cell: str,
    x: npt.ArrayLike,
    kernel: npt.ArrayLike,
    recurrent_kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    mask: npt.ArrayLike | None = None,
    recurrent_dropout: npt.ArrayLike | None = None,
    reverse: bool = False,
    zero_output: bool = False,
) -> Forward:
    """Run a cell over a whole sequence in float64.

    Step ``t`` of row ``b`` is valid when ``t < lengths[b]`` and ``mask[t, b]``. An invalid step carries ``h``
    and ``c`` on unchanged, whatever its input holds.

    Parameters
    ----------
    cell
        One of :data:`remy.reference.CELLS`.
    x
        Inputs, ``(T, B, I)``.
    kernel, recurrent_kernel, bias
        ``(I, G*H)``, ``(H, G*H)``, ``(G*H,)`` or, for ``gru_reset_after``, ``(2, 3*H)``; bias ``None`` for
        zeros.
    h0, c0
        Initial states ``(B, H)``, ``None`` for zeros.
    lengths
        ``(B,)`` integers, ``None`` for all of length T.
    mask
        ``(T, B)``, true where a step counts.
    recurrent_dropout
        Factors ``(B, H)`` of ``h_{t-1}`` where it enters the recurrent product, the same at every step.
    reverse
        Take the steps from T-1 down to 0; outputs stay at their own index.
    zero_output
        Whether outputs of invalid steps are zero rather than the carried state.

    Returns
    -------
    Forward

    Raises
    ------
    UsageError
        If there is no such cell.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((3, 1, 1))
    >>> sequence_forward("simple_rnn_linear", x, [[1.0]], [[1.0]], lengths=[2]).outputs.ravel()
    array([1., 2., 2.])
    """
    p = _Problem.of(
        cell, x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask, recurrent_dropout, reverse
    )
    steps, batch, units = p.x.shape[0], *p.h0.shape
    c_or_h = p.h0 if p.c0 is None else p.c0
    dtype = np.result_type(p.x, p.kernel, p.recurrent_kernel, p.bias, p.h0, c_or_h)
    h, c = p.h0.astype(dtype), None if p.c0 is None else p.c0.astype(dtype)
    outputs, states = np.zeros((2, steps, batch, units), dtype)
    cells = None if c is None else np.zeros((steps, batch, units), dtype)
    gates = np.zeros((steps, batch, len(p.cell.slots), units), dtype)
    for t in p.order():
        rows = p.valid[t]
        step = p.cell.forward(
            p.x[t, rows], h[rows], _rows(c, rows), p.kernel, p.recurrent_kernel, p.bias, p.dropout[rows]
        )
        h[rows] = step.h
        gates[t, rows] = step.gates
        outputs[t] = np.where(rows[:, None], h, 0.0) if zero_output else h
        states[t] = h
        if c is not None and cells is not None:
            c[rows] = step.c
            cells[t] = c
    return Forward(outputs=outputs, h=h, c=c, states=states, cells=cells, gates=gates)


def sequence_backward(
    cell: str,
    x: npt.ArrayLike,
    kernel: npt.ArrayLike,
    recurrent_kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    h0: npt.ArrayLike | None = None,
    c0: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    mask: npt.ArrayLike | None = None,
    recurrent_dropout: npt.ArrayLike | None = None,
    reverse: bool = False,
    zero_output: bool = False,
    d_outputs: npt.ArrayLike | None = None,
    d_h: npt.ArrayLike | None = None,
    d_c: npt.ArrayLike | None = None,
) -> Backward:
    """Return the gradients of a loss through a whole sequence, by back-propagation through time.

    Parameters
    ----------
    cell, x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask, recurrent_dropout, reverse, zero_output
        As in :func:`sequence_forward`.
    d_outputs
        The loss's gradient with respect to the outputs, ``(T, B, H)``; ``None`` for zeros.
    d_h, d_c
        The loss's gradients with respect to the final states, ``(B, H)``; ``None`` for zeros.

    Returns
    -------
    Backward

    Raises
    ------
    UsageError
        If there is no such cell.

    References
    ----------
    P. J. Werbos, "Backpropagation through time: what it does and how to do it", Proceedings of the IEEE 78
    (1990).

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((3, 1, 1))
    >>> sequence_backward("simple_rnn_linear", x, [[1.0]], [[0.5]], d_h=[[1.0]]).d_states.ravel()
    array([0.25, 0.5 , 1.  ])
    """
    arguments = (cell, x, kernel, recurrent_kernel, bias, h0, c0, lengths, mask, recurrent_dropout, reverse)
    p = _Problem.of(*arguments)
    f = sequence_forward(*arguments, zero_output)
    d_out = np.zeros(f.outputs.shape) if d_outputs is None else full_precision(d_outputs)
    dh = np.zeros(p.h0.shape) if d_h is None else full_precision(d_h)
    dc = np.zeros(p.h0.shape) if d_c is None else full_precision(d_c)
    weights = (p.x, p.kernel, p.recurrent_kernel, p.bias)
    d_x, d_kernel, d_recurrent_kernel, d_bias = (np.zeros(a.shape) for a in weights)
    d_states, d_cells = np.zeros((2, *f.states.shape))

    order = list(p.order())
    for position in range(len(order) - 1, -1, -1):
        t = order[position]
        before = order[position - 1] if position else None
        h_before = p.h0 if before is None else f.states[before]
        c_before = f.cells[before] if f.cells is not None and before is not None else p.c0
        rows = p.valid[t]

        dh = dh + (np.where(rows[:, None], d_out[t], 0.0) if zero_output else d_out[t])
        step = Step(
            h=f.states[t, rows],
            c=_rows(None if f.cells is None else f.cells[t], rows),
            gates=f.gates[t, rows],
        )
        gradients = p.cell.backward(
            p.x[t, rows],
            h_before[rows],
            _rows(c_before, rows),
            p.kernel,
            p.recurrent_kernel,
            p.dropout[rows],
            step,
            dh[rows],
            dc[rows],
        )
        d_states[t], d_cells[t] = dh, dc
        d_x[t, rows] = gradients.x
        d_kernel += gradients.kernel
        d_recurrent_kernel += gradients.recurrent_kernel
        d_bias += gradients.bias
        if gradients.arriving_c is not None:
            d_cells[t, rows] = gradients.arriving_c
        dh[rows] = gradients.h
        if gradients.c is not None:
            dc = dc.copy()
            dc[rows] = gradients.c
    return Backward(
        d_x=d_x,
        d_kernel=d_kernel,
        d_recurrent_kernel=d_recurrent_kernel,
        d_bias=d_bias,
        d_h0=dh,
        d_c0=dc if p.cell.has_cell_state else None,
        d_states=d_states,
        d_cells=d_cells if p.cell.has_cell_state else None,
    )


def _rows(a: Array | None, rows: Array) -> Array | None:
    return None if a is None else a[rows]
