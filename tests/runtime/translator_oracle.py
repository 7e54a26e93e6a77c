"""A translator in float64 from the reference cells, one pair at a time, a step at a time, no padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import reference
from remy.data.pieces import BEGIN_ID
from remy.io.architecture import core_cell, expected_tensors

ARCHITECTURE: dict[str, Any] = {
    "kind": "translator",
    "vocabulary_size": 9,
    "embedding_size": 4,
    "target_vocabulary_size": 8,
    "target_embedding_size": 5,
    "decoder_units": 7,
    "readout_units": 5,
    "attention": "additive",
    "input_feeding": False,
    "tied": True,
    "cell": "lstm",
    "units": 3,
    "layers": 2,
    "reset_after": True,
    "activation": "tanh",
}


def weights(architecture: dict[str, Any], seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Random weights, biases too, large enough that every one of them shows in the output."""
    generator = np.random.default_rng(seed)
    shapes = expected_tensors(architecture)
    return {name: generator.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}


class Textbook:
    """The network: what it reads once, and then the readout token by token."""

    def __init__(self, architecture: dict[str, Any], tensors: dict[str, NDArray[np.float32]]) -> None:
        self.settings = architecture
        self.weights = {name: array.astype(np.float64) for name, array in tensors.items()}
        self.cell = core_cell(architecture)

    def scores(self, source: Sequence[int], written: Sequence[int]) -> NDArray[np.float64]:
        """Return the scores (T, V) of each token of `written`, given the right ones before it."""
        settings, w = self.settings, self.weights
        memory, start = self._read(source)
        states = self._states(start)
        fed = np.zeros(settings["readout_units"])
        rows = []
        for token in [BEGIN_ID, *written[:-1]]:
            x = w["target_embedding/embeddings"][token]
            if settings["input_feeding"]:
                x = np.concatenate([x, fed])
            for layer in range(settings["layers"]):
                found = self._run(f"decoder_rnn_{layer}", x[None], *states[layer])
                x = found.outputs[0, 0]
                states[layer] = (found.h, found.c)
            fed = np.tanh(self._with_context(x, memory) @ w["readout/kernel"] + w["readout/bias"])
            kernel = w["target_embedding/embeddings"].T if settings["tied"] else w["output/kernel"]
            rows.append(fed @ kernel + w["output/bias"])
        return np.array(rows)

    def _read(self, source: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x = self.weights["embedding/embeddings"][list(source)]
        for layer in range(self.settings["layers"]):
            forward = self._run(f"encoder_rnn_{layer}/forward", x).outputs[:, 0]
            backward = self._run(f"encoder_rnn_{layer}/backward", x[::-1]).outputs[::-1, 0]
            x = np.concatenate([forward, backward], axis=1)
        # Each direction's last output: backwards that is at the first piece.
        return x, np.concatenate([forward[-1], backward[0]])

    def _run(self, name: str, x: NDArray[np.float64], h: Any = None, c: Any = None) -> Any:
        parts = [self.weights[f"{name}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")]
        return reference.sequence_forward(self.cell, x[:, None], *parts, h0=h, c0=c)

    def _states(self, start: NDArray[np.float64]) -> list[tuple[Any, Any]]:
        settings = self.settings
        values = np.tanh(start @ self.weights["bridge/kernel"] + self.weights["bridge/bias"])
        each = 2 if settings["cell"] == "lstm" else 1
        arrays = values.reshape(settings["layers"], each, 1, settings["decoder_units"])
        return [(layer[0], layer[1] if each == 2 else None) for layer in arrays]

    def _with_context(self, query: NDArray[np.float64], memory: NDArray[np.float64]) -> NDArray[np.float64]:
        kind, w = self.settings["attention"], self.weights
        if kind == "none":
            return query
        keys = memory @ w["attention/memory_kernel"]
        if kind == "additive":
            scores = np.tanh(query @ w["attention/query_kernel"] + keys) @ w["attention/score"]
        else:
            scores = keys @ query
        shares = np.exp(scores - scores.max())
        return np.concatenate([query, shares / shares.sum() @ memory])


def log_softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithms of the probabilities of rows of scores."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found
