"""What a search for a sequence gives, and how sequences of different lengths are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import UsageError


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One sequence that was found.

    Attributes
    ----------
    ids
        (T,) its tokens, without the one that ends it.
    log_probability
        Sum of the logarithms of all its tokens' probabilities, the end among them where it has one.
    score
        What it was ranked by.
    ended
        Whether it came to its end by itself; if not, it was cut at the longest length allowed.
    attention
        (T, S): what was looked at while each token was chosen; None where the network looks at nothing.
    """

    ids: NDArray[np.int64]
    log_probability: float
    score: float
    ended: bool
    attention: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True)
class Penalties:
    """How hypotheses are ranked: ``log P / lp + cp``.

    ``lp = ((5 + T) / 6) ** length`` and ``cp = coverage * sum_s log min(sum_t a_ts, 1)`` over the attention
    weights ``a`` (Wu et al. 2016, "Google's neural machine translation system", equation 14).

    Parameters
    ----------
    length
        0 favours short sequences; 1 compares mean log-probabilities, or nearly.
    coverage
        How much it costs to leave parts of the source unread.

    Raises
    ------
    UsageError
        If one is negative or not finite.

    Examples
    --------
    >>> Penalties(length=1.0).score(-6.0, length=7, seen=None)
    -3.0
    """

    length: float = 1.0
    coverage: float = 0.0

    def __post_init__(self) -> None:
        for name in ("length", "coverage"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0):
                raise UsageError(f"{name}_penalty: expected a number of at least 0, got {value}.")

    def score(self, log_probability: float, *, length: int, seen: ArrayLike | None) -> float:
        """Return the rank of a hypothesis.

        Parameters
        ----------
        log_probability
            Of all tokens.
        length
            Number of tokens, the end among them.
        seen
            (S,) sum of the attention each part of the source was given; None where there is none.
        """
        found: float = log_probability / ((5.0 + length) / 6.0) ** self.length
        if self.coverage and seen is not None:
            # What was never looked at would make the score minus infinity.
            shares = np.clip(np.asarray(seen, np.float64), 1e-6, 1.0)
            found += self.coverage * float(np.log(shares).sum())
        return found
