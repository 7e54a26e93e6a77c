"""The convolutions that read a picture: a grid of vectors for attention, and their mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from remy.io.architecture.picture import CENTRE, SPREAD, block_filters
from remy.layers.initializers import initialize


class PictureEncoder(torch.nn.Module):
    """Blocks of a 3 x 3 convolution, ReLU and 2 x 2 max pooling, as :mod:`remy.runtime.picture` runs them.

    Parameters
    ----------
    architecture
        With the settings of :func:`remy.io.architecture.picture.picture_tensors`; taken as checked.
    shift
        Pixels, at most, that each picture of a batch is moved down or up and right or left while training;
        what comes in has the colour of the edge.

    Examples
    --------
    >>> encoder = PictureEncoder({"picture_size": 12, "picture_channels": 1, "filters": 4, "blocks": 2})
    >>> encoder(torch.zeros(5, 12, 12, 1)).shape
    torch.Size([5, 9, 8])
    """

    def __init__(self, architecture: Mapping[str, Any], *, shift: int = 0) -> None:
        super().__init__()
        self.shift = shift
        self.kernels = torch.nn.ParameterList()
        self.biases = torch.nn.ParameterList()
        inputs = architecture["picture_channels"]
        for filters in block_filters(architecture):
            kernel = torch.empty(3, 3, inputs, filters)
            # He's scaling counts all inputs of an output: those of nine pixels.
            initialize(kernel.view(9 * inputs, filters), "he_normal")
            self.kernels.append(torch.nn.Parameter(kernel))
            self.biases.append(torch.nn.Parameter(torch.zeros(filters)))
            inputs = filters

    def forward(self, x: Tensor) -> Tensor:
        """Return the grid (B, S, D) of pictures (B, size, size, channels) from 0 to 1.

        Its places come row by row from the top left; their mean over S is the picture's one vector.
        """
        if self.training and self.shift:
            x = shifted(x, self.shift)
        values = ((x - CENTRE) / SPREAD).permute(0, 3, 1, 2)
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            values = F.max_pool2d(F.relu(F.conv2d(values, kernel.permute(3, 2, 0, 1), bias, padding=1)), 2)
        return values.flatten(2).transpose(1, 2)

    def named_weights(self, prefix: str = "conv") -> dict[str, torch.nn.Parameter]:
        """Return every weight under its name in the model file."""
        named: dict[str, torch.nn.Parameter] = {}
        for block, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True)):
            named |= {f"{prefix}_{block}/kernel": kernel, f"{prefix}_{block}/bias": bias}
        return named


def shifted(x: Tensor, most: int) -> Tensor:
    """Return pictures (B, H, W, C), each moved by up to `most` pixels along both axes, its edge repeated."""
    batch, height, width, _ = x.shape
    moves = torch.randint(-most, most + 1, (2, batch, 1), device=x.device)
    rows = (torch.arange(height, device=x.device) + moves[0]).clamp(0, height - 1)
    columns = (torch.arange(width, device=x.device) + moves[1]).clamp(0, width - 1)
    each = torch.arange(batch, device=x.device)[:, None, None]
    return x[each, rows[:, :, None], columns[:, None, :]]
