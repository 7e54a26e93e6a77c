"""Elman's simple recurrent network."""

from __future__ import annotations

import numpy as np

from remy.reference.cell import Array, Step, StepGradients


class SimpleRNN:
    """The simple recurrent cell.

    ``h_t = φ(x_t W + h_{t-1} U + b)`` with φ one of tanh, relu and the identity.

    Backward, with ``δ = dL/dh_t ⊙ φ'``: ``dL/dx_t = δ Wᵀ``, ``dL/dh_{t-1} = δ Uᵀ``, ``dL/dW = x_tᵀ δ``,
    ``dL/dU = h_{t-1}ᵀ δ``, ``dL/db = Σ_rows δ``; where dropout scales ``h_{t-1}``, the scaled one stands in
    its place.

    References
    ----------
    J. L. Elman, "Finding structure in time", Cognitive Science 14 (1990).

    Parameters
    ----------
    activation
        ``tanh``, ``relu`` or ``linear``.
    """

    gates: tuple[str, ...] = ("h",)
    slots: tuple[str, ...] = ()
    has_cell_state = False
    bias_shape: tuple[int, ...] = (1,)

    def __init__(self, activation: str) -> None:
        self.activation = activation

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
        """Take one step; see :class:`remy.reference.Cell`."""
        a = x @ kernel + (h * dropout) @ recurrent_kernel + bias
        if self.activation == "tanh":
            a = np.tanh(a)
        elif self.activation == "relu":
            a = np.where(a.real <= 0, 0.0, a)  # so that NaN stays NaN
        return Step(h=a, c=None, gates=np.zeros((len(x), 0, a.shape[1]), a.dtype))

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
        """Return the gradients of one step; see :class:`remy.reference.Cell`."""
        if self.activation == "tanh":
            delta = d_h * (1.0 - step.h**2)
        elif self.activation == "relu":
            delta = np.where(step.h <= 0, 0.0, d_h)
        else:
            delta = d_h
        return StepGradients(
            x=delta @ kernel.T,
            h=dropout * (delta @ recurrent_kernel.T),
            c=None,
            kernel=x.T @ delta,
            recurrent_kernel=(h * dropout).T @ delta,
            bias=delta.sum(axis=0),
        )
