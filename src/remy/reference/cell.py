"""What a cell is: one step forward and one step backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Step:
    """What one step of a cell gives.

    Attributes
    ----------
    h
        The new hidden state, ``(B, H)``.
    c
        The new cell state, ``(B, H)``; ``None`` for cells without one.
    gates
        The values of the gates, ``(B, S, H)``, in the order of the cell's ``slots``.
    """

    h: Array
    c: Array | None
    gates: Array


@dataclass(frozen=True)
class StepGradients:
    """Gradients of one step of a cell with respect to everything that entered it.

    Attributes
    ----------
    x, h, c
        With respect to the input ``(B, I)`` and the previous states ``(B, H)``; `c` only with a cell state.
    kernel, recurrent_kernel, bias
        The step's share of the gradients of the weights; `bias` has the shape of the cell's bias.
    arriving_c
        The whole gradient at the new cell state: from later steps, and through the new ``h``.
    """

    x: Array
    h: Array
    c: Array | None
    kernel: Array
    recurrent_kernel: Array
    bias: Array
    arriving_c: Array | None = None


class Cell(Protocol):
    """One recurrent cell: its sizes, and its equations forward and backward.

    Attributes
    ----------
    gates
        Names of the ``G`` column blocks of the kernels, in order.
    slots
        Names of the ``S`` values kept for every unit and step.
    has_cell_state
        Whether there is a ``c`` beside ``h``.
    bias_shape
        Shape of the bias for `units` = 1: ``(G,)``, or ``(2, G)`` where inputs and recurrent product have
        their own.
    """

    gates: tuple[str, ...]
    slots: tuple[str, ...]
    has_cell_state: bool
    bias_shape: tuple[int, ...]

    def forward(
        self,
        x: Array,
        h: Array,
        c: Array | None,
        kernel: Array,
        recurrent_kernel: Array,
        bias: Array,
        dropout: Array,
    ) -> Step:
        """Take one step; `dropout` ``(B, H)`` scales the previous `h` in the recurrent product."""
        ...

    def backward(
        self,
        x: Array,
        h: Array,
        c: Array | None,
        kernel: Array,
        recurrent_kernel: Array,
        dropout: Array,
        step: Step,
        d_h: Array,
        d_c: Array | None,
    ) -> StepGradients:
        """Return the step's gradients, given `d_h` at ``step.h`` and `d_c` from later steps at ``step.c``."""
        ...


def sigmoid(a: Array) -> Array:
    """Logistic function ``1 / (1 + exp(-a))``, for complex arguments too (derivatives by complex step)."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-a)))


def blocks(a: Array, count: int) -> list[Array]:
    """Split the last axis into `count` equal blocks, one a gate."""
    units = a.shape[-1] // count
    return [a[..., k * units : (k + 1) * units] for k in range(count)]
