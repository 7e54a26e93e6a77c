"""One training step of a layer, forward and backward, against torch.nn with the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch

from benchmarks.turns import Ratio, in_turn
from remy import layers
from remy.io.torch_weights import load_torch_state_dict


class Shape(NamedTuple):
    """Rows, steps and units (as many inputs as units)."""

    batch: int
    steps: int
    units: int


PEERS = {
    "SimpleRNN": (layers.SimpleRNN, torch.nn.RNN),
    "LSTM": (layers.LSTM, torch.nn.LSTM),
    "GRU": (layers.GRU, torch.nn.GRU),
}


def training_step(
    layer: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Run the layer and back; return the outputs. The gradients are left where torch puts them."""
    outputs = layer(x)
    outputs.backward(weight)
    return outputs


def gradients(module: torch.nn.Module) -> None:
    """Forget the gradients of the last step."""
    for parameter in module.parameters():
        parameter.grad = None


def compare(cell: str, shape: Shape) -> Ratio:
    """Check that both compute the same outputs and input gradients, then time them in turn."""
    torch.manual_seed(0)
    make_ours, make_peer = PEERS[cell]
    peer = make_peer(shape.units, shape.units, batch_first=True)
    ours = make_ours(shape.units, return_sequences=True)
    x = torch.randn(shape.batch, shape.steps, shape.units)
    weight = torch.randn(shape.batch, shape.steps, shape.units)
    ours(x)
    load_torch_state_dict(ours, peer.state_dict())
    mine, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    torch.testing.assert_close(
        training_step(ours, mine, weight),
        training_step(lambda v: peer(v)[0], theirs, weight),
        rtol=1e-3,
        atol=1e-4,
    )
    torch.testing.assert_close(mine.grad, theirs.grad, rtol=1e-3, atol=1e-3)

    def our_turn() -> None:
        gradients(ours)
        training_step(ours, mine, weight)

    def peers_turn() -> None:
        gradients(peer)
        training_step(lambda v: peer(v)[0], theirs, weight)

    return in_turn(our_turn, peers_turn)
