"""What is measured of a trained network is that of its layers on what they read."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from remy.inspect import gradient_flow, trace
from remy.layers import GRU, LSTM
from remy.tasks.comparison.measuring import ROWS, reaches_and_gates, seconds_of_a_step


class Two(torch.nn.Module):
    """A GRU that reads an LSTM's outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.lower = LSTM(5, input_size=3, return_sequences=True)
        self.upper = GRU(4, input_size=5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(self.upper(self.lower(x)))


def test_reaches_and_gates_are_those_of_a_trace() -> None:
    torch.manual_seed(0)
    network, x = Two(), torch.randn(6, 30, 3)
    with torch.no_grad():
        # Of four units two keep their state, and one takes everything in.
        network.upper.get_parameter("bias")[0, :3] = torch.tensor([9.0, 9.0, -9.0])
    reaches, gates = reaches_and_gates(network, lambda: network(x))
    flows = gradient_flow(network, x)
    assert [(each.layer, each.horizon, each.lags) for each in reaches] == [
        (flow.name, flow.horizon, 30) for flow in flows
    ]
    assert [each.decay for each in reaches] == pytest.approx([flow.decay for flow in flows])
    traced = trace(network, x).layers
    assert [gate.name for gate in gates] == ["input", "forget", "output", "update", "reset"]
    forget, update = traced[0].gate("forget"), traced[1].gate("update")
    assert gates[1].mean == pytest.approx(float(forget.mean()))
    assert (gates[3].open, gates[3].closed) == (0.5, 0.25)
    assert gates[3].saturated == pytest.approx(float(((update > 0.9) | (update < 0.1)).mean()))


def test_only_the_first_batch_counts_and_of_it_the_longest_rows() -> None:
    torch.manual_seed(0)
    layer = GRU(4, input_size=3)
    batches = [torch.randn(ROWS + 4, 20, 3), torch.randn(2, 50, 3)]
    lengths = torch.tensor([20 - row for row in range(ROWS + 4)])
    read: list[int] = []

    def reading() -> None:
        for x in batches:
            layer(x, lengths=lengths[: len(x)])
            read.append(len(x))

    (found,), _ = reaches_and_gates(layer, reading)
    first, kept = batches[0][:ROWS], lengths[:ROWS]
    (alone,) = gradient_flow(layer, first, lengths=kept)
    assert found.lags == 20
    assert found.decay == pytest.approx(alone.decay)
    assert set(read) == {ROWS + 4}, "the second batch is not read"


def test_the_network_stays_as_it_was() -> None:
    network = Two()
    network.train()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    state = torch.get_rng_state()
    reaches_and_gates(network, lambda: network(torch.zeros(1, 5, 3)))
    assert network.training
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(weight, before[name]) for name, weight in network.state_dict().items())


def test_larger_layers_take_longer_steps() -> None:
    def seconds(units: int) -> float:
        shapes = {"kernel": (8, 4 * units), "recurrent_kernel": (units, 4 * units), "bias": (4 * units,)}
        tensors = {f"rnn_0/{name}": np.zeros(shape, np.float32) for name, shape in shapes.items()}
        architecture = {"cell": "lstm", "reset_after": True, "activation": "tanh"}
        return seconds_of_a_step(tensors, architecture, None)

    assert 1e-7 < seconds(8) < seconds(1024) < 1.0
