"""Layers one on the other: what each hands on, residual connections, dropout between, states in and out."""

import re

import pytest
import torch

from remy.errors import ShapeError, UsageError
from remy.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN, Stacked
from tests.layers.kinds import GAPS, KINDS, LEFT, LENGTHS, B, F, H, T, close, inputs, make

MASKINGS = [{}, {"lengths": LENGTHS}, {"mask": GAPS}, {"mask": LEFT}, {"mask": LEFT, "lengths": LENGTHS}]


def full(layer, x, **masking):
    """Return the outputs of every step, whatever the layer's options say."""
    before, layer.return_sequences = layer.return_sequences, True
    outputs = layer(x, **masking)
    layer.return_sequences = before
    return outputs[0] if layer.return_state else outputs


def valid_of(masking):
    """Return which steps count, ``(B, T)``."""
    valid = torch.ones(B, T, dtype=torch.bool)
    if "lengths" in masking:
        valid &= torch.arange(T)[None] < LENGTHS[:, None]
    return valid & masking.get("mask", valid)


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_reads_all_outputs_of_the_one_below(kind, masking):
    lower, upper = make(kind), make(kind, seed=1, input_size=H)
    expected = full(upper, full(lower, inputs(), **masking), **masking)
    assert not upper.return_sequences
    close(Stacked([lower, upper])(inputs(), **masking), upper(full(lower, inputs(), **masking), **masking))
    upper.return_sequences = True
    close(Stacked([lower, upper])(inputs(), **masking), expected)


@pytest.mark.parametrize("kind", ["lstm", "gru_reset_after"])
def test_states_go_in_and_come_out_layer_by_layer(kind):
    stack = Stacked([make(kind), make(kind, seed=1, input_size=H, return_sequences=True, return_state=True)])
    whole, _ = stack(inputs())
    first, states = stack(inputs()[:, :2])
    assert [len(state) for state in states] == [2 if kind == "lstm" else 1] * 2
    second, _ = stack(inputs()[:, 2:], initial_state=states)
    close(torch.cat([first, second], 1), whole)


@pytest.mark.parametrize("masking", MASKINGS)
def test_residual_layers_add_their_input_where_the_widths_agree(masking):
    layers = [make("lstm"), make("lstm", seed=1, input_size=H), make("gru_reset_after", seed=2, input_size=H)]
    layers[-1].return_sequences = True
    x1 = full(layers[0], inputs(), **masking)
    x2 = x1 + full(layers[1], x1, **masking)
    x3 = x2 + full(layers[2], x2, **masking)
    valid = valid_of(masking)
    outputs = Stacked(layers, residual=True)(inputs(), **masking)
    close(outputs[valid], x3[valid])


@pytest.mark.parametrize("masking", MASKINGS)
def test_the_last_residual_output_is_that_of_the_last_valid_step(masking):
    layers = [make("lstm", input_size=H), make("lstm", seed=1, input_size=H)]
    x = inputs(features=H)
    last = Stacked(layers, residual=True)(x, **masking)
    layers[-1].return_sequences = True
    outputs = Stacked(layers, residual=True)(x, **masking)
    valid = valid_of(masking)
    for b in range(B):
        steps = valid[b].nonzero().flatten()
        close(last[b], outputs[b, steps[-1]] if len(steps) else torch.zeros(H).double())


@pytest.mark.parametrize("masking", MASKINGS)
def test_the_last_residual_output_of_two_directions_is_each_ones_end(masking):
    pair = Bidirectional(
        make("lstm", input_size=2 * H), backward_layer=make("lstm", 3, input_size=2 * H, go_backwards=True)
    )
    x = inputs(features=2 * H)
    last = Stacked([pair], residual=True)(x, **masking)
    plain = pair(x, **masking)
    valid = valid_of(masking)
    for b in range(B):
        steps = valid[b].nonzero().flatten()
        ends = torch.cat([x[b, steps[-1], :H], x[b, steps[0], H:]]) if len(steps) else 0
        close(last[b], plain[b] + ends)


def test_what_stands_at_masked_steps_does_not_reach_residual_outputs():
    x = inputs(features=H)
    x[~GAPS] = float("nan")
    stack = Stacked(
        [make("lstm", input_size=H), make("lstm", 1, input_size=H, return_sequences=True)], residual=True
    )
    assert torch.isfinite(stack(x, mask=GAPS)).all()


def test_dropout_falls_between_the_layers_in_training_only():
    lower, upper = make("lstm"), make("lstm", seed=1, input_size=H, return_sequences=True)
    stack = Stacked([lower, upper], dropout=0.5)
    torch.manual_seed(0)
    trained = stack(inputs())
    torch.manual_seed(0)
    close(trained, upper(torch.nn.functional.dropout(full(lower, inputs()), 0.5)))
    close(stack.eval()(inputs()), upper(full(lower, inputs())))
    single = Stacked([upper.twin(input_size=F)], dropout=0.9)
    assert torch.equal(single(inputs()), single(inputs()))


@pytest.mark.parametrize("masking", MASKINGS)
def test_a_layer_going_backwards_hands_its_outputs_on_in_its_order(masking):
    lower = make("lstm", go_backwards=True)
    upper = make("lstm", seed=1, input_size=H, return_sequences=True)
    valid = valid_of(masking)
    expected = full(upper, full(lower, inputs(), **masking), mask=valid.flip(1))
    close(Stacked([lower, upper])(inputs(), **masking), expected)


def test_bidirectional_layers_can_be_stacked():
    stack = Stacked([Bidirectional(LSTM(4)), Bidirectional(LSTM(4, return_state=True))], residual=True)
    output, states = stack(torch.randn(B, T, F), lengths=LENGTHS)
    assert output.shape == (B, 8)
    assert [len(state) for state in states] == [4, 4]


def test_stateful_layers_are_reset_together():
    stack = Stacked([make("lstm", stateful=True), make("lstm", 1, input_size=H, stateful=True)])
    first, second = stack(inputs()), stack(inputs())
    assert not torch.equal(first, second)
    stack.reset_state()
    assert torch.equal(stack(inputs()), first)


WRONG = [
    (lambda: Stacked([]), "stacked: expected at least one layer, got none."),
    (lambda: Stacked([LSTM(2), Dense(2)]),
     "expected SimpleRNN, LSTM, GRU or Bidirectional layers, got Dense; Sequential takes layers"),
    (lambda: Stacked([LSTM(2)], dropout=2), "stacked: expected dropout from 0 to 1, got 2."),
    (lambda: Stacked([Bidirectional(GRU(2), merge_mode=None)]), "stacked: expected layers with one output"),
    (lambda: Stacked([SimpleRNN(2, go_backwards=True)], residual=True),
     "stacked: expected layers in forward time with residual=True, got go_backwards=True"),
]  # fmt: skip


@pytest.mark.parametrize(("construct", "message"), WRONG)
def test_layers_that_cannot_be_stacked_are_refused(construct, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        construct()


def test_a_state_for_another_number_of_layers_is_refused():
    stack = Stacked([LSTM(H), LSTM(H)])
    message = "stacked: expected initial state as a sequence of 2, one entry a layer, got a sequence of 1"
    with pytest.raises(ShapeError, match=re.escape(message)):
        stack(torch.zeros(B, T, F), initial_state=[(torch.zeros(B, H), torch.zeros(B, H))])
