"""The long short-term memory cell."""

from __future__ import annotations

import numpy as np

from remy.reference.cell import Array, Step, StepGradients, blocks, sigmoid


class LSTM:
    """Long short-term memory with a forget gate and without peepholes; gates in Keras's order ``i, f, g, o``.

    With ``a = x_t W + h_{t-1} U + b`` in four blocks::

        i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
        c_t = f ⊙ c_{t-1} + i ⊙ g
        h_t = o ⊙ tanh(c_t)

    Backward, with ``dh = dL/dh_t`` and ``dc`` what reaches ``c_t`` from later steps::

        dc' = dc + dh ⊙ o ⊙ (1 - tanh²(c_t))           the whole gradient at c_t
        δ_i = dc' ⊙ g ⊙ i (1 - i)         δ_f = dc' ⊙ c_{t-1} ⊙ f (1 - f)
        δ_g = dc' ⊙ i ⊙ (1 - g²)          δ_o = dh ⊙ tanh(c_t) ⊙ o (1 - o)
        dL/dc_{t-1} = dc' ⊙ f             dL/dh_{t-1} = δ Uᵀ          dL/dx_t = δ Wᵀ

    References
    ----------
    S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997);
    the forget gate: F. Gers, J. Schmidhuber and F. Cummins, "Learning to forget", Neural Computation 12
    (2000).
    """

    gates: tuple[str, ...] = ("i", "f", "g", "o")
    slots: tuple[str, ...] = ("i", "f", "g", "o")
    has_cell_state = True
    bias_shape: tuple[int, ...] = (4,)

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
        assert c is not None
        a_i, a_f, a_g, a_o = blocks(x @ kernel + (h * dropout) @ recurrent_kernel + bias, 4)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c_new = f * c + i * g
        return Step(h=o * np.tanh(c_new), c=c_new, gates=np.stack([i, f, g, o], axis=1))

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
        assert c is not None
        assert step.c is not None
        assert d_c is not None
        i, f, g, o = np.moveaxis(step.gates, 1, 0)
        tanh_c = np.tanh(step.c)
        d_c = d_c + d_h * o * (1.0 - tanh_c**2)
        delta = np.concatenate(
            [
                d_c * g * i * (1.0 - i),
                d_c * c * f * (1.0 - f),
                d_c * i * (1.0 - g**2),
                d_h * tanh_c * o * (1.0 - o),
            ],
            axis=1,
        )
        return StepGradients(
            x=delta @ kernel.T,
            h=dropout * (delta @ recurrent_kernel.T),
            c=d_c * f,
            arriving_c=d_c,
            kernel=x.T @ delta,
            recurrent_kernel=(h * dropout).T @ delta,
            bias=delta.sum(axis=0),
        )
