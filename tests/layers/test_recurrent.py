"""SimpleRNN, LSTM and GRU: the definition's results, and Keras's options."""

import copy
import pickle
import re

import numpy as np
import pytest
import torch

from remy import reference
from remy.errors import ShapeError, UsageError
from remy.layers import GRU, LSTM, SimpleRNN
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

MASKINGS = {
    "none": {},
    "lengths": {"lengths": LENGTHS},
    "gaps": {"mask": GAPS},
    "left padding": {"mask": LEFT},
    "both": {"mask": LEFT, "lengths": LENGTHS},
}


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_states_are_the_definitions(kind, backwards, masking):
    x = inputs()
    for zero in (False, True):
        layer = make(
            kind, return_sequences=True, return_state=True, go_backwards=backwards, zero_output_for_mask=zero
        )
        state = state_of(layer)
        outputs, *final = layer(x, initial_state=state, **MASKINGS[masking])
        expected, expected_final = by_reference(layer, x, state, **MASKINGS[masking])
        close(outputs, expected[:, ::-1] if backwards else expected)
        assert len(final) == len(expected_final)
        for actual, value in zip(final, expected_final, strict=True):
            close(actual, value)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_without_sequences_the_last_output_is_the_final_state(kind, backwards):
    layer = make(kind, go_backwards=backwards, zero_output_for_mask=True)
    expected, final = by_reference(layer, inputs(), mask=GAPS)
    close(layer(inputs(), mask=GAPS), final[0])
    close(layer(inputs())[0], by_reference(layer, inputs())[0][0, 0 if backwards else -1])
    assert expected.shape == (B, T, H)


