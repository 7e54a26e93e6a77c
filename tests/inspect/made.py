"""Traces of small networks with random weights, one of each kind, for tests of what is written of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from remy.inspect import Override, Trace, trace
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN

ROWS, STEPS, INPUTS, UNITS = 3, 7, 5, 4


class Words(nn.Module):
    """Reads letters word by word, then the words: its layer of letters has the words as its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = LSTM(3, input_size=2)
        self.words = GRU(4, input_size=3, return_sequences=True)

    def forward(self, x: Tensor) -> Tensor:
        """From (B, T, 2 * letters) to (B, T, 4)."""
        by_word: Tensor = self.letters(x.view(x.shape[0] * x.shape[1], -1, 2))
        found: Tensor = self.words(by_word.view(x.shape[0], x.shape[1], 3))
        return found


def run(
    layer: nn.Module, *, target: bool = False, inputs: int = INPUTS, dtype: Any = None, **options: Any
) -> Trace:
    """Return the trace of a network over random numbers."""
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(ROWS, STEPS, inputs, generator=generator).to(dtype)
    with torch.no_grad():
        scores = layer(x)
        for weight in layer.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) / 2)
    wanted = torch.randn(scores.shape, generator=generator).to(dtype) if target else None
    return trace(layer, x, wanted, **options)


def with_names() -> Trace:
    """Return a trace with everything that only a trained model gives."""
    found = run(LSTM(UNITS, return_sequences=True), target=True, output="softmax", check="full")
    items = tuple("žlutý ☃")
    return replace(found, items={"": items, "lstm": items[::-1]}, outputs=("a", "b", "\n", "ž"))


MASK = np.ones((ROWS, STEPS), dtype=bool)
MASK[1, :2] = MASK[1, 4] = MASK[2, 3:] = False

MAKERS: dict[str, Callable[[], Trace]] = {
    "lstm": lambda: run(LSTM(UNITS)),
    "lstm with gradients": lambda: run(LSTM(UNITS), target=True),
    "gru": lambda: run(GRU(UNITS), target=True),
    "gru, reset before": lambda: run(GRU(UNITS, reset_after=False), target=True),
    "simple": lambda: run(SimpleRNN(UNITS), target=True),
    "simple without target": lambda: run(SimpleRNN(UNITS, return_sequences=True, activation="relu")),
    "bidirectional": lambda: run(Bidirectional(LSTM(UNITS, return_sequences=True)), target=True),
    "masked": lambda: run(GRU(UNITS, return_sequences=True), target=True, mask=MASK),
    "held": lambda: run(
        LSTM(UNITS, return_sequences=True),
        target=True,
        override=[Override("forget", 0.0, steps=[2, 3]), Override("cell", 1.5, steps=[4], units=[1])],
    ),
    "stride": lambda: run(Bidirectional(GRU(UNITS)), target=True, stride=3),
    "float64": lambda: run(LSTM(UNITS).double(), target=True, dtype=torch.float64),
    "words": lambda: run(Words(), target=True, inputs=8),
    "names": with_names,
}
