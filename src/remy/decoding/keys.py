"""Drawing the keys of a frame from their scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import UsageError


def key_probabilities(scores: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Return ``σ(scores / temperature)``; at temperature 0 it is 1 where the score is above 0, else 0.

    Raises
    ------
    UsageError
        Unless ``temperature >= 0``.

    Examples
    --------
    >>> key_probabilities([0.0, 2.0, -2.0], 0.0)
    array([0., 1., 0.])
    """
    if not (np.isfinite(temperature) and temperature >= 0):
        raise UsageError(f"temperature: expected a number of at least 0, got {temperature}.")
    values = np.asarray(scores, np.float64)
    if temperature == 0:
        return (values > 0).astype(np.float64)
    with np.errstate(over="ignore"):
        small = np.exp(-np.abs(values / temperature))
    return np.where(values >= 0, 1.0, small) / (1.0 + small)


def draw_keys(
    scores: ArrayLike, generator: np.random.Generator, temperature: float = 1.0
) -> NDArray[np.uint8]:
    """Draw each key by itself with its probability; takes as many numbers from `generator` as there are keys.

    Examples
    --------
    >>> draw_keys([9.0, -9.0], np.random.default_rng(0))
    array([1, 0], dtype=uint8)
    """
    chances = key_probabilities(scores, temperature)
    return (generator.random(chances.shape) < chances).astype(np.uint8)
