"""What the input of one step is changed to: that of another step, noise, or what is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy.errors import DataError, ShapeError, UsageError, choice
from remy.inspect.inputs import LayerInputs

#: From a row and a step to what is added to its input, ``(K, I)``.
Draw = Callable[[int, int], Tensor]


def drawing(inputs: LayerInputs, change: Any, changes: int, size: float, seed: int) -> Draw:
    """Return who draws changes; see :func:`remy.inspect.input_influence` for the arguments."""
    rng = np.random.default_rng(seed)
    counting = torch.from_numpy(inputs.valid).to(inputs.x.device)
    if not inputs.valid.any():
        raise DataError(f"influence: expected a step that counts in {inputs.name}, all are masked")
    if not isinstance(change, str):
        return _given(inputs, change)
    if changes < 1:
        raise UsageError(f"changes: expected at least 1, got {changes}")
    if choice("change", change, ("swap", "noise")) == "swap":

        def swap(row: int, step: int) -> Tensor:
            others = inputs.x[row, counting[row]] - inputs.x[row, step]
            others = others[others.abs().amax(dim=1) > 0]
            return others[torch.from_numpy(rng.permutation(len(others))[:changes])]

        return swap
    deviation = inputs.x[counting].double().std(dim=0, correction=0)
    if not bool((deviation > 0).any()):
        raise DataError(f"influence: expected inputs that differ, to take noise from; {_WAY_OUT}")

    def noise(row: int, step: int) -> Tensor:
        drawn = torch.from_numpy(rng.standard_normal((changes, len(deviation)))).to(deviation.device)
        return (size * deviation * drawn).to(inputs.x.dtype)

    return noise


_WAY_OUT = "pass change= vectors (K, I) to add"


def nothing_to_swap() -> DataError:
    """Return the error for inputs that are the same at every step."""
    return DataError(f"influence: nothing to swap, as every step reads the same; {_WAY_OUT}")


def _given(inputs: LayerInputs, change: Any) -> Draw:
    vectors = torch.as_tensor(np.array(change)).to(inputs.x.device, inputs.x.dtype)
    width = inputs.x.shape[2]
    if vectors.dim() != 2 or vectors.shape[1] != width or not len(vectors):
        raise ShapeError(
            f"influence: expected change of shape (K, I) = (K, {width}), as {inputs.name} reads, got "
            f"{tuple(vectors.shape)}"
        )
    return lambda row, step: vectors
