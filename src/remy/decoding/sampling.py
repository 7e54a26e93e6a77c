"""Choosing the next token from a network's logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError, UsageError


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How tokens are drawn.

    Parameters
    ----------
    temperature
        Divides the logits: below 1 the likely tokens become likelier. 0 always takes the likeliest.
    top_k
        Keep only the k likeliest tokens (Fan, Lewis & Dauphin 2018, "Hierarchical neural story generation").
    top_p
        Keep the fewest likeliest tokens whose probabilities, after the temperature and `top_k`, add up to at
        least p (Holtzman et al. 2020, "The curious case of neural text degeneration").

    Raises
    ------
    UsageError
        Unless ``temperature >= 0``, ``top_k >= 1`` and ``0 < top_p <= 1``.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.temperature) and self.temperature >= 0):
            raise UsageError(f"temperature: expected a number of at least 0, got {self.temperature}.")
        if self.top_k is not None and self.top_k < 1:
            raise UsageError(
                f"top_k: expected at least 1, got {self.top_k}; leave it out to keep every token."
            )
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise UsageError(f"top_p: expected more than 0 and at most 1, got {self.top_p}.")

    def probabilities(self, logits: ArrayLike) -> NDArray[np.float64]:
        """Return each token's probability: softmax(logits / temperature), cut to top_k and top_p.

        Parameters
        ----------
        logits (V,)
            ``-inf`` forbids a token.

        Returns
        -------
        array (V,) float64
            Adds up to 1. Of equally likely tokens the ones with smaller ids are kept first.

        Raises
        ------
        ShapeError
            If `logits` is not one-dimensional or is empty.
        DataError
            If a logit is NaN or +inf, or all are -inf.

        Examples
        --------
        >>> Sampling(top_k=2).probabilities([0.0, 0.0, -1.0])
        array([0.5, 0.5, 0. ])
        """
        values = _checked(logits)
        if self.temperature == 0:
            result = np.zeros(values.size)
            result[np.argmax(values)] = 1.0
            return result
        # Dividing after the largest is subtracted keeps a tiny temperature from overflowing to inf - inf.
        with np.errstate(over="ignore"):
            weights = np.exp((values - values.max()) / self.temperature)
        if self.top_k is not None or self.top_p is not None:
            order = np.argsort(-values, kind="stable")  # weights may tie where logits do not
            weights[order[self._kept(weights[order]) :]] = 0.0
        return np.asarray(weights / weights.sum())

    def next_token(self, logits: ArrayLike, generator: np.random.Generator) -> int:
        """Draw one token; takes exactly one number from `generator` (none at temperature 0)."""
        if self.temperature == 0:
            return greedy(logits)
        heights = np.cumsum(self.probabilities(logits))
        # The last height may miss 1 by rounding: aim below it, so that no token of probability 0 is drawn.
        aim = min(generator.random() * heights[-1], np.nextafter(heights[-1], 0.0))
        return int(np.searchsorted(heights, aim, side="right"))

    def _kept(self, falling: NDArray[np.float64]) -> int:
        """Return how many of the weights, sorted from the largest down, are kept."""
        count = falling.size if self.top_k is None else min(self.top_k, falling.size)
        if self.top_p is None or self.top_p == 1:
            return count
        heights = np.cumsum(falling[:count])
        return min(int(np.searchsorted(heights, self.top_p * heights[-1], side="left")) + 1, count)


def next_token(
    logits: ArrayLike,
    *,
    generator: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> int:
    """Draw the id of the next token from `logits` (V,), with the options of :class:`Sampling`.

    Examples
    --------
    >>> import numpy as np
    >>> next_token([0.0, 5.0, 1.0], temperature=0, generator=np.random.default_rng(1))
    1
    """
    return Sampling(temperature=temperature, top_k=top_k, top_p=top_p).next_token(logits, generator)


def greedy(logits: ArrayLike) -> int:
    """Return the id of the largest of `logits` (V,), the smallest id among equals."""
    return int(np.argmax(_checked(logits)))


def _checked(logits: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(logits, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ShapeError(f"sampling: expected logits of shape (V,) with V >= 1, got {values.shape}.")
    if not np.isfinite(values.max()):
        raise DataError(f"sampling: expected finite logits, got {values.max()} as the largest.")
    return values
