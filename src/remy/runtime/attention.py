"""Attention of a trained decoder, in NumPy: which parts of a memory its rows look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.runtime.stack import Floats

#: Numbers that one block of an additive score has, so that they stay in the cache.
_BLOCK = 1 << 17


class Attention:
    """What a decoder looks at; the equations stand in :mod:`remy.models.attention`.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked, and with attention.
    """

    def __init__(self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        self._memory_kernel = tensors["attention/memory_kernel"]
        self._is_additive = architecture["attention"] == "additive"
        if self._is_additive:
            self._query_kernel = tensors["attention/query_kernel"]
            self._score = tensors["attention/score"]

    def keys(self, parts: Floats) -> Floats:
        """Return of the memory (N, S, D) what scores need of it, (N, S, A)."""
        return _product(parts, self._memory_kernel)

    def weights(self, queries: Floats, keys: Floats, inside: NDArray[np.bool_]) -> Floats:
        """Return how much of each part is looked at, (N, K, S), adding up to 1.

        Parameters
        ----------
        queries
            (N, K, H): K rows a source.
        keys
            (N, S, A).
        inside
            (N, S), where there is something.
        """
        if self._is_additive:
            scores = self._additive(_product(queries, self._query_kernel), keys)
        else:
            scores = queries @ keys.transpose(0, 2, 1)
        scores = np.where(inside[:, None], scores, np.float32(-np.inf))
        scores -= scores.max(axis=2, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        return scores

    def _additive(self, queries: Floats, keys: Floats) -> Floats:
        count, width, size = queries.shape
        steps = keys.shape[1]
        scores = np.empty((count, width, steps), np.float32)
        each = max(1, _BLOCK // (width * steps * size))
        for start in range(0, count, each):
            some = slice(start, start + each)
            sums = queries[some, :, None] + keys[some, None]
            np.tanh(sums, out=sums)
            np.matmul(sums, self._score, out=scores[some])
        return scores


def _product(x: Floats, kernel: Floats) -> Floats:
    """Return ``x @ kernel`` for x (N, K, D) as one product: NumPy makes N small ones of it."""
    found: Floats = (x.reshape(-1, x.shape[-1]) @ kernel).reshape(*x.shape[:-1], -1)
    return found
