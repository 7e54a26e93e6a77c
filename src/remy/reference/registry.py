"""The cells by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from remy.errors import choice
from remy.reference.cell import Array, Cell, Step
from remy.reference.gru_reset_after import GRUResetAfter
from remy.reference.gru_reset_before import GRUResetBefore
from remy.reference.lstm import LSTM
from remy.reference.simple_rnn import SimpleRNN

#: The cells, under the names that :mod:`remy.ops` and the core use.
CELLS: dict[str, Cell] = {
    "simple_rnn_tanh": SimpleRNN("tanh"),
    "simple_rnn_relu": SimpleRNN("relu"),
    "simple_rnn_linear": SimpleRNN("linear"),
    "lstm": LSTM(),
    "gru_reset_after": GRUResetAfter(),
    "gru_reset_before": GRUResetBefore(),
}


def find_cell(cell: str) -> Cell:
    """Return the cell of that name, or raise a `UsageError` that suggests one."""
    return CELLS[choice("cell", cell, CELLS)]


def full_precision(a: npt.ArrayLike) -> Array:
    """Return `a` as float64, or as complex128 where it is complex (derivatives by complex step)."""
    a = np.asarray(a)
    return a.astype(np.complex128 if np.iscomplexobj(a) else np.float64)


def bias_or_zeros(cell: Cell, bias: npt.ArrayLike | None, units: int) -> Array:
    """Return the bias in the cell's own shape, which is all a cell's equations know."""
    shape = (*cell.bias_shape[:-1], cell.bias_shape[-1] * units)
    return np.zeros(shape) if bias is None else full_precision(bias).reshape(shape)


def cell_step(
    cell: str,
    x: npt.ArrayLike,
    h: npt.ArrayLike,
    c: npt.ArrayLike | None,
    kernel: npt.ArrayLike,
    recurrent_kernel: npt.ArrayLike,
    bias: npt.ArrayLike | None = None,
    recurrent_dropout: npt.ArrayLike | None = None,
) -> Step:
    """Take one step of a cell in float64.

    Parameters
    ----------
    cell
        One of :data:`CELLS`.
    x
        Input, ``(B, I)``.
    h, c
        Previous states, ``(B, H)``; `c` is ``None`` for cells without a cell state.
    kernel, recurrent_kernel, bias
        ``(I, G*H)``, ``(H, G*H)``, ``(G*H,)`` or, for ``gru_reset_after``, ``(2, 3*H)``.
    recurrent_dropout
        Factors ``(B, H)`` of ``h`` where it enters the recurrent product.

    Returns
    -------
    Step
        The new states and the values of the gates.

    Raises
    ------
    UsageError
        If there is no such cell.

    Examples
    --------
    >>> import numpy as np
    >>> step = cell_step("simple_rnn_linear", [[1.0]], [[10.0]], None, [[2.0]], [[0.5]])
    >>> step.h
    array([[7.]])
    """
    found = find_cell(cell)
    state = full_precision(h)
    extra: dict[str, Any] = {
        "c": None if c is None else full_precision(c),
        "bias": bias_or_zeros(found, bias, state.shape[1]),
        "dropout": np.ones(state.shape) if recurrent_dropout is None else full_precision(recurrent_dropout),
    }
    return found.forward(
        full_precision(x),
        state,
        kernel=full_precision(kernel),
        recurrent_kernel=full_precision(recurrent_kernel),
        **extra,
    )