@pytest.mark.parametrize("kind", KINDS)
def test_options_say_what_a_call_returns(kind):
    states = 2 if kind == "lstm" else 1
    assert make(kind)(inputs()).shape == (B, H)
    assert make(kind, return_sequences=True)(inputs()).shape == (B, T, H)
    output, *state = make(kind, return_state=True)(inputs())
    assert output.shape == (B, H)
    assert [s.shape for s in state] == [(B, H)] * states
    assert torch.equal(output, state[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_returned_state_is_where_the_next_call_goes_on(kind):
    layer = make(kind, return_sequences=True, return_state=True)
    whole, *_ = layer(inputs())
    first, *state = layer(inputs()[:, :4])
    second, *_ = layer(inputs()[:, 4:], initial_state=state)
    close(torch.cat([first, second], dim=1), whole.detach())


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_by_itself_until_it_is_reset(kind):
    layer = make(kind, return_sequences=True, stateful=True)
    whole = make(kind, return_sequences=True)(inputs())
    first, second = layer(inputs()[:, :2]), layer(inputs()[:, 2:])
    close(torch.cat([first, second], dim=1), whole.detach())
    with pytest.raises(ShapeError, match=r"expected B = 4 rows .* got 2; call reset_state\(\) first"):
        layer(inputs()[:2])
    layer.reset_state()
    assert torch.equal(layer(inputs()[:2])[:, 0], whole[:2, 0])


def test_no_gradient_flows_through_the_carried_state():
    layer = make("lstm", stateful=True)
    x = inputs().requires_grad_()
    layer(x)
    layer(inputs(3)).sum().backward()
    assert x.grad is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_without_bias_adds_none(kind):
    layer = make(kind, use_bias=False, return_sequences=True)
    assert layer.bias is None
    assert set(layer.state_dict()) == {"kernel", "recurrent_kernel"}
    close(layer(inputs()), by_reference(layer, inputs())[0])


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_drops_the_same_features_at_every_step_in_training_only(kind):
    layer = make(kind, dropout=0.5, return_sequences=True)
    torch.manual_seed(0)
    trained = layer(inputs())
    torch.manual_seed(0)
    factors = torch.nn.functional.dropout(torch.ones(B, 1, F, dtype=torch.float64), 0.5)
    assert set(factors.unique().tolist()) == {0.0, 2.0}
    close(trained, by_reference(layer, inputs() * factors)[0])
    close(layer.eval()(inputs()), by_reference(layer, inputs())[0])


@pytest.mark.parametrize("kind", KINDS)
def test_recurrent_dropout_drops_the_same_units_at_every_step_in_training_only(kind):
    layer = make(kind, recurrent_dropout=0.5, return_sequences=True)
    torch.manual_seed(0)
    trained = layer(inputs(), initial_state=state_of(layer))
    torch.manual_seed(0)
    factors = torch.nn.functional.dropout(torch.ones(B, H, dtype=torch.float64), 0.5)
    expected = reference.sequence_forward(
        kind,
        inputs().numpy().swapaxes(0, 1),
        *(w.detach().numpy() for w in (layer.kernel, layer.recurrent_kernel, layer.bias)),
        *(s.numpy() for s in state_of(layer)),
        recurrent_dropout=factors.numpy(),
    )
    close(trained, expected.outputs.swapaxes(0, 1))
    close(layer.eval()(inputs()), by_reference(layer, inputs())[0])


def test_dropping_everything_leaves_zeros_and_no_nan():
    layer = make("gru_reset_after", dropout=1.0, recurrent_dropout=1.0, return_sequences=True)
    close(layer(inputs())[:, 0], by_reference(layer, torch.zeros(B, T, F).double())[0][:, 0])
    assert torch.isfinite(layer(inputs())).all()


@pytest.mark.parametrize("kind", KINDS)
def test_first_values_are_keras(kind):
    torch.manual_seed(0)
    cls, fixed = KINDS[kind]
    layer = cls(64, input_size=30, **fixed)
    gates = layer.kernel.shape[1] // 64
    limit = (6 / (30 + gates * 64)) ** 0.5
    assert layer.kernel.abs().max() <= limit
    assert layer.kernel.abs().max() > 0.95 * limit
    rows = layer.recurrent_kernel @ layer.recurrent_kernel.T
    torch.testing.assert_close(rows, torch.eye(64), atol=1e-5, rtol=0)
    if kind == "lstm":
        i, f, g, o = layer.bias.chunk(4)
        assert (f == 1).all()
        assert not torch.cat([i, g, o]).any()
        assert not LSTM(3, input_size=2, unit_forget_bias=False).bias.any()
    else:
        assert not layer.bias.any()


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_of_weights_are_keras(kind):
    gates = {"lstm": 4, "gru_reset_after": 3, "gru_reset_before": 3}.get(kind, 1)
    layer = make(kind)
    assert layer.kernel.shape == (F, gates * H)
    assert layer.recurrent_kernel.shape == (H, gates * H)
    assert layer.bias.shape == ((2, gates * H) if kind == "gru_reset_after" else (gates * H,))


def test_the_input_size_is_found_at_the_first_call_and_then_fixed():
    layer = GRU(H)
    assert layer.input_size is None
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer(torch.zeros(B, T, F)).sum().backward()
    assert layer.input_size == F
    before = layer.kernel.detach().clone()
    layer(torch.ones(B, T, F)).sum().backward()
    optimizer.step()
    assert not torch.equal(layer.kernel, before)
    message = "gru: expected inputs with I = 3 features, got 4; the first call fixed the number."
    with pytest.raises(ShapeError, match=re.escape(message)):
        layer(torch.zeros(B, T, 4))
    with pytest.raises(ShapeError, match=re.escape(message)):
        layer.build(4)


@pytest.mark.parametrize("called", [False, True])
def test_a_layer_can_be_copied_pickled_moved_and_saved_before_and_after_its_first_call(called):
    layer = LSTM(H, return_sequences=True)
    x = torch.randn(B, T, F)
    if called:
        layer(x)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        other.load_state_dict(layer.state_dict())
        assert other(x).shape == (B, T, H)
        if called:
            assert torch.equal(other(x), layer(x))
    assert copy.deepcopy(layer).double()(x.double()).dtype == torch.float64
    layer(x)
    fresh = LSTM(H, return_sequences=True)
    fresh.load_state_dict(layer.state_dict())
    assert torch.equal(fresh(x), layer(x))


def test_a_compiled_layer_gives_the_same_gradients_even_at_its_first_call():
    torch._dynamo.reset()
    layer = LSTM(H, return_sequences=True, dtype=torch.float64)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    compiled(inputs(), mask=GAPS).square().sum().backward()
    gradients = [p.grad.clone() for p in layer.parameters()]
    layer.zero_grad()
    layer(inputs(), mask=GAPS).square().sum().backward()
    for actual, parameter in zip(gradients, layer.parameters(), strict=True):
        torch.testing.assert_close(actual, parameter.grad, rtol=1e-12, atol=1e-12)


def test_an_exported_layer_gives_the_same_outputs():
    layer = make("gru_reset_after", return_sequences=True).eval()
    steps = torch.export.Dim("steps", min=2, max=50)
    program = torch.export.export(layer, (inputs(),), dynamic_shapes={"x": {1: steps}})
    longer = inputs(steps=11)
    assert torch.equal(program.module()(longer), layer(longer))


@pytest.mark.parametrize("kind", KINDS)
def test_a_twin_has_the_same_options_and_weights_of_its_own(kind):
    layer = make(kind, return_sequences=True, dropout=0.25, use_bias=False)
    twin = layer.twin(go_backwards=True)
    assert twin.options() == {**layer.options(), "go_backwards": True}
    assert twin.kernel.shape == layer.kernel.shape
    assert not torch.equal(twin.kernel, layer.kernel)


WRONG = [
    (lambda: SimpleRNN(0), "simple_rnn: expected units of at least 1, got 0."),
    (lambda: LSTM(-3), "lstm: expected units of at least 1, got -3."),
    (lambda: GRU(2.5), "gru: expected units of at least 1, got 2.5."),
    (lambda: GRU(2, input_size=0), "gru: expected input_size of at least 1, got 0."),
    (lambda: LSTM(2, dropout=1.5), "lstm: expected dropout from 0 to 1, got 1.5."),
    (lambda: LSTM(2, recurrent_dropout=-0.1), "lstm: expected recurrent_dropout from 0 to 1, got -0.1."),
    (lambda: LSTM(2, activation="relu"),
     "lstm: expected activation 'tanh', got 'relu'; the compiled cell has no other."),
    (lambda: GRU(2, recurrent_activation="hard_sigmoid"),
     "gru: expected recurrent_activation 'sigmoid', got 'hard_sigmoid'; the compiled cell has no other."),
    (lambda: SimpleRNN(2, activation="than"), "got 'than'; did you mean 'tanh'?"),
    (lambda: SimpleRNN(2, kernel_initializer="glorot"), "initializer: expected one of "),
]  # fmt: skip


@pytest.mark.parametrize(("construct", "message"), WRONG)
def test_a_wrong_option_is_named_with_what_was_expected(construct, message):
    with pytest.raises(UsageError, match=re.escape(message)):
        construct().build(F)


def test_wrong_inputs_are_named_with_what_was_expected():
    layer = LSTM(H)
    with pytest.raises(ShapeError, match=r"lstm: expected inputs of shape \(B, T, I\), got \(6, 3\)"):
        layer(torch.zeros(T, F))
    with pytest.raises(ShapeError, match=r"lstm: expected mask of shape \(B, T\) = \(4, 6\), got \(6, 4\)"):
        layer(torch.zeros(B, T, F), mask=torch.ones(T, B, dtype=torch.bool))
    with pytest.raises(
        ShapeError, match=r"lstm: expected initial state of shape \(B, H\) = \(4, 5\), got \(4, 16\)"
    ):
        layer(torch.zeros(B, T, F), initial_state=(torch.zeros(4, 16), torch.zeros(4, 16)))
    with pytest.raises(ShapeError, match=r"lstm: expected lengths of shape \(B,\) = \(4,\), got \(2,\)"):
        layer(torch.zeros(B, T, F), lengths=[1, 2])


def test_the_printed_form_shows_the_sizes():
    assert repr(LSTM(5)) == "LSTM(?, 5)"
    assert repr(GRU(5, input_size=3, use_bias=False)) == "GRU(3, 5, use_bias=False)"


def test_whole_numbers_as_inputs_are_refused_even_where_dropout_would_make_them_floats():
    with pytest.raises(
        ShapeError, match=r"lstm: expected inputs of a floating dtype, got int64; pass x.float"
    ):
        LSTM(H, dropout=0.5)(torch.ones(B, T, F, dtype=torch.int64))


def test_sizes_may_be_whole_numbers_of_numpy():
    layer = LSTM(np.int64(H), input_size=np.int32(F))
    assert type(layer.units) is int
    assert layer(torch.zeros(B, T, F)).shape == (B, H)
