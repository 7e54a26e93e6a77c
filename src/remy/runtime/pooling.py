"""Pooling the outputs of recurrent layers, without torch; as :mod:`remy.models.pooling` trains it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remy.runtime.stack import Floats, Read


def pool(kind: str, read: Read, lengths: NDArray[np.int64], attention: Floats | None) -> Floats:
    """Return one vector a row, (B, D), of outputs (T, B, D) within each row's length."""
    if kind == "last":
        return read.last
    outputs = read.outputs
    inside = (np.arange(len(outputs))[:, None] < lengths)[..., None]
    if kind == "max":
        return np.ascontiguousarray(np.where(inside, outputs, -np.inf).max(axis=0), dtype=np.float32)
    if kind == "mean":
        # The core has set what is past a length to zero.
        return np.ascontiguousarray(outputs.sum(axis=0) / lengths[:, None], dtype=np.float32)
    assert attention is not None  # the architecture's table of tensors sees to it
    scores = np.where(inside, outputs @ attention, -np.inf)
    weights = np.exp(scores - scores.max(axis=0))
    return np.ascontiguousarray((weights * outputs).sum(axis=0) / weights.sum(axis=0), dtype=np.float32)


def pool_prefixes(kind: str, outputs: Floats, attention: Floats | None) -> Floats:
    """Return one vector for each prefix of a single row, (T, D), of its outputs (T, D)."""
    if kind == "last":
        return np.ascontiguousarray(outputs)
    if kind == "max":
        return np.maximum.accumulate(outputs, axis=0)
    if kind == "mean":
        counts = np.arange(1, len(outputs) + 1, dtype=np.float32)[:, None]
        return np.ascontiguousarray(outputs.cumsum(axis=0) / counts, dtype=np.float32)
    assert attention is not None
    scores = outputs @ attention
    # One shift for all prefixes would let early weights vanish beside a large later score.
    shifts = np.maximum.accumulate(scores, axis=0)
    total, weighted = np.float32(0.0), np.zeros(outputs.shape[1], np.float32)
    pooled = np.empty_like(outputs)
    before = shifts[0]
    for t, output in enumerate(outputs):
        fade, weight = np.exp(before - shifts[t]), np.exp(scores[t] - shifts[t])
        total, weighted = total * fade + weight, weighted * fade + weight * output
        pooled[t] = weighted / total
        before = shifts[t]
    return pooled
