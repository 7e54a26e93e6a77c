"""Both directions: Keras's order of outputs and states, and the right end of each under masks."""

import re

import pytest
import torch

from remy.errors import ShapeError, UsageError
from remy.layers import GRU, LSTM, Bidirectional, Dense
from remy.layers.bidirectional import MERGE_MODES, merged
from tests.layers.kinds import (
    GAPS,
    KINDS,
    LEFT,
    LENGTHS,
    B,
    F,
    H,
    T,
    by_reference,
    close,
    inputs,
    make,
    state_of,
)


def both(kind, merge_mode="concat", **options):
    """Return a layer with weights of its own in each direction."""
    first = make(kind, **options)
    second = make(kind, seed=9, **{**options, "go_backwards": not first.go_backwards})
    return Bidirectional(first, merge_mode=merge_mode, backward_layer=second)


@pytest.mark.parametrize("masking", [{}, {"lengths": LENGTHS}, {"mask": GAPS}, {"mask": LEFT}])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_stand_side_by_side_at_their_own_time_and_states_follow_forward_first(kind, masking):
    layer = both(kind, return_sequences=True, return_state=True)
    x, start = inputs(), [*state_of(layer.forward_layer, 3), *state_of(layer.backward_layer, 4)]
    outputs, *state = layer(x, initial_state=start, **masking)
    half = len(start) // 2
    first, first_state = by_reference(layer.forward_layer, x, tuple(start[:half]), **masking)
    second, second_state = by_reference(layer.backward_layer, x, tuple(start[half:]), **masking)
    close(outputs[..., :H], first)
    close(outputs[..., H:], second)
    for actual, expected in zip(state, (*first_state, *second_state), strict=True):
        close(actual, expected)


@pytest.mark.parametrize("masking", [{}, {"lengths": LENGTHS}, {"mask": GAPS}, {"mask": LEFT}])
@pytest.mark.parametrize("kind", KINDS)
def test_the_last_output_is_each_directions_end(kind, masking):
    layer = both(kind)
    output = layer(inputs(), **masking)
    close(output[:, :H], by_reference(layer.forward_layer, inputs(), **masking)[1][0])
    close(output[:, H:], by_reference(layer.backward_layer, inputs(), **masking)[1][0])


@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("kind", ["lstm", "gru_reset_after"])
def test_merge_modes_do_what_they_say(kind, sequences):
    first, second = both(kind, None, return_sequences=sequences)(inputs())
    for mode, expected in (
        ("concat", torch.cat([first, second], -1)),
        ("sum", first + second),
        ("mul", first * second),
        ("ave", (first + second) / 2),
    ):
        layer = both(kind, mode, return_sequences=sequences)
        merged = layer(inputs())
        close(merged, expected)
        assert merged.shape[-1] == layer.units


def test_without_merging_both_outputs_come_before_the_states():
    result = both("lstm", None, return_sequences=True, return_state=True)(inputs())
    assert [t.shape for t in result] == [(B, T, H)] * 2 + [(B, H)] * 4
    result = both("gru_reset_after", None, return_state=True)(inputs())
    assert torch.equal(result[0], result[2])
    assert torch.equal(result[1], result[3])


@pytest.mark.parametrize("merge_mode", ["concat", None])
def test_around_a_layer_that_goes_backwards_outputs_are_in_its_order(merge_mode):
    layer = both("lstm", merge_mode, return_sequences=True, go_backwards=True)
    outputs = layer(inputs())
    first, second = outputs.split(H, dim=-1) if merge_mode else outputs
    close(first, by_reference(layer.forward_layer, inputs())[0][:, ::-1])
    close(second, by_reference(layer.backward_layer, inputs())[0][:, ::-1])


def test_by_default_the_other_direction_has_weights_of_its_own():
    layer = Bidirectional(GRU(H, reset_after=False, dropout=0.3))
    layer(torch.zeros(B, T, F))
    assert layer.backward_layer.go_backwards
    assert layer.backward_layer.cell == "gru_reset_before"
    assert layer.backward_layer.dropout == 0.3
    assert not torch.equal(layer.forward_layer.kernel, layer.backward_layer.kernel)
    assert set(layer.state_dict()) == {
        f"{side}_layer.{name}"
        for side in ("forward", "backward")
        for name in ("kernel", "recurrent_kernel", "bias")
    }


def test_a_stateful_pair_carries_both_states_and_resets_them():
    layer = both("lstm", stateful=True)
    first = layer(inputs())
    second = layer(inputs())
    assert not torch.equal(first, second)
    layer.reset_state()
    assert torch.equal(layer(inputs()), first)


def test_directions_of_different_widths_can_be_put_side_by_side():
    layer = Bidirectional(LSTM(3), backward_layer=LSTM(4, go_backwards=True))
    assert layer(torch.zeros(B, T, F)).shape == (B, 7)
    assert layer.units == 7


WRONG = [
    (lambda: Bidirectional(LSTM(2), merge_mode="cat"),
     "bidirectional merge_mode: expected one of concat, sum, mul, ave"),
    (lambda: Bidirectional(Dense(2)), "bidirectional: expected a SimpleRNN, LSTM or GRU layer, got Dense."),
    (lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2)),
     "bidirectional: expected layers of opposite directions, got go_backwards=False of both."),
    (lambda: Bidirectional(LSTM(2), backward_layer=LSTM(2, go_backwards=True, return_sequences=True)),
     "bidirectional: expected the same return_sequences of both layers, got False and True."),
    (lambda: Bidirectional(LSTM(2), merge_mode="sum", backward_layer=LSTM(3, go_backwards=True)),
     "bidirectional: expected the same units of both layers for merge_mode 'sum', got 2 and 3;"),
]  # fmt: skip


@pytest.mark.parametrize(("construct", "message"), WRONG)
def test_layers_that_do_not_fit_are_refused(construct, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        construct()


def test_an_initial_state_of_one_direction_is_refused():
    layer = Bidirectional(LSTM(H))
    message = "expected initial state of 4 tensors, the forward direction's first, got a sequence of 2"
    with pytest.raises(ShapeError, match=re.escape(message)):
        layer(torch.zeros(B, T, F), initial_state=(torch.zeros(B, H), torch.zeros(B, H)))


def test_outputs_of_both_are_merged_outside_a_layer_as_inside():
    layer, x = Bidirectional(LSTM(H, return_sequences=True), merge_mode=None), torch.randn(B, T, F)
    first, second = layer(x)
    for mode in MERGE_MODES:
        layer.merge_mode = mode
        assert torch.equal(merged(first, second, mode=mode), layer(x))
    with pytest.raises(UsageError, match="merge_mode: expected one of concat, sum, mul, ave, got 'max'"):
        merged(first, second, mode="max")
