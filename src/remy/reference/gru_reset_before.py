"""The gated recurrent unit as first published: the reset gate before the product."""

from __future__ import annotations

import numpy as np

from remy.reference.cell import Array, Step, StepGradients, blocks, sigmoid


class GRUResetBefore:
    """Gated recurrent unit, Keras's ``reset_after=False``; gates in Keras's order ``z, r, h``.

    With ``a = x_t W + b`` in three blocks and ``U = (U_z, U_r, U_h)``::

        z = σ(a_z + h_{t-1} U_z)   r = σ(a_r + h_{t-1} U_r)   h̃ = tanh(a_h + (r ⊙ h_{t-1}) U_h)
        h_t = z ⊙ h_{t-1} + (1 - z) ⊙ h̃

    Backward, with ``dh = dL/dh_t`` and ``p = δ_h U_hᵀ``, the gradient at ``r ⊙ h_{t-1}``::

        δ_h = dh ⊙ (1 - z) ⊙ (1 - h̃²)         δ_z = dh ⊙ (h_{t-1} - h̃) ⊙ z (1 - z)
        δ_r = p ⊙ h_{t-1} ⊙ r (1 - r)
        dL/dx_t = δ Wᵀ      dL/dh_{t-1} = dh ⊙ z + δ_z U_zᵀ + δ_r U_rᵀ + r ⊙ p

    References
    ----------
    K. Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine
    translation", EMNLP 2014 (arXiv:1406.1078v3). ``z`` keeps the old state there, as here.
    """

    gates: tuple[str, ...] = ("z", "r", "h")
    slots: tuple[str, ...] = ("z", "r", "h")
    has_cell_state = False
    bias_shape: tuple[int, ...] = (3,)

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
        a_z, a_r, a_h = blocks(x @ kernel + bias, 3)
        U_z, U_r, U_h = blocks(recurrent_kernel, 3)
        dropped = h * dropout
        z, r = sigmoid(a_z + dropped @ U_z), sigmoid(a_r + dropped @ U_r)
        candidate = np.tanh(a_h + (r * dropped) @ U_h)
        return Step(h=z * h + (1.0 - z) * candidate, c=None, gates=np.stack([z, r, candidate], axis=1))

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
        z, r, candidate = np.moveaxis(step.gates, 1, 0)
        U_z, U_r, U_h = blocks(recurrent_kernel, 3)
        dropped = h * dropout
        delta_h = d_h * (1.0 - z) * (1.0 - candidate**2)
        delta_z = d_h * (h - candidate) * z * (1.0 - z)
        product = delta_h @ U_h.T
        delta_r = product * dropped * r * (1.0 - r)
        delta = np.concatenate([delta_z, delta_r, delta_h], axis=1)
        return StepGradients(
            x=delta @ kernel.T,
            h=d_h * z + dropout * (delta_z @ U_z.T + delta_r @ U_r.T + r * product),
            c=None,
            kernel=x.T @ delta,
            recurrent_kernel=np.concatenate(
                [dropped.T @ delta_z, dropped.T @ delta_r, (r * dropped).T @ delta_h], axis=1
            ),
            bias=delta.sum(axis=0),
        )
