"""The fully connected layer."""

import pytest
import torch

from remy.errors import ShapeError, UsageError
from remy.layers import Dense
from remy.layers.activations import ACTIVATIONS


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_is_the_activation_of_the_weighted_sum_on_the_last_axis(activation):
    torch.manual_seed(0)
    layer = Dense(4, activation=activation, bias_initializer="random_normal", dtype=torch.float64)
    x = torch.randn(2, 5, 3, dtype=torch.float64)
    y = layer(x)
    expected = ACTIVATIONS[activation](x @ layer.kernel + layer.bias)
    torch.testing.assert_close(y, expected)
    assert y.shape == (2, 5, 4)


def test_softmax_sums_to_one_over_the_units():
    torch.testing.assert_close(Dense(4, activation="softmax")(torch.randn(2, 3)).sum(-1), torch.ones(2))


def test_first_values_and_shapes_are_keras():
    layer = Dense(40, input_size=20)
    assert layer.kernel.shape == (20, 40)
    assert 0.9 * (6 / 60) ** 0.5 < layer.kernel.abs().max() <= (6 / 60) ** 0.5
    assert not layer.bias.any()
    assert Dense(4, use_bias=False).bias is None


def test_the_input_size_is_found_at_the_first_call_and_then_fixed():
    layer = Dense(4)
    assert layer.input_size is None
    layer(torch.zeros(2, 3))
    assert layer.input_size == 3
    with pytest.raises(ShapeError, match="dense: expected inputs with I = 3 features, got 5"):
        layer(torch.zeros(2, 5))


def test_wrong_options_are_refused():
    with pytest.raises(UsageError, match="dense: expected units of at least 1, got 0"):
        Dense(0)
    with pytest.raises(UsageError, match="got 'rleu'; did you mean 'relu'"):
        Dense(2, activation="rleu")


def test_building_it_again_for_another_input_size_is_refused():
    with pytest.raises(ShapeError, match="dense: expected inputs with I = 3 features, got 5"):
        Dense(2, input_size=3).build(5)
    assert Dense(2, input_size=3).build(3) is None


def test_a_first_call_under_inference_mode_leaves_weights_that_can_be_trained():
    layer = Dense(2)
    with torch.inference_mode():
        layer(torch.ones(4, 3))
    layer(torch.ones(4, 3)).sum().backward()
    assert layer.kernel.grad.shape == (3, 2)
