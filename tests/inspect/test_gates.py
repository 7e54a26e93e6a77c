"""What gates do over a run, and how long units remember by them, on layers whose gates are known."""

import math

import numpy as np
import pytest
import torch

from remy.errors import DataError, UsageError
from remy.inspect import trace
from remy.inspect.gates import gate_use, time_constants
from remy.layers import GRU, LSTM, SimpleRNN


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


def fixed(layer, bias):
    """A layer without inputs or recurrence whose gates are those of its bias, one row for each gate."""
    bias = torch.tensor(bias, dtype=torch.float64)
    layer.bias.data.zero_()
    (layer.bias.data if layer.bias.dim() == 1 else layer.bias.data[0]).copy_(bias.flatten())
    return layer


def lstm(bias, units=1, **options):
    zeros = {"kernel_initializer": "zeros", "recurrent_initializer": "zeros"}
    return fixed(LSTM(units, input_size=1, dtype=torch.float64, **zeros, **options), bias)


def gru(bias, units=1, **options):
    zeros = {"kernel_initializer": "zeros", "recurrent_initializer": "zeros"}
    return fixed(GRU(units, input_size=1, dtype=torch.float64, **zeros, **options), bias)


def run(layer, steps=6, **options):
    return trace(layer, torch.ones(1, steps, 1), **options).layers[0]


def test_the_time_constant_of_an_lstm_is_that_of_its_fixed_forget_gate():
    # Gates i, f, g, o; two units with forget gates of 0.9 and 0.5.
    found = time_constants(run(lstm([[0, 0], [math.log(9), 0], [0, 0], [0, 0]], units=2)))
    np.testing.assert_allclose(found, [-1 / math.log(0.9), -1 / math.log(0.5)], rtol=1e-12)


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_time_constant_of_a_gru_is_that_of_the_update_gate_which_keeps_the_old_state(reset_after):
    # Gates z, r, h: only z keeps.
    found = time_constants(run(gru([[3.0], [-2.0], [1.0]], reset_after=reset_after)))
    np.testing.assert_allclose(found, [-1 / math.log(sigmoid(3.0))], rtol=1e-12)


def test_a_state_left_to_its_forget_gate_decays_by_the_time_constant():
    layer = lstm([[-50.0], [2.0], [0.0], [0.0]])  # nothing enters
    found = run(layer, steps=20)
    c = torch.ones(1, 1, dtype=torch.float64)
    layer.return_state = True
    _, _, left = layer(torch.ones(1, 20, 1, dtype=torch.float64), initial_state=(torch.zeros_like(c), c))
    assert float(left.detach()) == pytest.approx(math.exp(-20 / time_constants(found)[0]), rel=1e-9)


def test_gates_that_change_count_by_their_product_over_the_steps_that_are_valid():
    layer = lstm([[0.0], [0.0], [0.0], [0.0]])
    layer.kernel.data[0, 1] = 1.0  # the forget gate is that of the input
    x = torch.tensor([[[2.0], [-1.0], [0.5], [9.0]]])
    found = time_constants(trace(layer, x, mask=torch.tensor([[True, True, True, False]])).layers[0])
    product = sigmoid(2.0) * sigmoid(-1.0) * sigmoid(0.5)
    np.testing.assert_allclose(np.exp(-3 / found), [product], rtol=1e-12)


def test_a_gate_of_one_keeps_for_ever_and_a_gate_of_zero_not_at_all():
    found = time_constants(run(lstm([[0, 0], [800, -800], [0, 0], [0, 0]], units=2)))
    assert list(found) == [math.inf, 0.0]


def test_a_simple_cell_has_no_time_constant():
    with pytest.raises(
        UsageError, match=r"^time_constants: simple_rnn is a simple_rnn_tanh, which has no gate"
    ):
        time_constants(run(SimpleRNN(2, input_size=1)))


