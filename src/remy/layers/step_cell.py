"""One step of a recurrent cell as a torch module."""

from __future__ import annotations

from torch import Tensor

from remy import ops
from remy.errors import ShapeError
from remy.layers.sequence_layer import LayerState
from remy.layers.weights import RecurrentWeights


class StepCell(RecurrentWeights):
    """One step of a cell; the weights have the layer's names, so either loads the other's state dict."""

    def forward(self, x: Tensor, state: LayerState | None = None) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Take one step.

        Parameters
        ----------
        x
            Input, ``(B, I)``.
        state
            Previous state: ``(h,)`` or, for the LSTM, ``(h, c)``, each ``(B, H)``; ``None`` for zeros.

        Returns
        -------
        output : Tensor
            ``(B, H)``.
        state : tuple of Tensor
            The new state, to be passed to the next step.

        Raises
        ------
        ShapeError
            If an argument's shape or dtype does not fit.
        """
        self.expect_batch(x)
        self.expect_features(x.shape[1])
        result = ops.sequence(
            x[None], self.kernel, self.recurrent_kernel, self.bias, cell=self.cell, initial_state=state
        )
        return result.h, (result.h,) if result.c is None else (result.h, result.c)

    def expect_batch(self, x: Tensor) -> None:
        """Raise a `ShapeError` unless `x` is ``(B, I)``."""
        if x.dim() != 2:
            raise ShapeError(
                f"{self.sizes.family}: expected inputs of one step of shape (B, I), got {tuple(x.shape)}; "
                "a layer takes whole sequences."
            )
