"""How far back a changed input moves the last answer, where theory says it and against the gradient."""

import math
import re

import numpy as np
import pytest
import torch

from remy.errors import DataError, ShapeError, UsageError
from remy.inspect.influence import MOST_LAGS, input_influence
from remy.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Sequential, SimpleRNN
from remy.tasks import LanguageModel


def linear(factor, inputs=3, units=4, **options):
    """A recurrence that keeps `factor` of its state a step and adds the sum of its inputs to each unit."""
    kept = factor * torch.eye(units, dtype=torch.float64)
    return SimpleRNN(
        units, activation="linear", input_size=inputs, dtype=torch.float64,
        kernel_initializer="ones", recurrent_initializer=lambda w: w.copy_(kept), **options,
    )  # fmt: skip


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def random(network):
    """Distinct weights of all gates, large enough that nothing is linear."""
    generator = torch.Generator().manual_seed(1)
    for weight in network.parameters():
        weight.data = torch.randn(weight.shape, generator=generator, dtype=torch.float64) / 2
    return network


@pytest.mark.parametrize("batch", [1, 3])
def test_a_linear_recurrence_forgets_a_change_at_the_rate_of_its_weight(batch):
    # Adding (1, 2, 0) moves each of 4 units by 3 * 0.7^k: a distance of 6 * 0.7^k.
    found = input_influence(linear(0.7), numbers(batch, 20, 3), change=np.array([[1.0, 2.0, 0.0]]))
    np.testing.assert_array_equal(found.lags, np.arange(20))
    np.testing.assert_allclose(found.moves, 6 * 0.7 ** np.arange(20), rtol=1e-10)
    np.testing.assert_array_equal(found.counts, batch)
    assert found.horizon == 13  # 0.7^12 is 1.4 %, 0.7^13 is 0.97 %


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("output", ["numbers", "softmax", "sigmoid"])
def test_a_small_change_moves_the_answer_by_the_gradient_times_the_change(cell, output):
    network = random(torch.nn.Sequential(cell(5, input_size=3), torch.nn.Linear(5, 4)))
    x, change = numbers(1, 9, 3), numbers(1, 3, seed=2)
    used = {"numbers": lambda s: s, "softmax": lambda s: s.softmax(-1), "sigmoid": torch.sigmoid}[output]
    jacobian = torch.autograd.functional.jacobian(lambda given: used(network(given))[0], x)
    jacobian = jacobian[:, 0].detach()  # (V, T, I)
    moved = (jacobian @ change[0]).numpy()[:, ::-1]  # (V, lags)
    expected = {
        "numbers": np.linalg.norm(moved, axis=0),
        "softmax": np.abs(moved).sum(axis=0) / 2,
        "sigmoid": np.abs(moved).mean(axis=0),
    }[output]
    found = input_influence(network, x, output=output, change=1e-5 * change.numpy())
    np.testing.assert_allclose(found.moves / 1e-5, expected, rtol=1e-3)


def test_a_swap_puts_in_what_is_read_at_another_step_of_the_same_row():
    # One input of three steps: 0, 1 and 5; the layer has no memory, so that only lag 0 moves anything.
    x = torch.tensor([[[0.0], [1.0], [5.0]], [[2.0], [2.0], [4.0]]])
    found = input_influence(linear(0.0, inputs=1, units=1), x)
    # Row 0: 5 becomes 0 or 1: moves of 5 and 4; row 1: 4 becomes 2, twice.
    np.testing.assert_allclose(found.moves, [(5 + 4 + 2 + 2) / 4, 0, 0])
    np.testing.assert_allclose(found.spread[0], np.std([5, 4, 2, 2]))
    np.testing.assert_array_equal(found.counts, [4, 3, 3])


def test_a_swap_of_tokens_is_to_other_tokens_of_the_text_and_by_every_one_of_them():
    network = random(
        Sequential([Embedding(5, 3), GRU(4, input_size=3, return_sequences=True), Dense(5, input_size=4)])
    )
    ids = torch.tensor([[0, 3, 3, 1]])
    found = input_influence(network, ids, output="softmax")
    before = network(ids)[0, -1].softmax(-1)
    for lag, others in enumerate([[0, 3, 3], [0, 1], [0, 1], [3, 3, 1]]):
        moves = []
        for other in others:
            changed = ids.clone()
            changed[0, 3 - lag] = other
            moves.append(float((network(changed)[0, -1].softmax(-1) - before).abs().sum().detach()) / 2)
        assert found.moves[lag] == pytest.approx(np.mean(moves), rel=1e-9)
    assert found.distance == "total variation"