def test_gates_are_open_shut_and_saturated_where_their_biases_put_them():
    #                 open shut between
    layer = lstm([[3, -3, 0], [7, -5.9, 0], [0, 4, -2.9], [2.1, 2.3, -7]], units=3)
    found = gate_use(run(layer))
    assert found.gates == ("input", "forget", "output")
    np.testing.assert_array_equal(found.open, [[1, 0, 0], [1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(found.shut, [[0, 1, 0], [0, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(found.saturated, [[0, 0, 0], [1, 0, 0], [0, 0, 1]])  # beyond 5.99
    np.testing.assert_array_equal(found.candidate_saturated, [0, 1, 0])  # beyond 2.99
    np.testing.assert_allclose(found.of("forget")["mean"], [sigmoid(7), sigmoid(-5.9), 0.5], rtol=1e-12)


def test_shares_are_of_the_steps_that_count():
    layer = lstm([[0.0], [0.0], [0.0], [0.0]])
    layer.kernel.data[0] = torch.tensor([1.0, -1.0, 0.0, 0.0])
    x = torch.tensor([[[5.0], [-5.0], [5.0], [0.0], [0.0]]])
    found = gate_use(trace(layer, x, lengths=[4]).layers[0])
    assert found.steps == 4
    np.testing.assert_array_equal(found.open[:, 0], [0.5, 0.25, 0.0])
    np.testing.assert_array_equal(found.shut[:, 0], [0.25, 0.5, 0.0])


@pytest.mark.parametrize("reset_after", [True, False])
def test_a_gru_has_an_update_and_a_reset_gate(reset_after):
    found = gate_use(run(gru([[3.0], [-3.0], [4.0]], reset_after=reset_after)))
    assert found.gates == ("update", "reset")
    np.testing.assert_array_equal(found.open[:, 0], [1, 0])
    np.testing.assert_array_equal(found.shut[:, 0], [0, 1])
    np.testing.assert_array_equal(found.candidate_saturated, [1])
    assert found.sealed.all()  # an update gate that is always open lets nothing new in
    assert found.cell_saturated is None


def test_the_squashed_cell_state_saturates_once_enough_has_been_summed_up():
    found = gate_use(run(lstm([[50.0], [50.0], [50.0], [0.0]]), steps=6))  # c is 1, 2, 3, 4, 5, 6
    np.testing.assert_allclose(found.cell_saturated, [4 / 6])


def test_units_that_nothing_enters_or_leaves_are_sealed_and_units_that_never_move_are_still():
    #                  nothing enters, nothing leaves, sums up
    layer = lstm([[-50, 50, 0], [0, 0, 50], [1, 1, 1], [0, -3, 0]], units=3)
    found = gate_use(run(layer))
    assert list(found.sealed) == [True, True, False]
    assert list(found.still) == [True, False, False]
    assert list(found.dead) == [True, True, False]


def test_of_one_step_no_unit_is_called_still():
    assert not gate_use(run(lstm([[0.0], [0.0], [1.0], [0.0]]), steps=1)).still.any()


@pytest.mark.parametrize(
    ("activation", "share"), [("tanh", [1, 0, 1, 0]), ("relu", [0, 0, 1, 1]), ("linear", [0, 0, 0, 0])]
)
def test_the_state_of_a_simple_cell_saturates_as_its_activation_does(activation, share):
    layer = SimpleRNN(4, activation=activation, input_size=1, dtype=torch.float64,
                      kernel_initializer="zeros", recurrent_initializer="zeros")  # fmt: skip
    found = gate_use(run(fixed(layer, [[3.1, 2.9, -3.1, -2.9]])))
    np.testing.assert_array_equal(found.candidate_saturated, share)
    assert found.gates == ()
    assert found.open.shape == (0, 4)
    assert list(found.still) == [True] * 4
    assert not found.sealed.any()


def test_a_trace_gives_one_for_each_layer():
    network = torch.nn.Sequential(LSTM(3, input_size=1, return_sequences=True), GRU(2, input_size=3))
    found = gate_use(trace(network, torch.randn(2, 5, 1)))
    assert [(each.cell, each.open.shape) for each in found] == [("lstm", (3, 3)), ("gru_reset_after", (2, 2))]


def test_the_sentence_has_the_shares_of_the_numbers():
    layer = lstm([[3, -3], [7, 7], [0, 0], [2, 2]], units=2)
    assert str(gate_use(run(layer))) == (
        "lstm (lstm, forward), 6 steps: input gate open 50%, shut 50%, saturated 0% of the time; "
        "forget gate open 100%, shut 0%, saturated 100% of the time; "
        "output gate open 0%, shut 0%, saturated 0% of the time; candidate saturated 0%; "
        "cell state saturated 0%; 2 of 2 units dead (1 sealed, 2 still)"
    )


def test_what_is_not_there_is_refused():
    found = gate_use(run(lstm([[0.0]] * 4)))
    with pytest.raises(
        UsageError, match=r"^gate_use: lstm has no gate 'update'; its gates: input, forget, output"
    ):
        found.of("update")
    masked = trace(lstm([[0.0]] * 4), torch.ones(1, 3, 1), mask=torch.zeros(1, 3, dtype=torch.bool))
    with pytest.raises(DataError, match=r"^lstm: expected a step that counts, all are masked"):
        gate_use(masked)
