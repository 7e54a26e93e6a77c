"""The same network in float64 from the reference cells, one plain pass: what the runtime must give."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy import reference
from remy.io.architecture import core_cell
from remy.io.model_file import ModelFile


def logits(model: ModelFile, ids: ArrayLike) -> NDArray[np.float64]:
    """Return the logits (T, B, V) after each of `ids` (T, B)."""
    settings, tensors = model.architecture, model.tensors
    x = tensors["embedding/embeddings"].astype(np.float64)[np.asarray(ids)]
    for layer in range(settings["layers"]):
        weights = [tensors[f"rnn_{layer}/{name}"] for name in ("kernel", "recurrent_kernel", "bias")]
        outputs = reference.sequence_forward(core_cell(settings), x, *weights).outputs
        adds = settings["residual"] and x.shape[-1] == settings["units"]
        x = outputs + x if adds else outputs
    kernel = tensors["embedding/embeddings"].T if settings["tied"] else tensors["dense/kernel"]
    return x @ kernel.astype(np.float64) + tensors["dense/bias"]


def nats(model: ModelFile, ids: NDArray[np.int32]) -> float:
    """Return the mean of -log P(next) over one pass."""
    values = logits(model, ids[:-1, None])[:, 0]
    largest = values.max(axis=1, keepdims=True)
    logs = values - largest - np.log(np.exp(values - largest).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(ids.size - 1), ids[1:]].mean())
