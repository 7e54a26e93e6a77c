"""Layers one after the other: the issue's three models train, and masks find their way."""

import re

import pytest
import torch

import remy
from remy.errors import UsageError
from remy.layers import GRU, LSTM, Bidirectional, Dense, Embedding, Sequential, SimpleRNN, Stacked

B, T, F = 8, 9, 3

MODELS = {
    "many to many": (lambda: [SimpleRNN(units=64, return_sequences=True), Dense(10)], (B, T, 10)),
    "many to one": (lambda: [LSTM(units=64, return_sequences=False), Dense(1)], (B, 1)),
    "both directions": (lambda: [Bidirectional(LSTM(64)), Dense(2)], (B, 2)),
    "stacked": (lambda: [Stacked([GRU(16), GRU(16)], dropout=0.1, residual=True), Dense(2)], (B, 2)),
}


@pytest.mark.parametrize("name", MODELS)
def test_it_runs_and_trains(name):
    torch.manual_seed(0)
    layers, shape = MODELS[name]
    model = remy.Sequential(layers())
    x, y = torch.randn(B, T, F), torch.randn(shape)
    assert model(x).shape == shape
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


def test_lengths_and_masks_reach_every_recurrent_layer():
    torch.manual_seed(0)
    model = Sequential(
        [GRU(5, return_sequences=True), Dense(4, activation="tanh"), Bidirectional(LSTM(3)), Dense(2)]
    )
    x, lengths = torch.randn(B, T, F), [9, 1, 4, 7, 2, 3, 8, 5]
    whole = model(x, lengths=lengths)
    spoilt = x.clone()
    for b, length in enumerate(lengths):
        spoilt[b, length:] = 100.0
        alone = model(x[b : b + 1, :length])
        torch.testing.assert_close(whole[b : b + 1], alone, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(model(spoilt, lengths=lengths), whole)
    mask = torch.arange(T)[None] < torch.tensor(lengths)[:, None]
    assert torch.equal(model(x, mask=mask), whole)


def test_a_mask_turns_with_a_layer_that_goes_backwards():
    torch.manual_seed(0)
    model = Sequential([GRU(5, return_sequences=True, go_backwards=True), LSTM(3)])
    x, lengths = torch.randn(2, T, F), [4, 9]
    torch.testing.assert_close(model(x, lengths=lengths)[:1], model(x[:1, :4]), rtol=1e-5, atol=1e-6)


def test_an_embedding_with_mask_zero_masks_its_zeros():
    torch.manual_seed(0)
    model = Sequential([Embedding(10, 4, mask_zero=True), LSTM(3)])
    ids = torch.tensor([[3, 5, 0, 0], [0, 0, 3, 5]])
    expected = model(torch.tensor([[3, 5]]))
    torch.testing.assert_close(model(ids), expected.expand(2, -1))
    torch.testing.assert_close(model(ids, lengths=[1, 4])[:1], model(torch.tensor([[3]])))


def test_torch_modules_may_stand_between():
    model = Sequential([torch.nn.Linear(F, 4), torch.nn.ReLU(), LSTM(3)])
    assert model(torch.randn(B, T, F), lengths=[1] * B).shape == (B, 3)


def test_the_last_layer_may_return_its_state():
    output, h, c = Sequential([Dense(4), LSTM(3, return_state=True)])(torch.randn(B, T, F))
    assert output.shape == h.shape == c.shape == (B, 3)


def test_it_can_be_indexed_counted_and_walked_through():
    layers = [LSTM(3), Dense(2)]
    model = Sequential(layers)
    assert len(model) == 2
    assert model[1] is model[-1] is layers[1]
    assert list(model) == layers
    model(torch.zeros(1, 2, 3))
    assert sorted(model.state_dict()) == ["0.bias", "0.kernel", "0.recurrent_kernel", "1.bias", "1.kernel"]


def test_stateful_layers_are_reset_together():
    torch.manual_seed(0)
    model = Sequential([LSTM(3, stateful=True), Dense(2)])
    x = torch.randn(B, T, F)
    first, second = model(x), model(x)
    assert not torch.equal(first, second)
    model.reset_state()
    assert torch.equal(model(x), first)


def test_a_sequential_within_another_hands_on_lengths_and_masks_and_is_reset():
    torch.manual_seed(0)
    layers = [GRU(5, return_sequences=True, stateful=True), Dense(4), LSTM(3, stateful=True)]
    flat, nested = (
        Sequential(layers),
        Sequential([Sequential([layers[0], Sequential([layers[1]])]), layers[2]]),
    )
    assert list(nested) == layers
    x, lengths = torch.randn(2, T, F), [4, 9]
    first = flat(x, lengths=lengths)
    nested.reset_state()
    assert torch.equal(nested(x, lengths=lengths), first)


def test_a_kind_of_sequential_with_a_forward_of_its_own_is_refused_within_another():
    class Doubled(Sequential):
        def forward(self, x, **options):
            return 2 * super().forward(x, **options)

    with pytest.raises(UsageError, match="plain Sequential, got a Doubled with a forward of its own"):
        Sequential([Doubled([Dense(2)]), LSTM(3)])


@pytest.mark.parametrize("turns", [1, 2])
def test_a_mask_turns_with_stacked_layers_that_go_backwards(turns):
    torch.manual_seed(0)
    lower = [GRU(5, return_sequences=True, go_backwards=True) for _ in range(turns)]
    upper = LSTM(3)
    x, lengths = torch.randn(2, T, F), [4, 9]
    expected = Sequential([*lower, upper])(x, lengths=lengths)
    assert torch.equal(Sequential([Stacked(lower), upper])(x, lengths=lengths), expected)


def test_a_mask_may_be_a_list():
    torch.manual_seed(0)
    model = Sequential([GRU(5, return_sequences=True, go_backwards=True), LSTM(3)])
    x, mask = torch.randn(2, T, F), [[True] * 4 + [False] * 5, [True] * 9]
    assert torch.equal(model(x, mask=mask), model(x, mask=torch.tensor(mask)))
    assert torch.equal(model[0](x, mask=mask), model[0](x, mask=torch.tensor(mask)))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], "sequential: expected at least one layer, got none."),
        (
            [LSTM(3, return_state=True), Dense(2)],
            "got a LSTM that returns more at place 0; leave return_state",
        ),
        (
            [Bidirectional(LSTM(3), merge_mode=None), Dense(2)],
            "got a Bidirectional that returns more at place 0",
        ),
    ],
)
def test_layers_that_do_not_follow_each_other_are_refused(layers, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        Sequential(layers)
