"""A fully connected layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from remy.errors import ShapeError, choice
from remy.layers.activations import ACTIVATIONS
from remy.layers.checks import at_least_one
from remy.layers.initializers import Initializer, initialize
from remy.layers.lazy import LazyModule, give_shape, is_unsized, unsized_parameter


class Dense(LazyModule):
    """Fully connected layer, ``y = φ(x W + b)``, on the last axis; every step of a sequence alike.

    Parameters
    ----------
    units
        Width of the output.
    activation
        φ: one of :data:`remy.layers.activations.ACTIVATIONS`, ``None`` for ``linear``.
    use_bias, kernel_initializer, bias_initializer
        As in Keras. The kernel is ``(I, units)``, the bias ``(units,)``.
    input_size
        Number of features I where it is known beforehand; else the first call finds it.
    device, dtype
        Of the weights, as in torch.

    Raises
    ------
    UsageError
        If an option has a value that cannot be used.

    Examples
    --------
    >>> import torch
    >>> from remy.layers import Dense
    >>> Dense(10)(torch.zeros(2, 5, 3)).shape
    torch.Size([2, 5, 10])
    """

    kernel: torch.nn.Parameter
    bias: torch.nn.Parameter | None

    def __init__(
        self,
        units: int,
        *,
        activation: str | None = None,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        input_size: int | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.units = at_least_one("dense", "units", units)
        self.activation = choice("dense activation", activation or "linear", ACTIVATIONS)
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel = unsized_parameter(device, dtype)
        self.bias = (
            torch.nn.Parameter(torch.empty(self.units, device=device, dtype=dtype)) if use_bias else None
        )
        if self.bias is not None:
            initialize(self.bias, bias_initializer)
        if input_size is not None:
            self.build(input_size)

    @property
    def input_size(self) -> int | None:
        """Number of features I, or ``None`` before the first call."""
        return None if is_unsized(self.kernel) else self.kernel.shape[0]

    def build(self, input_size: int) -> None:
        """Give the kernel its shape for `input_size` features, and first values; the first call does it.

        Raises
        ------
        UsageError
            If `input_size` is below 1.
        ShapeError
            If the kernel already has another one.
        """
        input_size = at_least_one("dense", "input_size", input_size)
        if is_unsized(self.kernel):
            # Weights made under inference mode could never be trained.
            with torch.inference_mode(False):
                give_shape(self.kernel, (input_size, self.units))
                initialize(self.kernel, self.kernel_initializer)
        else:
            self._expect_features(input_size)

    def initialize_parameters(self, x: Tensor, *_: Any, **__: Any) -> None:
        """Find the input size at the first call; torch's lazy modules call this."""
        if self.has_uninitialized_params():
            self.build(x.shape[-1])

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(..., units)`` for ``(..., I)``.

        Raises
        ------
        ShapeError
            If the last axis has another size than at the first call.
        """
        self._expect_features(x.shape[-1])
        # As torch has it: one call that also adds the bias.
        y = torch.nn.functional.linear(x, self.kernel.T, self.bias)
        return ACTIVATIONS[self.activation](y)

    def _expect_features(self, inputs: int) -> None:
        if inputs != self.kernel.shape[0]:
            raise ShapeError(
                f"dense: expected inputs with I = {self.kernel.shape[0]} features, got {inputs}; "
                "the first call fixed the number."
            )

    def extra_repr(self) -> str:
        """Return the sizes for the module's printed form."""
        return f"{self.input_size or '?'}, {self.units}, activation={self.activation}"
