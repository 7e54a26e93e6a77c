"""The gated recurrent unit as Keras and cuDNN have it: the reset gate after the product."""

from __future__ import annotations

import numpy as np

from remy.reference.cell import Array, Step, StepGradients, blocks, sigmoid


class GRUResetAfter:
    """Gated recurrent unit, Keras's ``reset_after=True``; gates in Keras's order ``z, r, h``.

    With ``a = x_t W + b_0`` and ``q = h_{t-1} U + b_1`` in three blocks each::

        z = σ(a_z + q_z)   r = σ(a_r + q_r)   h̃ = tanh(a_h + r ⊙ q_h)
        h_t = z ⊙ h_{t-1} + (1 - z) ⊙ h̃

    Backward, with ``dh = dL/dh_t``::

        δ_h = dh ⊙ (1 - z) ⊙ (1 - h̃²)         δ_z = dh ⊙ (h_{t-1} - h̃) ⊙ z (1 - z)
        δ_r = δ_h ⊙ q_h ⊙ r (1 - r)
        the products see    δ = (δ_z, δ_r, δ_h) on the side of x,    ε = (δ_z, δ_r, r ⊙ δ_h) on the side of h
        dL/dx_t = δ Wᵀ      dL/dh_{t-1} = dh ⊙ z + ε Uᵀ

    The kept fourth slot is ``q_h``, which backward needs and cannot cheaply compute.

    References
    ----------
    K. Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine
    translation", EMNLP 2014, in the variant of arXiv:1406.1078v1 that Keras calls ``reset_after``; ``z``
    keeps the old state there, as here.
    """

    gates: tuple[str, ...] = ("z", "r", "h")
    slots: tuple[str, ...] = ("z", "r", "h", "q")
    has_cell_state = False
    bias_shape: tuple[int, ...] = (2, 3)

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
        a_z, a_r, a_h = blocks(x @ kernel + bias[0], 3)
        q_z, q_r, q_h = blocks((h * dropout) @ recurrent_kernel + bias[1], 3)
        z, r = sigmoid(a_z + q_z), sigmoid(a_r + q_r)
        candidate = np.tanh(a_h + r * q_h)
        return Step(h=z * h + (1.0 - z) * candidate, c=None, gates=np.stack([z, r, candidate, q_h], axis=1))

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
        z, r, candidate, q = np.moveaxis(step.gates, 1, 0)
        delta_h = d_h * (1.0 - z) * (1.0 - candidate**2)
        delta_z = d_h * (h - candidate) * z * (1.0 - z)
        delta_r = delta_h * q * r * (1.0 - r)
        delta = np.concatenate([delta_z, delta_r, delta_h], axis=1)
        epsilon = np.concatenate([delta_z, delta_r, r * delta_h], axis=1)
        return StepGradients(
            x=delta @ kernel.T,
            h=d_h * z + dropout * (epsilon @ recurrent_kernel.T),
            c=None,
            kernel=x.T @ delta,
            recurrent_kernel=(h * dropout).T @ epsilon,
            bias=np.stack([delta.sum(axis=0), epsilon.sum(axis=0)]),
        )
