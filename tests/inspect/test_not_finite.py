"""Numbers that are not finite: the tensor that holds them is named, and the step where they show first."""

import math

import numpy as np
import pytest
import torch

from remy import Sequential
from remy.errors import DataError
from remy.inspect import trace
from remy.layers import LSTM, Dense, Embedding
from tests.inspect.chains import B, T, carry, classes, inputs, network
from tests.inspect.refusing import refused


def test_weights_that_are_not_finite_are_named_with_the_first_step_where_it_shows():
    model = network("lstm", depth=2)
    with torch.no_grad():
        model[1].kernel[0, 0] = math.nan
    message = "trace: tensor '1.kernel' is not finite; it shows first in 1 (forward) at step 0"
    refused(DataError, message, model, inputs(), classes())


@pytest.mark.parametrize("wrong", [math.inf, -math.inf])
def test_an_infinite_weight_is_named_also_where_it_only_shuts_a_gate(wrong):
    model, x = network("lstm", depth=1), inputs()
    with torch.no_grad():
        model[0].kernel[0, 0] = wrong
    message = (
        "trace: tensor '0.kernel' is not finite; it shows first before the gates of 0 (forward) at step 0"
    )
    refused(DataError, message, model, x)
    x[2, 4, 0] = 0  # times infinity is no number
    message = "trace: tensor '0.kernel' is not finite; it shows first in 0 (forward) at step 4"
    refused(DataError, message, model, x)


@pytest.mark.parametrize("kind", ["lstm", "gru_reset_after", "gru_reset_before", "simple_rnn_tanh"])
def test_the_first_step_is_counted_as_the_direction_reads(kind):
    model = network(kind, both=True, depth=1)
    x, broken = inputs(), torch.tensor([[0, 0, 0, 1, 0, 0, 0]] * B).bool()
    x[broken] = math.nan
    refused(
        DataError,
        "trace: the input at step 3 is not finite; it shows first in 0 (forward) at step 3",
        model,
        x,
    )
    for direction, layer, step in (
        ("forward", model[0].forward_layer, 0), ("backward", model[0].backward_layer, T - 1)
    ):  # fmt: skip
        damaged = layer.recurrent_kernel[0, 0].item()
        with torch.no_grad():
            layer.recurrent_kernel[0, 0] = math.nan
        name = f"0.{direction}_layer.recurrent_kernel"
        message = f"trace: tensor '{name}' is not finite; it shows first in 0 ({direction}) at step {step}"
        # From a state of zero: a product with what is not a number is none.
        refused(DataError, message, model, inputs())
        with torch.no_grad():
            layer.recurrent_kernel[0, 0] = damaged
    backwards = network(kind, depth=1, go_backwards=True)
    message = "trace: the input at step 3 is not finite; it shows first in 0 (backward) at step 3"
    refused(DataError, message, backwards, x)
    assert np.isfinite(trace(model, x, mask=~broken).scores).all()  # what is masked may hold anything


def test_an_embedding_that_is_not_finite_shows_where_its_token_stands():
    model = Sequential([Embedding(5, 3), LSTM(4, return_sequences=True), Dense(2)])
    tokens = torch.tensor([[0, 1, 2, 3, 4, 2]])
    model(tokens)
    with torch.no_grad():
        model[0].embeddings[3] = math.nan
    names = [name for name, weight in model.named_parameters() if not weight.isfinite().all()]
    message = f"trace: tensor '{names[0]}' is not finite; it shows first in 1 (forward) at step 3"
    refused(DataError, message, model, tokens)


def test_a_head_that_is_not_finite_shows_in_the_scores():
    model = network("lstm", depth=1)
    with torch.no_grad():
        model[1].bias[0] = math.nan
    message = "trace: tensor '1.bias' is not finite; it shows first in the scores at step 0"
    refused(DataError, message, model, inputs())


def test_a_carried_state_that_is_not_finite():
    model = network("lstm", depth=1, stateful=True)
    carry(model)
    model[0]._carried[1][2, 3] = math.nan
    refused(
        DataError,
        "trace: the scores are not finite; it shows first in 0 (forward) at step 0",
        model,
        inputs(),
    )
