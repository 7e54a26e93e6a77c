"""The machine's ceiling: the rate of a large matrix product, and how fast a cached array can be read."""

from __future__ import annotations

import time
from collections.abc import Callable
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
    """What the machine can do with the threads in use, measured where it is first asked for.

    Parameters
    ----------
    size
        Rows, columns and depth of the product; smaller ones are for tests.
    """

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._rate: float | None = None
        self.bandwidths: dict[int, float] = {}

    @property
    def rate(self) -> float:
        """float32 operations a second of a large product: the better of torch's and the core's."""
        if self._rate is None:
            self._rate = self._measure_rate()
        return self._rate

    def bandwidth(self, size: int) -> float | None:
        """Return the bytes a second of reading an array of `size` bytes; ``None`` if the core cannot measure.

        Examples
        --------
        >>> Ceiling().bandwidth(1 << 14) != 0.0
        True
        """
        read: Callable[[np.ndarray[tuple[int], np.dtype[np.float32]], int], float] | None = getattr(
            _core, "read", None
        )
        if read is None:
            return None
        if size not in self.bandwidths:
            array = np.ones(size // 4, np.float32)
            times = max(1, min(_BYTES // size, _MOST_TIMES))
            self.bandwidths[size] = times * array.nbytes / _best_seconds(lambda: read(array, times))
        return self.bandwidths[size]

    def _measure_rate(self) -> float:
        random = np.random.default_rng(0)
        a, b = random.standard_normal((2, self._size, self._size)).astype(np.float32)
        out = np.empty_like(a)
        ours = _core.PackedDense(b, None)
        first, second, result = (torch.from_numpy(array) for array in (a, b, out))

        def by_torch() -> None:
            with torch.inference_mode():
                torch.matmul(first, second, out=result)

        seconds = min(_best_seconds(by_torch), _best_seconds(lambda: ours.apply(a, out)))
        return 2.0 * float(self._size) ** 3 / seconds


def _best_seconds(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(_TRIES):
        rest(_PAUSE)
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best