def test_noise_has_the_deviation_of_each_feature():
    # The sum of the changes of one linear unit without memory is normal with the deviations' variances.
    scale = torch.tensor([1.0, 3.0, 0.0])
    x = numbers(1, 400, 3) * scale
    found = input_influence(linear(0.0, units=1), x, change="noise", changes=1000, lags=[0], size=0.5)
    deviation = 0.5 * np.sqrt((x[0].numpy().std(axis=0) ** 2).sum())
    assert found.moves[0] == pytest.approx(deviation * np.sqrt(2 / np.pi), rel=0.05)  # of a half normal
    again = input_influence(linear(0.0, units=1), x, change="noise", changes=1000, lags=[0], size=0.5)
    assert found.moves[0] == again.moves[0]


def test_lags_count_from_the_last_step_of_each_row():
    change = np.ones((1, 3))
    found = input_influence(linear(0.5), numbers(2, 8, 3), change=change, lengths=[8, 3])
    np.testing.assert_allclose(found.moves, 6 * 0.5 ** np.arange(8), rtol=1e-10)
    np.testing.assert_array_equal(found.counts, [2, 2, 2, 1, 1, 1, 1, 1])
    mask = torch.tensor([[True, False, True, True, False, False]])
    found = input_influence(linear(0.5), numbers(1, 6, 3), change=change, mask=mask)
    np.testing.assert_allclose(found.moves, 6 * 0.5 ** np.arange(3), rtol=1e-10)


def test_of_answers_at_every_step_the_last_that_counts_is_looked_at():
    layer = linear(0.5, return_sequences=True)
    found = input_influence(layer, numbers(2, 8, 3), change=np.ones((1, 3)), lengths=[8, 3])
    np.testing.assert_allclose(found.moves, 6 * 0.5 ** np.arange(8), rtol=1e-10)


def test_a_layer_that_reads_backward_reads_the_first_step_last():
    found = input_influence(linear(0.5, go_backwards=True), numbers(1, 6, 3), change=np.ones((1, 3)))
    np.testing.assert_allclose(found.moves, 6 * 0.5 ** np.arange(6), rtol=1e-10)


def test_both_directions_of_a_bidirectional_layer_read_the_change():
    layer = Bidirectional(linear(0.5), merge_mode="sum", backward_layer=linear(0.25, go_backwards=True))
    found = input_influence(layer, numbers(1, 6, 3), change=np.ones((1, 3)))
    k = np.arange(6)
    np.testing.assert_allclose(found.moves, 6 * (0.5**k + 0.25 ** (5 - k)), rtol=1e-10)


def test_the_inputs_of_a_later_layer_can_be_changed():
    network = torch.nn.Sequential(linear(0.9, return_sequences=True), linear(0.5, inputs=4))
    found = input_influence(network, numbers(1, 6, 3), layer=1, change=np.ones((1, 4)))
    np.testing.assert_allclose(found.moves, 8 * 0.5 ** np.arange(6), rtol=1e-10)


def test_long_sequences_are_measured_at_lags_that_thin_out():
    found = input_influence(linear(0.9), numbers(1, 500, 3), change=np.ones((1, 3)))
    assert len(found.lags) <= MOST_LAGS
    np.testing.assert_array_equal(found.lags[:33], np.arange(33))
    assert found.lags[-1] == 499
    np.testing.assert_allclose(found.moves, 6 * 0.9**found.lags, rtol=1e-8, atol=1e-13)


def test_copies_side_by_side_give_what_one_at_a_time_gives(monkeypatch):
    network, x = random(Sequential([GRU(5, input_size=3)])), numbers(3, 7, 3)
    together = input_influence(network, x, lengths=[7, 2, 5])
    monkeypatch.setattr("remy.inspect.inputs._TOGETHER", 1)
    alone = input_influence(network, x, lengths=[7, 2, 5])
    np.testing.assert_allclose(together.moves, alone.moves, rtol=1e-12)


def test_a_network_that_carries_its_state_is_asked_from_the_same_state_every_time():
    layer = random(GRU(4, input_size=3, stateful=True))
    layer(numbers(1, 5, 3, seed=3))
    carried = layer._carried
    found = input_influence(layer, numbers(1, 6, 3), change=np.zeros((1, 3)))
    np.testing.assert_array_equal(found.moves, 0)
    assert layer._carried is carried


