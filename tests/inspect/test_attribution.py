"""What each item contributed to a score: known answers, agreement of the methods, and how well it adds up."""

import math

import numpy as np
import pytest
import torch

from remy.errors import DataError, ShapeError, UsageError
from remy.inspect.attribution import METHODS, attribute
from remy.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Sequential, SimpleRNN
from remy.tasks import LanguageModel
from tests.inspect.made import Words


def numbers(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def random(network, scale=0.5):
    generator = torch.Generator().manual_seed(1)
    for weight in network.parameters():
        weight.data = scale * torch.randn(weight.shape, generator=generator, dtype=torch.float64)
    return network


def linear(inputs=3, units=4, **options):
    return random(SimpleRNN(units, activation="linear", input_size=inputs, **options))


@pytest.mark.parametrize("method", METHODS)
def test_on_a_linear_recurrence_every_method_gives_the_known_answer(method):
    layer, x = linear(), numbers(2, 5, 3)
    kernel, recurrent = layer.kernel.detach().numpy(), layer.recurrent_kernel.detach().numpy()
    found = attribute(layer, x, 2, method=method)
    for t in range(5):
        reaching = x[:, t].numpy() @ kernel @ np.linalg.matrix_power(recurrent, 4 - t)
        np.testing.assert_allclose(found.values[:, t], reaching[:, 2], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.error, 0, atol=1e-12)
    np.testing.assert_allclose(found.score, layer(x)[:, 2].detach(), rtol=1e-12)
    assert (found.baseline != 0).all()  # what the bias gives without input
    assert found.explained == ("2", "2")


def test_the_contributions_of_the_features_are_those_of_the_numbers_that_are_read():
    layer, x = linear(), numbers(1, 4, 3)
    found = attribute(layer, x, 0, method="gradient_x_input")
    slope = torch.autograd.functional.jacobian(lambda given: layer(given)[0, 0], x).numpy()
    np.testing.assert_allclose(found.features, slope * x.numpy(), rtol=1e-9)
    np.testing.assert_allclose(found.features.sum(axis=2), found.values, rtol=1e-12)
    assert attribute(layer, x, 0, method="leave_one_out").features is None


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
def test_integrated_gradients_are_the_integral_of_the_gradient_and_add_up(cell):
    network = random(torch.nn.Sequential(cell(5, input_size=3), torch.nn.Linear(5, 4)), scale=0.8)
    x = numbers(2, 9, 3)
    found = attribute(network, x, [1, 3])
    assert (found.relative_error < 1e-6).all()
    assert (np.abs(found.score - found.baseline) > 0.05).all()
    # By torch alone, by the midpoint rule, its points side by side.
    alpha = (torch.arange(2000, dtype=torch.float64)[:, None, None] + 0.5) / 2000
    for row, which in enumerate((1, 3)):
        given = (alpha * x[row]).requires_grad_()
        (slopes,) = torch.autograd.grad(network(given)[:, which].sum(), given)
        np.testing.assert_allclose(found.features[row], (slopes.mean(dim=0) * x[row]), rtol=1e-5, atol=1e-8)


def test_an_lstm_in_float32_adds_up_within_a_thousandth_with_64_points():
    torch.manual_seed(3)
    network = torch.nn.Sequential(LSTM(16, input_size=4), torch.nn.Linear(16, 3))
    found = attribute(network, 3 * torch.randn(4, 30, 4))
    assert found.relative_error.max() < 1e-3


def test_too_few_points_do_not_add_up_and_the_record_and_the_sentence_say_so():
    network = random(LSTM(4, input_size=2), scale=3.0)
    found = attribute(network, 3 * numbers(1, 12, 2), 0, steps=1)
    exact = attribute(network, 3 * numbers(1, 12, 2), 0, steps=256)
    assert found.relative_error[0] > 0.05 > exact.relative_error[0]
    np.testing.assert_allclose(found.error, found.values.sum(axis=1) - (found.score - found.baseline))
    assert f"({found.relative_error[0]:.2g} of it)" in str(found)
    assert f"miss the difference by {abs(found.error[0]):.2g}" in str(found)


def test_left_out_is_a_step_whose_vector_is_zero_and_that_is_still_taken():
    network, x = random(torch.nn.Sequential(GRU(5, input_size=3))), numbers(2, 6, 3)
    found = attribute(network, x, 1, method="leave_one_out")
    for t in range(6):
        without = x.clone()
        without[:, t] = 0
        expected = network(x)[:, 1] - network(without)[:, 1]
        np.testing.assert_allclose(found.values[:, t], expected.detach(), rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_what_raises_the_score_is_positive_and_the_nearer_of_two_counts_more(method):
    layer = SimpleRNN(1, activation="tanh", input_size=1, dtype=torch.float64,
                      kernel_initializer="ones", recurrent_initializer=lambda w: w.fill_(0.5))  # fmt: skip
    found = attribute(layer, torch.tensor([[[0.0], [0.3], [-0.2], [0.3]]]), method=method)
    values = found.values[0]
    assert values[0] == 0
    assert values[3] > values[1] > 0 > values[2]
    assert [step for step, _, _ in found.ranked()] == [3, 2, 1, 0]
    other = attribute(layer, torch.tensor([[[0.3], [0.0], [-0.2], [0.3]]]), method=method)
    assert 0 < other.values[0][0] < values[1]  # one step further back


def test_the_score_explained_is_the_highest_of_each_row_unless_it_is_named():
    network, x = random(torch.nn.Sequential(GRU(5, input_size=3))), numbers(6, 6, 3)
    highest = network(x).argmax(dim=1).tolist()
    assert len(set(highest)) > 1
    found = attribute(network, x, method="leave_one_out")
    assert found.explained == tuple(map(str, highest))
    np.testing.assert_array_equal(found.values, attribute(network, x, highest, method="leave_one_out").values)


@pytest.mark.parametrize("method", METHODS)
def test_masked_steps_contribute_nothing_and_the_last_answer_that_counts_is_explained(method):
    layer, x = random(LSTM(4, input_size=3, return_sequences=True)), numbers(2, 6, 3)
    found = attribute(layer, x, 1, method=method, lengths=[6, 4])
    assert list(found.answers) == [5, 3]
    np.testing.assert_array_equal(found.values[1, 4:], 0)
    alone = attribute(layer, x[1:, :4], 1, method=method)
    np.testing.assert_allclose(found.values[1, :4], alone.values[0], rtol=1e-9)
    np.testing.assert_allclose(found.score[1], float(layer(x[1:, :4])[0, 3, 1].detach()), rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_of_answers_at_every_step_one_can_be_chosen_and_later_items_contribute_nothing_to_it(method):
    layer, x = random(GRU(4, input_size=3, return_sequences=True)), numbers(1, 6, 3)
    found = attribute(layer, x, 1, method=method, at=2)
    np.testing.assert_array_equal(found.values[0, 3:], 0)
    np.testing.assert_allclose(
        found.values[0, :3], attribute(layer, x[:, :3], 1, method=method).values[0], rtol=1e-9
    )
    assert list(found.answers) == [2]


@pytest.mark.parametrize("method", METHODS)
def test_both_directions_of_a_bidirectional_layer_and_embeddings_are_covered(method):
    inner = Bidirectional(linear(), merge_mode="sum", backward_layer=linear(go_backwards=True))
    random(inner)
    network = random(Sequential([Embedding(5, 3), inner, Dense(2, input_size=4)]))
    ids = torch.tensor([[3, 1, 4, 1]])
    found = attribute(network, ids, 1, method=method)  # linear in the embeddings
    np.testing.assert_allclose(found.error, 0, atol=1e-12)
    read = network[0](ids).detach()
    slope = torch.autograd.functional.jacobian(lambda x: network[2](inner(x))[0, 1], read)
    np.testing.assert_allclose(found.values, (slope * read).sum(dim=2), rtol=1e-9)


def test_the_inputs_of_a_later_layer_can_be_looked_at():
    network = torch.nn.Sequential(random(GRU(3, input_size=3, return_sequences=True)), linear())
    x = numbers(1, 5, 3)
    found = attribute(network, x, 0, layer=1)
    np.testing.assert_allclose(found.error, 0, atol=1e-12)  # the second layer is linear, the first is not
    np.testing.assert_allclose(
        found.values, attribute(network[1], network[0](x).detach(), 0).values, rtol=1e-9
    )


@pytest.mark.parametrize("method", METHODS)
def test_copies_side_by_side_give_what_one_at_a_time_gives(method, monkeypatch):
    network, x = random(LSTM(5, input_size=3, return_sequences=True)), numbers(3, 7, 3)
    together = attribute(network, x, 0, method=method, lengths=[7, 2, 5])
    monkeypatch.setattr("remy.inspect.inputs._TOGETHER", 1)
    alone = attribute(network, x, 0, method=method, lengths=[7, 2, 5])
    np.testing.assert_allclose(together.values, alone.values, rtol=1e-12, atol=1e-15)


def test_no_gradient_is_left_behind_and_inference_mode_is_no_obstacle():
    network = torch.nn.Sequential(GRU(5, input_size=3, dropout=0.5), torch.nn.Dropout(0.5))
    x = numbers(1, 5, 3)
    with torch.inference_mode():
        found = attribute(network, x, 0)
    np.testing.assert_array_equal(found.values, attribute(network, x, 0).values)
    assert network.training
    assert all(weight.grad is None for weight in network.parameters())


def test_a_trained_language_model_names_its_items_and_its_scores():
    text = "the quick brown fox jumps over the lazy dog. " * 20
    model = LanguageModel(cell="lstm", units=8, layers=1, epochs=1, steps=20, batch_size=2).fit(text)
    found = attribute(model, "the lazy")
    assert found.items == tuple("the lazy")
    assert found.explained == (model.predict("the lazy", top=1)[0][0],)
    assert found.relative_error[0] < 1e-3
    named = attribute(model, "the lazy", "q", method="leave_one_out", at=2)
    assert named.explained == ("q",)
    assert list(named.answers) == [2]
    np.testing.assert_array_equal(named.values[0, 3:], 0)
    with pytest.raises(UsageError, match=r"^target: there is no score '%'"):
        attribute(model, "the lazy", "%")


def test_the_sentence_names_score_baseline_and_the_items_that_count_most():
    one, half = (lambda w: w.fill_(1.0)), (lambda w: w.fill_(0.5))
    layer = SimpleRNN(1, activation="linear", kernel_initializer=one, recurrent_initializer=half)
    found = attribute(layer, torch.tensor([[[4.0], [-4.0], [0.5]]]), method="gradient_x_input")
    assert str(found) == (
        "gradient_x_input at simple_rnn: score '0' is -0.5, without input 0: most by '1' at 1 (-2), "
        "'0' at 0 (+1), '2' at 2 (+0.5); the contributions miss the difference by 0 (0 of it)"
    )


def test_what_cannot_be_explained_is_refused_with_a_way_out():
    layer, x = linear(), numbers(2, 5, 3)
    with pytest.raises(UsageError, match=r"^method: expected one of .*, got 'integrated'; did you mean"):
        attribute(layer, x, method="integrated")
    with pytest.raises(UsageError, match=r"^steps: expected at least 1, got 0"):
        attribute(layer, x, steps=0)
    with pytest.raises(
        UsageError, match=r"^target: expected a score's number from 0 to 3, or its name, got 4"
    ):
        attribute(layer, x, 4)
    with pytest.raises(UsageError, match=r"^target: the scores have no names; expected 0 to 3, got 'yes'"):
        attribute(layer, x, "yes")
    with pytest.raises(ShapeError, match=r"^attribute: expected one target a row, 2, got 3"):
        attribute(layer, x, [0, 1, 2])
    with pytest.raises(
        UsageError, match=r"^attribute: at=1 needs an answer at every step; this model gives one"
    ):
        attribute(layer, x, at=1)
    with pytest.raises(DataError, match=r"expected a step that counts in every row of simple_rnn"):
        attribute(layer, x, lengths=[3, 0])


def test_a_layer_whose_rows_are_not_those_of_the_answers_is_passed_over():
    network, x = Words().double(), numbers(2, 3, 8)
    found = attribute(network, x, 1)
    assert found.name == "words"
    assert found.values.shape == (2, 3)
    with pytest.raises(
        UsageError, match=r"^layer: expected one with the 2 rows of the answers \(words\), got letters, "
    ):
        attribute(network, x, 1, layer="letters")


@pytest.mark.parametrize("value", [2.5, "2", None, True], ids=repr)
def test_steps_and_at_are_whole_numbers(value):
    layer, x = linear(return_sequences=True), numbers(2, 5, 3)
    with pytest.raises(UsageError, match=rf"^steps: expected a whole number of at least 1, got {value!r}$"):
        attribute(layer, x, steps=value)
    if value is not None:
        with pytest.raises(UsageError, match=rf"^at: expected a whole number, got {value!r}$"):
            attribute(layer, x, at=value)
    np.testing.assert_array_equal(
        attribute(layer, x, at=np.int64(2), steps=np.int64(3)).values,
        attribute(layer, x, at=2, steps=3).values,
    )


@pytest.mark.parametrize(
    "target",
    [[None, 1], [[0, 1], [1]], [[0, 1], [1, 0]], np.zeros((2, 2)), {"a": 1}, object(), math.nan, [1, 1.5]],
    ids=["none", "ragged", "lists", "matrix", "mapping", "object", "nan", "half"],
)
def test_targets_that_are_no_numbers_are_refused(target):
    with pytest.raises(
        UsageError, match=r"(?s)^target: expected a score's number from 0 to 3, or its name, got"
    ):
        attribute(linear(), numbers(2, 5, 3), target)


@pytest.mark.parametrize("target", [(1, 2), np.array([1, 2]), torch.tensor([1, 2]), range(1, 3)], ids=type)
def test_targets_may_be_any_sequence(target):
    assert attribute(linear(), numbers(2, 5, 3), target).explained == ("1", "2")
