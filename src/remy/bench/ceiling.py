"""The machine's ceiling: the rate of a large matrix product, and how fast a cached array can be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import torch

from remy import _core
from remy.bench.turns import rest

#: Rows, columns and depth of the product.
SIZE: Final = 2048

#: Each measurement is the best of so many, a pause before each.
_TRIES: Final = 5
_PAUSE: Final = 0.01

#: Bytes read in one measurement of bandwidth, and how often an array is read at most.
_BYTES: Final = 1 << 29
_MOST_TIMES: Final = 1 << 15


class Ceiling:
    """What the machine can do with the threads in use.

    Parameters
    ----------
    size
        Rows, columns and depth of the product; smaller ones are for tests.

    Attributes
    ----------
    product
        Computes the product once: torch's or the core's, whichever is faster here.
    operations
        Of the product.
    bandwidths
        Bytes of an array -> bytes a second of reading it again and again, as far as it was asked for.
    """

    def __init__(self, size: int = SIZE) -> None:
        random = np.random.default_rng(0)
        a, b = random.standard_normal((2, size, size)).astype(np.float32)
        out = np.empty_like(a)
        ours = _core.PackedDense(b, None)
        first, second, result = (torch.from_numpy(array) for array in (a, b, out))

        def by_torch() -> None:
            with torch.inference_mode():
                torch.matmul(first, second, out=result)

        self.operations = 2.0 * float(size) ** 3
        self._seconds, self.product = min(
            ((_best_seconds(product), product) for product in (by_torch, lambda: ours.apply(a, out))),
            key=lambda found: found[0],
        )
        self.bandwidths: dict[int, float] = {}

    @property
    def rate(self) -> float:
        """float32 operations a second of the product: the best seen."""
        return self.operations / self._seconds

    def saw(self, seconds: Sequence[float]) -> None:
        """Remember times of the product that were measured elsewhere."""
        self._seconds = min(self._seconds, *seconds)

    def bandwidth(self, size: int) -> float:
        """Return the bytes a second of reading an array of `size` bytes.

        Examples
        --------
        >>> Ceiling(64).bandwidth(1 << 14) > 0.0
        True
        """
        if size not in self.bandwidths:
            array = np.ones(size // 4, np.float32)
            times = max(1, min(_BYTES // size, _MOST_TIMES))
            self.bandwidths[size] = times * array.nbytes / _best_seconds(lambda: _core.read(array, times))
        return self.bandwidths[size]


def _best_seconds(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(_TRIES):
        rest(_PAUSE)
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best
