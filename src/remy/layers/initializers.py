"""First values of weights, with Keras's names and formulas."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import torch
from torch import Generator, Tensor

from remy.errors import choice

Initializer = str | Callable[[Tensor], object]

#: Standard deviation of a normal distribution cut off at two of its own; Keras divides by it.
_TRUNCATED_STD = 0.87962566103423978

#: Variance scaling: name -> (numerator, which fan divides it).
_SCALINGS = {"glorot": (1.0, "average"), "he": (2.0, "in"), "lecun": (1.0, "in")}


@torch.no_grad()
def initialize(tensor: Tensor, initializer: Initializer, *, generator: Generator | None = None) -> None:
    """Fill `tensor` in place.

    Parameters
    ----------
    tensor
        A kernel ``(inputs, outputs)`` or a bias.
    initializer
        ``zeros``, ``ones``, ``glorot_uniform``, ``glorot_normal``, ``he_uniform``, ``he_normal``,
        ``lecun_uniform``, ``lecun_normal``, ``orthogonal``, ``random_uniform`` (within 0.05),
        ``random_normal`` (deviation 0.05), or a function that fills a tensor, as those of ``torch.nn.init``.
    generator
        What named ones draw from; None for torch's own, which all threads share.

    Raises
    ------
    UsageError
        If the name is none of these.

    References
    ----------
    X. Glorot and Y. Bengio, AISTATS 2010; K. He et al., ICCV 2015; A. Saxe et al., ICLR 2014 (orthogonal).

    Examples
    --------
    >>> import torch
    >>> kernel = torch.empty(2, 4)
    >>> initialize(kernel, "glorot_uniform")
    >>> bool(kernel.abs().max() <= 1.0)
    True
    """
    if callable(initializer):
        initializer(tensor)
        return
    choice("initializer", initializer, INITIALIZERS)
    INITIALIZERS[initializer](tensor, generator)


def _scaled(family: str, distribution: str) -> Callable[[Tensor, Generator | None], object]:
    numerator, fan = _SCALINGS[family]

    def fill(tensor: Tensor, generator: Generator | None) -> None:
        fan_in, fan_out = tensor.shape[0], tensor.shape[-1]
        divisor = fan_in if fan == "in" else (fan_in + fan_out) / 2
        scale = sqrt(numerator / max(1.0, divisor))
        if distribution == "uniform":
            tensor.uniform_(-sqrt(3.0) * scale, sqrt(3.0) * scale, generator=generator)
        else:
            std = scale / _TRUNCATED_STD
            torch.nn.init.trunc_normal_(tensor, std=std, a=-2 * std, b=2 * std, generator=generator)

    return fill


#: Name -> function that fills a tensor in place, from a generator.
INITIALIZERS: dict[str, Callable[[Tensor, Generator | None], object]] = {
    "zeros": lambda tensor, _: torch.nn.init.zeros_(tensor),
    "ones": lambda tensor, _: torch.nn.init.ones_(tensor),
    "orthogonal": lambda tensor, generator: torch.nn.init.orthogonal_(tensor, generator=generator),
    "random_uniform": lambda tensor, generator: tensor.uniform_(-0.05, 0.05, generator=generator),
    "random_normal": lambda tensor, generator: tensor.normal_(std=0.05, generator=generator),
    **{
        f"{family}_{distribution}": _scaled(family, distribution)
        for family in _SCALINGS
        for distribution in ("uniform", "normal")
    },
}
