"""The recurrent layers of every kind, and what the reference says they give."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy import reference
from remy.layers import GRU, LSTM, SimpleRNN
from remy.layers.recurrent import Recurrent

B, T, F, H = 4, 6, 3, 5

#: Name -> class and the options that make it; one for every cell of the core.
KINDS: dict[str, tuple[type[Recurrent], dict[str, Any]]] = {
    "simple_rnn_tanh": (SimpleRNN, {}),
    "simple_rnn_relu": (SimpleRNN, {"activation": "relu"}),
    "simple_rnn_linear": (SimpleRNN, {"activation": "linear"}),
    "lstm": (LSTM, {}),
    "gru_reset_after": (GRU, {}),
    "gru_reset_before": (GRU, {"reset_after": False}),
}

LENGTHS = torch.tensor([6, 0, 3, 1])
GAPS = torch.tensor([[1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]]).bool()
LEFT = torch.tensor([[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]]).bool()


def make(kind: str, seed: int = 0, **options: Any) -> Recurrent:
    """Return a float64 layer with random weights, distinct for every gate, bias and all."""
    cls, fixed = KINDS[kind]
    layer = cls(H, **{"input_size": F, "dtype": torch.float64, **fixed, **options})
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_(std=0.7, generator=generator)
    return layer


def inputs(seed: int = 1, steps: int = T, features: int = F) -> Tensor:
    """Return random sequences ``(B, T, F)``, float64."""
    return torch.randn(B, steps, features, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def state_of(layer: Recurrent, seed: int = 2) -> tuple[Tensor, ...]:
    """Return a random initial state."""
    generator = torch.Generator().manual_seed(seed)
    count = 2 if layer.cell == "lstm" else 1
    return tuple(torch.randn(B, layer.units, generator=generator, dtype=torch.float64) for _ in range(count))


def by_reference(
    layer: Recurrent, x: Tensor, state: tuple[Tensor, ...] = (), lengths: Any = None, mask: Any = None
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Return outputs ``(B, T, H)``, each at its own time, and final states, by the definition."""
    weights = [layer.kernel, layer.recurrent_kernel, layer.bias]
    f = reference.sequence_forward(
        layer.cell,
        x.detach().numpy().swapaxes(0, 1),
        *(None if w is None else w.detach().numpy() for w in weights),
        *(s.numpy() for s in state),
        lengths=None if lengths is None else np.asarray(lengths),
        mask=None if mask is None else mask.numpy().T,
        reverse=layer.go_backwards,
        zero_output=layer.zero_output_for_mask,
    )
    return f.outputs.swapaxes(0, 1), (f.h,) if f.c is None else (f.h, f.c)


def close(actual: Tensor, expected: Any) -> None:
    """Assert equality to 1e-12."""
    wanted = expected.detach() if isinstance(expected, Tensor) else torch.from_numpy(np.array(expected))
    torch.testing.assert_close(actual.detach(), wanted, rtol=1e-12, atol=1e-12)
