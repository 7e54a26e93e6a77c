"""Layers with chosen first values."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
import torch

from remy.errors import UsageError
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN
from remy.tasks.comparison.started import started_layer

UNITS, INPUTS = 40, 30
CELLS: dict[str, Any] = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}


def made(cell: str, seed: int = 0, **options: Any) -> Any:
    generator = torch.Generator().manual_seed(seed)
    return started_layer(cell, UNITS, input_size=INPUTS, generator=generator, **options)


@pytest.mark.parametrize("cell", CELLS)
def test_the_keras_start_is_the_layers_own_to_the_last_bit(cell: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        own = CELLS[cell](UNITS, input_size=INPUTS)
    found = made(cell, seed=7)
    for name, weight in own.named_parameters():
        assert torch.equal(found.get_parameter(name), weight), name


@pytest.mark.parametrize("cell", CELLS)
def test_what_is_drawn_elsewhere_changes_nothing_and_is_not_changed(cell: str) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = made(cell)
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(3)
    assert torch.equal(made(cell).recurrent_kernel, first.recurrent_kernel)
    assert not torch.equal(made(cell, seed=1).recurrent_kernel, first.recurrent_kernel)


@pytest.mark.parametrize("cell", CELLS)
def test_the_pytorch_start_is_uniform(cell: str) -> None:
    layer, bound = made(cell, recipe="pytorch"), 1 / sqrt(UNITS)
    bias = layer.bias.detach()
    for weight in (layer.kernel.detach(), layer.recurrent_kernel.detach()):
        assert float(weight.abs().max()) <= bound
        assert float(weight.std()) == pytest.approx(bound / sqrt(3), rel=0.05)
        assert abs(float(weight.mean())) < 0.1 * bound
    # PyTorch's cells have two biases that add up; the layers have two rows of the GRU, and one of the others.
    if cell == "gru":
        assert bias.shape[0] == 2
        assert float(bias.abs().max()) <= bound
        assert float(bias.std()) == pytest.approx(bound / sqrt(3), rel=0.15)
    else:
        assert bound < float(bias.abs().max()) <= 2 * bound
        assert float(bias.std()) == pytest.approx(bound * sqrt(2 / 3), rel=0.2)


@pytest.mark.parametrize("recipe", ["keras", "pytorch"])
@pytest.mark.parametrize(
    ("cell", "gate", "reset_after"), [("lstm", 1, None), ("gru", 0, True), ("gru", 0, False)]
)
def test_a_bias_is_that_of_the_gate_that_keeps_the_state_and_of_no_other(
    recipe: str, cell: str, gate: int, reset_after: bool | None
) -> None:
    options = {} if reset_after is None else {"reset_after": reset_after}
    plain = made(cell, recipe=recipe, **options).bias.detach()
    found = made(cell, recipe=recipe, bias=3.5, **options).bias.detach()
    rows = found if found.dim() == 2 else found[None]
    place = slice(gate * UNITS, (gate + 1) * UNITS)
    assert torch.equal(rows.sum(dim=0)[place], torch.full((UNITS,), 3.5))
    others = [number for number in range(rows.shape[1]) if not place.start <= number < place.stop]
    assert torch.equal(found[..., others], plain[..., others])


def test_the_usual_forget_bias_is_one_and_pytorch_has_none() -> None:
    assert made("lstm").bias[UNITS : 2 * UNITS].tolist() == [1.0] * UNITS
    assert abs(float(made("lstm", recipe="pytorch").bias.detach()[UNITS : 2 * UNITS].mean())) < 0.1


@pytest.mark.parametrize("recipe", ["keras", "pytorch"])
def test_a_scale_multiplies_the_recurrent_kernel_alone(recipe: str) -> None:
    plain, scaled = made("gru", recipe=recipe), made("gru", recipe=recipe, scale=0.5)
    assert torch.equal(scaled.recurrent_kernel, 0.5 * plain.recurrent_kernel)
    assert torch.equal(scaled.kernel, plain.kernel)
    assert torch.equal(scaled.bias, plain.bias)


def test_the_other_direction_starts_in_the_same_way_with_numbers_of_its_own() -> None:
    both = Bidirectional(made("lstm", bias=2.0, scale=0.0))
    first, second = both.forward_layer, both.backward_layer
    assert not torch.equal(first.kernel, second.kernel)
    assert second.bias is not None
    assert second.bias[UNITS : 2 * UNITS].tolist() == [2.0] * UNITS
    assert not second.recurrent_kernel.any()


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="expected one of simple_rnn, lstm, gru, got 'lstn'; did you mean"):
        made("lstn")
    with pytest.raises(UsageError, match="recipe: expected one of keras, pytorch, got 'jax'"):
        made("gru", recipe="jax")
    with pytest.raises(UsageError, match="bias: a simple_rnn has no gate that keeps its state"):
        made("simple_rnn", bias=1.0)
