"""Networks that have learned nothing."""

from __future__ import annotations

import threading
from math import sqrt
from typing import Any

import pytest
import torch

from remy.lab import fresh
from remy.lab.cache import Cache
from remy.lab.fresh import FreshNetwork, count_parameters, fresh_network
from remy.lab.schemas.choices import FreshModel, Start
from remy.layers import GRU, LSTM, Dense, SimpleRNN

LETTERS = 30


def chosen(start: dict[str, Any] | None = None, **options: Any) -> FreshModel:
    return FreshModel(kind="fresh", start=Start(**(start or {})), **{"units": 12, **options})


def made(outputs: int | None = LETTERS, **options: Any) -> FreshNetwork:
    return fresh_network(chosen(**options), inputs=LETTERS, outputs=outputs)


def weights(network: FreshNetwork) -> dict[str, torch.Tensor]:
    return {name: weight.detach() for name, weight in network.named_weights().items()}


@pytest.mark.parametrize(("cell", "kind"), [("simple_rnn", SimpleRNN), ("lstm", LSTM), ("gru", GRU)])
def test_by_keras_recipe_everything_is_as_the_layers_start_themselves(cell: str, kind: Any) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        first, second = kind(12, input_size=LETTERS), kind(12, input_size=12)
        dense = Dense(LETTERS, input_size=12)
    found = weights(made(cell=cell, layers=2, seed=5))
    for name, layer in (("rnn_0", first), ("rnn_1", second), ("dense", dense)):
        for part, weight in layer.named_parameters():
            assert torch.equal(found[f"{name}/{part}"], weight), (name, part)


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_by_pytorch_recipe_everything_is_uniform_within_one_over_the_root_of_the_units(cell: str) -> None:
    found = weights(made(cell=cell, units=64, start={"recipe": "pytorch"}))
    bound = 1 / sqrt(64)
    for name in ("rnn_0/kernel", "rnn_0/recurrent_kernel", "dense/kernel", "dense/bias"):
        assert 0.9 * bound < float(found[name].abs().max()) <= bound, name
        assert abs(float(found[name].mean())) < 0.2 * bound, name
    # One bias stands for PyTorch's two, but of the GRU, which has both.
    most = bound if cell == "gru" else 2 * bound
    assert 0.7 * most < float(found["rnn_0/bias"].abs().max()) <= most


def test_the_biases_are_where_they_should_be_in_every_layer_and_direction() -> None:
    start = {"forget_bias": 2.0, "update_bias": -3.0}
    lstm = weights(made(cell="lstm", layers=2, bidirectional=True, start=start))
    gru = weights(made(cell="gru", layers=2, bidirectional=True, start=start))
    for layer in ("rnn_0", "rnn_1"):
        for direction in ("forward", "backward"):
            bias = lstm[f"{layer}/{direction}/bias"].view(4, 12)
            assert bias.tolist() == [[0.0] * 12, [2.0] * 12, [0.0] * 12, [0.0] * 12]
            bias = gru[f"{layer}/{direction}/bias"].view(2, 3, 12)
            assert bias[0, 0].tolist() == [-3.0] * 12
            assert not bias[1].any()
            assert not bias[0, 1:].any()


def test_a_start_for_all_cells_leaves_the_simple_one_as_it_is() -> None:
    plain, with_biases = made(cell="simple_rnn"), made(cell="simple_rnn", start={"forget_bias": 4.0})
    assert torch.equal(weights(plain)["rnn_0/bias"], weights(with_biases)["rnn_0/bias"])


def test_the_recurrent_kernel_has_its_scale() -> None:
    kernel = weights(made(cell="simple_rnn", start={"recurrent_scale": 0.5}))["rnn_0/recurrent_kernel"]
    torch.testing.assert_close(kernel @ kernel.T, 0.25 * torch.eye(12), atol=1e-6, rtol=0)


def test_the_options_of_the_cells_reach_the_layers() -> None:
    assert made(cell="gru", reset_after=False).rnn.layers[0].cell == "gru_reset_before"
    assert made(cell="simple_rnn", activation="relu").rnn.layers[0].cell == "simple_rnn_relu"
    assert made(residual=True).rnn.residual
    assert made(bidirectional=True, merge_mode="mul").rnn.layers[0].merge_mode == "mul"


def test_the_same_choice_is_the_same_network_and_another_seed_another() -> None:
    assert made(seed=1) is made(seed=1)
    assert made(seed=1) is not made(seed=2)
    assert made(seed=1) is not made(seed=1, outputs=None)
    assert not torch.equal(weights(made(seed=1))["rnn_0/kernel"], weights(made(seed=2))["rnn_0/kernel"])


def test_what_is_made_anew_has_the_same_weights_whatever_threads_draw_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = weights(made(seed=3, layers=2))
    monkeypatch.setattr(fresh, "_made", Cache(most=0))
    drawing = threading.Event()

    def draw() -> None:
        while not drawing.is_set():
            torch.manual_seed(0)
            torch.rand(100)

    others = threading.Thread(target=draw)
    others.start()
    try:
        for _ in range(20):
            for name, weight in weights(made(seed=3, layers=2)).items():
                assert torch.equal(weight, expected[name])
            made(seed=4)  # so that the next one is not remembered
    finally:
        drawing.set()
        others.join()


def test_networks_are_remembered_up_to_a_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(count_parameters(made(seed=0).named_weights()).values())
    kept = Cache[Any, FreshNetwork](most=2 * size, weigh=lambda network: size)
    monkeypatch.setattr(fresh, "_made", kept)
    first, second = made(seed=0), made(seed=1)
    assert made(seed=0) is first
    made(seed=2)
    assert made(seed=0) is first
    assert made(seed=1) is not second


@pytest.mark.parametrize("bidirectional", [False, True])
def test_without_an_output_there_is_the_last_state_of_each_direction(bidirectional: bool) -> None:
    network = made(outputs=None, cell="gru", bidirectional=bidirectional)
    x = torch.randn(1, 7, LETTERS, generator=torch.Generator().manual_seed(0))
    every = network.rnn(x, whole=True).outputs
    last = [every[:, -1, :12], every[:, 0, 12:]] if bidirectional else [every[:, -1]]
    assert torch.equal(network(x), torch.cat(last, dim=1))


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_parameters_are_counted_by_layer_both_directions_together(cell: str) -> None:
    gates = {"simple_rnn": 1, "lstm": 4, "gru": 3}[cell]
    biases = 2 if cell == "gru" else 1
    network = made(cell=cell, layers=2, bidirectional=True)
    one = gates * 12 * (LETTERS + 12 + biases)
    other = gates * 12 * (24 + 12 + biases)
    found = count_parameters(network.named_weights())
    assert found == {"rnn_0": 2 * one, "rnn_1": 2 * other, "dense": 25 * LETTERS}
    assert sum(found.values()) == sum(weight.numel() for weight in network.parameters())


def test_a_network_made_where_nobody_goes_back_can_still_be_gone_back_through() -> None:
    with torch.inference_mode():
        network = made(seed=99)
    network(torch.zeros(1, 2, LETTERS)).sum().backward()
    assert all(weight.grad is not None for weight in network.parameters())