def test_a_network_in_training_is_measured_as_it_is_used_and_left_as_it_was():
    network = torch.nn.Sequential(GRU(4, input_size=3, dropout=0.5).double(), torch.nn.Dropout(0.5))
    found = input_influence(network, numbers(1, 6, 3), change=np.zeros((1, 3)))
    np.testing.assert_array_equal(found.moves, 0)
    assert network.training
    assert all(weight.grad is None for weight in network.parameters())


def test_a_trained_language_model_takes_a_text():
    text = "the quick brown fox jumps over the lazy dog. " * 20
    model = LanguageModel(cell="gru", units=8, layers=1, epochs=1, steps=20, batch_size=2).fit(text)
    found = input_influence(model, "the lazy dog jumps", changes=2, seed=1)
    assert found.distance == "total variation"
    assert len(found.lags) == 18
    assert (found.counts == 2).all()
    assert 0 < found.moves[0] <= 1


def test_the_sentence_says_what_was_measured():
    change = np.ones((1, 3))
    found = input_influence(linear(0.5), numbers(1, 30, 3), change=change)
    assert str(found) == (
        "simple_rnn: changing one input (given) moves the last answer by 6 (Euclidean distance) at lag 0; "
        "from lag 7 on by less than 1 % of that"
    )
    kept = input_influence(linear(1.0), numbers(1, 5, 3), change=change)
    assert kept.horizon is None
    assert str(kept).endswith("at lag 0 and still by 6 at lag 4, the last measured")
    nothing = input_influence(linear(0.5), numbers(1, 5, 3), change=0 * change)
    assert nothing.horizon is None
    assert str(nothing).endswith("by 0 (Euclidean distance) at lag 0, and by nothing at any lag up to 4")


def test_what_cannot_be_measured_is_refused_with_a_way_out():
    layer, x = linear(0.5), numbers(1, 5, 3)
    with pytest.raises(
        DataError, match=r"nothing to swap, as every step reads the same; pass change= vectors"
    ):
        input_influence(layer, torch.ones(1, 5, 3))
    with pytest.raises(DataError, match=r"^influence: expected inputs that differ, to take noise from"):
        input_influence(layer, torch.ones(1, 5, 3), change="noise")
    with pytest.raises(
        ShapeError, match=r"expected change of shape \(K, I\) = \(K, 3\), as simple_rnn reads"
    ):
        input_influence(layer, x, change=np.ones((2, 4)))
    with pytest.raises(UsageError, match=r"^change: expected one of swap, noise, got 'swop'; did you mean"):
        input_influence(layer, x, change="swop")
    with pytest.raises(UsageError, match=r"^lags: expected 0 to 4 steps before the last, got 5"):
        input_influence(layer, x, lags=[0, 5])
    with pytest.raises(UsageError, match=r"^layer: expected 0 to 0 \(simple_rnn\), got 1"):
        input_influence(layer, x, layer=1)
    with pytest.raises(UsageError, match=r"^changes: expected at least 1, got 0"):
        input_influence(layer, x, changes=0)
    with pytest.raises(DataError, match=r"expected a step that counts in simple_rnn, all are masked"):
        input_influence(layer, x, mask=torch.zeros(1, 5, dtype=torch.bool))


@pytest.mark.parametrize("size", [math.nan, math.inf, -math.inf, -1.0, 0.0, "1", None], ids=repr)
@pytest.mark.parametrize("change", ["noise", "swap"])
def test_the_size_of_noise_is_a_finite_number_above_zero(change, size):
    with pytest.raises(UsageError, match=rf"^size: expected a finite number above 0, got {size!r}$"):
        input_influence(linear(0.5), numbers(1, 5, 3), change=change, size=size)


@pytest.mark.parametrize("value", [1.5, "1", None], ids=repr)
def test_lags_changes_and_seed_are_whole_numbers(value):
    layer, x = linear(0.5), numbers(1, 5, 3)
    with pytest.raises(UsageError, match=rf"^changes: expected a whole number of at least 1, got {value!r}$"):
        input_influence(layer, x, changes=value)
    with pytest.raises(UsageError, match=rf"^seed: expected a whole number of at least 0, got {value!r}$"):
        input_influence(layer, x, seed=value)
    with pytest.raises(
        UsageError, match=rf"^lags: expected whole numbers, \[0, 1\], got {re.escape(repr([value]))}$"
    ):
        input_influence(layer, x, lags=[value])
    with pytest.raises(UsageError, match=r"^lags: expected whole numbers, \[0, 1\], got 3$"):
        input_influence(layer, x, lags=3)
    np.testing.assert_array_equal(input_influence(layer, x, lags=np.array([2, 0])).lags, [0, 2])
