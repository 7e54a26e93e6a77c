"""What the networks of all tasks share: their weights under the names of the model file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from remy.errors import ModelFileError
from remy.io.architecture import expected_tensors


class Network(torch.nn.Module):
    """A network that the model file's ``architecture`` describes.

    Parameters
    ----------
    architecture
        As in the model file, see :func:`remy.io.architecture.expected_tensors`.

    Raises
    ------
    ModelFileError
        If `architecture` is not one.
    """

    def __init__(self, architecture: Mapping[str, Any]) -> None:
        super().__init__()
        self.architecture = dict(architecture)
        self._shapes = expected_tensors(architecture)

    def named_weights(self) -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        raise NotImplementedError

    def to_tensors(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return a copy of every weight under its name in the model file, float32."""
        return {
            name: parameter.detach().to("cpu", torch.float32).numpy().copy()
            for name, parameter in self.named_weights().items()
        }

    def from_tensors(self, tensors: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Take over weights in the names of the model file.

        Raises
        ------
        ModelFileError
            If one is missing or has another shape.
        """
        owner = type(self).__name__
        for name, shape in self._shapes.items():
            if name not in tensors:
                raise ModelFileError(f"{owner}: tensor '{name}' is missing")
            if tuple(tensors[name].shape) != shape:
                got = tuple(tensors[name].shape)
                raise ModelFileError(f"{owner}: tensor '{name}': expected shape {shape}, got {got}")
        with torch.no_grad():
            for name, parameter in self.named_weights().items():
                parameter.copy_(torch.from_numpy(np.array(tensors[name])))


def held_dropout(values: torch.Tensor, share: float, training: bool) -> torch.Tensor:
    """Drop features of `values` (B, T, F) while training, one mask per row, held over time.

    Y. Gal and Z. Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks",
    NeurIPS 2016.
    """
    if not training or not share:
        return values
    ones = values.new_ones(values.shape[0], 1, values.shape[2])
    return values * torch.nn.functional.dropout(ones, share)
