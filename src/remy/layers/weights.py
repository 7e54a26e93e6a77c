"""The weights of a recurrent cell as a torch module; the input size is found at the first call."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from remy.errors import ShapeError
from remy.layers.checks import at_least_one
from remy.layers.initializers import Initializer, initialize
from remy.layers.lazy import LazyModule, give_shape, is_unsized, unsized_parameter
from remy.ops import CELLS, CellSizes


class RecurrentWeights(LazyModule):
    """Kernel ``(I, G*H)``, recurrent kernel ``(H, G*H)`` and bias of one recurrent cell, in Keras's layout.

    Until the first call, or `build`, the kernel has no shape; optimisers may already hold it.

    Parameters
    ----------
    cell
        One of :data:`remy.ops.CELLS`.
    units
        Number of units H.
    use_bias, kernel_initializer, recurrent_initializer, bias_initializer
        As in Keras; see :func:`remy.layers.initializers.initialize` for the names.
    unit_forget_bias
        Whether the bias of the LSTM's forget gate starts at 1 (R. Jozefowicz et al., ICML 2015).
    input_size
        Number of features I where it is known beforehand.
    device, dtype
        Of the weights, as in torch.
    """

    kernel: torch.nn.Parameter
    recurrent_kernel: torch.nn.Parameter
    bias: torch.nn.Parameter | None

    def __init__(
        self,
        cell: str,
        units: int,
        *,
        use_bias: bool,
        kernel_initializer: Initializer,
        recurrent_initializer: Initializer,
        bias_initializer: Initializer,
        unit_forget_bias: bool = False,
        input_size: int | None,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> None:
        super().__init__()
        self.cell = cell
        self.units = at_least_one(self.sizes.family, "units", units)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.bias_initializer = bias_initializer
        self.unit_forget_bias = unit_forget_bias
        width = len(self.sizes.gates) * self.units
        self.kernel = unsized_parameter(device, dtype)
        self.recurrent_kernel = torch.nn.Parameter(torch.empty(self.units, width, device=device, dtype=dtype))
        self.bias = (
            torch.nn.Parameter(torch.empty(self.sizes.bias_shape(self.units), device=device, dtype=dtype))
            if use_bias
            else None
        )
        if input_size is not None:
            self.build(input_size)
        else:
            self._reset_recurrent_weights()

    @property
    def sizes(self) -> CellSizes:
        """The sizes that follow from the cell."""
        return CELLS[self.cell]

    @property
    def input_size(self) -> int | None:
        """Number of features I, or ``None`` before the first call."""
        return None if is_unsized(self.kernel) else self.kernel.shape[0]

    def build(self, input_size: int) -> None:
        """Give the weights their shapes for `input_size` features, and first values; the first call does it.

        Raises
        ------
        UsageError
            If `input_size` is below 1.
        ShapeError
            If the weights already have another one.
        """
        input_size = at_least_one(self.sizes.family, "input_size", input_size)
        if is_unsized(self.kernel):
            # Weights made under inference mode could never be trained.
            with torch.inference_mode(False):
                give_shape(self.kernel, (input_size, len(self.sizes.gates) * self.units))
                self.reset_parameters()
        else:
            self.expect_features(input_size)

    def reset_parameters(self) -> None:
        """Draw new first values for all weights."""
        initialize(self.kernel, self.kernel_initializer)
        self._reset_recurrent_weights()

    def _reset_recurrent_weights(self) -> None:
        initialize(self.recurrent_kernel, self.recurrent_initializer)
        if self.bias is not None:
            initialize(self.bias, self.bias_initializer)
            if self.unit_forget_bias:
                with torch.no_grad():
                    self.bias[self.units : 2 * self.units].fill_(1.0)

    def initialize_parameters(self, x: Tensor, *_: Any, **__: Any) -> None:
        """Find the input size at the first call; torch's lazy modules call this."""
        if self.has_uninitialized_params():
            self.expect_batch(x)
            self.build(x.shape[-1])

    def expect_batch(self, x: Tensor) -> None:
        """Raise a `ShapeError` unless `x` has the right number of axes."""
        raise NotImplementedError

    def expect_features(self, inputs: int) -> None:
        """Raise a `ShapeError` unless the weights are for so many features."""
        if inputs != self.input_size:
            raise ShapeError(
                f"{self.sizes.family}: expected inputs with I = {self.input_size} features, got {inputs}; "
                "the first call fixed the number."
            )

    def extra_repr(self) -> str:
        """Return the sizes for the module's printed form."""
        return f"{self.input_size or '?'}, {self.units}" + ("" if self.use_bias else ", use_bias=False")
