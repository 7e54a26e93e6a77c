"""Modules whose input size is found at the first call."""

from __future__ import annotations

import warnings

import torch
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedParameter


class LazyModule(LazyModuleMixin, torch.nn.Module):
    """A module that may hold parameters without a shape until its first call.

    torch calls `initialize_parameters` with the arguments of that call; `torch.compile` knows of it,
    optimisers may hold the parameters before, and loading a state dict gives them their shapes too.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Older versions of torch call their lazy modules a new feature, at every construction.
            warnings.filterwarnings("ignore", message="Lazy modules", category=UserWarning)
            super().__init__()


def unsized_parameter(device: torch.device | str | None, dtype: torch.dtype | None) -> torch.nn.Parameter:
    """Return a parameter that has no shape yet."""
    return UninitializedParameter(device=device, dtype=dtype)  # type: ignore[call-arg, return-value]


def is_unsized(parameter: torch.nn.Parameter) -> bool:
    """Whether the parameter has no shape yet."""
    return isinstance(parameter, UninitializedParameter)


def give_shape(parameter: torch.nn.Parameter, shape: tuple[int, ...]) -> None:
    """Give an unsized parameter its shape; it stays the same object."""
    assert isinstance(parameter, UninitializedParameter)
    parameter.materialize(shape)
