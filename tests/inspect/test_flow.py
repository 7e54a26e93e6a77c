"""How far gradients reach back: known rates are found, and every word follows from the numbers."""

import math

import numpy as np
import pytest
import torch

from remy import Sequential
from remy.errors import DataError, UsageError
from remy.inspect import Flow, gradient_flow, trace
from remy.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN
from tests.inspect.chains import MASKINGS, B, F, H, T, carry, classes, close, inputs, network

RATES = (0.97, 0.9, 0.7, 0.4)


def linear(matrix, dtype=torch.float64, **options):
    """A linear recurrence by `matrix`: h_t = h_{t-1} U + x W."""
    matrix = torch.as_tensor(np.asarray(matrix), dtype=dtype)
    layer = SimpleRNN(len(matrix), activation="linear", input_size=F, dtype=dtype, **options)
    with torch.no_grad():
        layer.recurrent_kernel.copy_(matrix)
    return layer


def orthogonal(size=6, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]


def similar(rates, seed=1):
    """A matrix with these eigenvalues, whose eigenvectors are not orthogonal."""
    basis = np.random.default_rng(seed).normal(size=(len(rates), len(rates)))
    return basis @ np.diag(rates) @ np.linalg.inv(basis)


def flow_of(layer, steps=80, batch=2, **options):
    x = torch.randn(batch, steps, F, generator=torch.Generator().manual_seed(0)).to(
        layer.recurrent_kernel.dtype
    )
    (found,) = gradient_flow(layer, x, **options)
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_each_unit_of_a_diagonal_recurrence_has_its_own_rate(dtype):
    found = flow_of(linear(np.diag(RATES), dtype))
    np.testing.assert_allclose(found.unit_decay, RATES, rtol=0.01)
    assert found.decay == pytest.approx(max(RATES), rel=0.01)
    assert found.units.shape == (80, 4)
    np.testing.assert_array_equal(found.lags, range(80))
    close(found.units[1] / found.units[0], RATES, bound=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_the_largest_eigenvalue_is_the_rate_in_the_long_run(seed, dtype):
    found = flow_of(linear(similar(RATES, seed), dtype), steps=120)
    assert found.decay == pytest.approx(max(RATES), rel=0.01)
    assert flow_of(linear(similar((1.05, 0.6, -0.3), seed), dtype)).decay == pytest.approx(1.05, rel=0.01)


def test_what_dies_at_once_does_not_hide_the_rate_of_what_stays():
    rates = [0.98, *[0.3] * 31]
    found = flow_of(linear(np.diag(rates)), steps=30)
    assert found.h[3] / found.h[0] < 0.3  # most is gone, and soon
    assert found.decay == pytest.approx(0.98, rel=0.01)


@pytest.mark.parametrize("rate", [0.5, 0.9, 1.0, 1.1])
def test_a_multiple_of_an_orthogonal_matrix_is_that_many_a_step(rate):
    found = flow_of(linear(rate * orthogonal()))
    assert found.decay == pytest.approx(rate, rel=1e-6)
    assert found.h[0] == pytest.approx(1)
    if rate > 0.5:
        close(found.h, rate ** np.arange(80.0))


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both directions"])
def test_gates_of_known_value_are_the_rate(both):
    layer = GRU(
        4, input_size=F, dtype=torch.float64, kernel_initializer="zeros", recurrent_initializer="zeros"
    )
    with torch.no_grad():
        layer.bias[0, :4] = 2.0
    keep = 1 / (1 + math.exp(-2.0))
    model = Bidirectional(layer) if both else layer
    if both:
        model.backward_layer.load_state_dict(layer.state_dict())
    flows = gradient_flow(model, inputs(2, 60))
    assert [flow.direction for flow in flows] == ["forward", "backward"][: len(flows)]
    for flow in flows:
        assert flow.cell == "gru_reset_after"
        assert flow.c is None
        assert flow.decay == pytest.approx(keep, rel=1e-6)
        np.testing.assert_allclose(flow.unit_decay, keep, rtol=1e-6)


def test_the_cell_state_has_a_road_of_its_own():
    layer = LSTM(
        4, input_size=F, dtype=torch.float64, kernel_initializer="zeros", recurrent_initializer="zeros"
    )
    with torch.no_grad():
        layer.bias[4:8] = 3.0
    found = flow_of(layer)
    forget = 1 / (1 + math.exp(-3.0))
    close(found.c[1:] / found.c[:-1], np.full(79, forget))
    assert not found.h[1:].any()  # no weight leads back to h
    assert found.hidden_horizon == 1
    # What is carried still is: at c, each step's share is what the later steps' forget gates leave.
    close(found.carried[1:], forget * found.c[:-1])
    assert found.decay == pytest.approx(forget)
    assert found.horizon is None
    assert found.carried[-1] > 0.01
    assert "lag 79 (at h alone below 1 % from lag 1)" in str(found)


@pytest.mark.parametrize("seed", range(5))
def test_a_rate_is_that_of_the_tops_where_a_gradient_goes_up_and_down(seed):
    angle = 0.3
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    rng = np.random.default_rng(seed)
    basis = rng.normal(size=(2, 2))
    layer = linear(torch.tensor(0.9 * basis @ turn @ np.linalg.inv(basis)))
    assert flow_of(layer).decay == pytest.approx(0.9, rel=0.01)


def test_horizon_and_half_life_follow_from_the_numbers():
    found = flow_of(linear(0.9 * orthogonal()))
    assert found.half_life == pytest.approx(math.log(0.5) / math.log(0.9))
    assert found.horizon == math.ceil(math.log(0.01) / math.log(0.9)) == 44
    assert found.h[44] < 0.01 * found.h[0] < found.h[43]
    assert found.verdict == "vanishing"
    assert str(found) == (
        "simple_rnn (simple_rnn_linear, forward): vanishing; the gradient falls below 1 % of lag 0 at lag 44 "
        "and changes by a factor of 0.9 a step (halves every 6.58 steps)"
    )
    short = flow_of(linear(0.9 * orthogonal()), steps=44)
    assert short.horizon is None
    assert short.verdict == "steady"
    assert f"is {0.9**43:.3g} times that of lag 0 at lag 43" in str(short)


def flow(sizes):
    sizes = np.asarray(sizes, float)
    return Flow("rnn", "forward", "lstm", np.arange(len(sizes)), sizes, None, sizes[:, None], sizes)


def test_a_horizon_is_where_the_gradient_stays_small():
    assert flow([1, 0.001, 0.5, 0.009, 0.001]).horizon == 3
    assert flow([1, 0.001, 0.5]).horizon is None
    assert flow([1, 0.01, 0.0099]).horizon == 2
    assert flow([1]).horizon is None


def test_what_grows_a_hundredfold_explodes_and_does_not_halve():
    found = flow_of(linear(1.1 * orthogonal()))
    assert found.verdict == "exploding"
    assert found.horizon is None
    assert found.half_life == math.inf
    assert "exploding" in str(found)
    assert "does not halve" in str(found)
    assert flow_of(linear(1.1 * orthogonal()), steps=49).verdict == "steady"  # 97-fold
    assert flow_of(linear(1.1 * orthogonal()), steps=50).verdict == "exploding"  # 107-fold
    assert flow([1, 50, 200, 1, 0.001]).verdict == "exploding"
    assert flow_of(linear(orthogonal())).verdict == "steady"
    assert flow_of(linear(orthogonal())).half_life > 1e4


@pytest.mark.parametrize("steps", [150, 400])
def test_what_explodes_beyond_float32_is_told_from_what_vanishes(steps):
    layer = SimpleRNN(6, input_size=F)  # tanh, at rest: every slope is 1
    with torch.no_grad():
        layer.recurrent_kernel.copy_(torch.as_tensor(2 * orthogonal()))
    (found,) = gradient_flow(layer, torch.zeros(2, steps, F))
    assert found.verdict == "exploding"
    assert found.horizon is None
    assert found.decay == pytest.approx(2, rel=0.01)
    assert "exploding" in str(found)


def test_what_vanishes_below_float32_is_still_measured():
    found = flow_of(linear(0.5 * orthogonal(), torch.float32), steps=300)
    assert found.decay == pytest.approx(0.5, rel=0.01)
    assert found.h[-1] == 0
    assert found.horizon == 7
    assert found.half_life == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("masking", ["gaps", "left padding", "lengths", "a row all masked"])
def test_lags_count_the_steps_that_count(masking):
    found = gradient_flow(linear(0.8 * orthogonal()), inputs(), **MASKINGS[masking])[0]
    valid = trace(linear(np.eye(2)), inputs(), **MASKINGS[masking]).layers[0].valid
    assert len(found.lags) == valid.sum(axis=1).max()
    close(found.h, 0.8 ** np.arange(len(found.lags)))


def test_both_directions_count_from_their_own_last_step():
    model = Bidirectional(
        linear(0.9 * orthogonal()), backward_layer=linear(0.6 * orthogonal(), go_backwards=True)
    )
    mask = MASKINGS["lengths and gaps"]
    forward, backward = gradient_flow(model, inputs(), **mask)
    assert (forward.direction, backward.direction) == ("forward", "backward")
    close(forward.h, 0.9 ** np.arange(len(forward.lags)))
    close(backward.h, 0.6 ** np.arange(len(backward.lags)))


def test_without_a_target_each_layer_is_measured_for_itself():
    first, second = linear(0.9 * orthogonal(F), return_sequences=True), linear(0.5 * orthogonal(F))
    flows = gradient_flow(Sequential([first, second, Dense(2, dtype=torch.float64)]), inputs(2, 60))
    assert [flow.name for flow in flows] == ["0", "1"]
    assert [round(flow.decay, 6) for flow in flows] == [0.9, 0.5]


@pytest.mark.parametrize("at", [None, -1, 2])
@pytest.mark.parametrize("sequences", [True, False])
@pytest.mark.parametrize("kind", ["lstm", "gru_reset_before", "simple_rnn_tanh"])
def test_with_a_target_it_is_the_gradient_of_the_last_answers_loss(kind, sequences, at):
    model = network(kind, both=True, depth=2, sequences=sequences)
    target = classes() if sequences else classes(B)
    if at is not None and not sequences:
        with pytest.raises(UsageError, match="needs an answer at every step"):
            gradient_flow(model, inputs(), target, at=at)
        return
    flows = gradient_flow(model, inputs(), target, at=at)
    found = trace(model, inputs(), target, at=(-1 if at is None else at) if sequences else None)
    assert [(f.name, f.direction) for f in flows] == [(layer.name, layer.direction) for layer in found.layers]
    for each, layer in zip(flows, found.layers, strict=True):
        order = slice(None) if layer.direction == "backward" else slice(None, None, -1)
        for name in ("h", "c") if layer.c is not None else ("h",):
            norms = np.linalg.norm(getattr(layer.gradients, name)[:, order], axis=2)
            kept = np.linalg.norm(layer.gradients.h[:, order], axis=2).any(axis=0)
            expected = np.sqrt((norms**2).mean(axis=0))[np.argmax(kept) :]
            close(getattr(each, name), expected, name)
        close(
            each.units[:, 0], np.sqrt((layer.gradients.h[:, order, 0] ** 2).mean(axis=0))[-len(each.lags) :]
        )


def test_with_a_target_the_last_answer_is_each_rows_own():
    model, lengths = network("gru_reset_after", depth=1), torch.tensor([7, 1, 0, 4])
    (found,) = gradient_flow(model, inputs(), classes(), lengths=lengths)
    gradients = trace(model, inputs(), classes(), lengths=lengths, at=-1).layers[0].gradients.h
    first = np.sqrt(np.mean([np.square(gradients[row, n - 1]).sum() for row, n in ((0, 7), (1, 1), (3, 4))]))
    assert found.h[0] == pytest.approx(first)
    assert found.h[-1] == pytest.approx(np.linalg.norm(gradients[0, 0]))


def test_directions_are_drawn_from_the_seed():
    layer = linear(np.diag(RATES))
    one, same, other = (flow_of(layer, seed=seed).units[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    random = torch.get_rng_state()
    flow_of(layer)
    assert torch.equal(torch.get_rng_state(), random)


def test_more_directions_come_nearer_to_the_mean_over_all():
    rates = np.repeat(RATES, 2)
    layer = linear(np.diag(rates))
    expected = np.sqrt(np.mean(rates ** (2.0 * np.arange(80)[:, None]), axis=1))
    off = [np.abs(np.log(flow_of(layer, probes=n, batch=4).h / expected)).max() for n in (1, 64)]
    assert off[1] < 0.15
    assert off[1] < off[0]


@pytest.mark.parametrize("target", [None, "classes"])
def test_a_carried_state_stays_and_is_where_the_flow_starts(target):
    model = network("lstm", depth=1, stateful=True)
    fresh = gradient_flow(model, inputs(), None if target is None else classes())[0]
    assert model[0]._carried is None
    carry(model)
    carried = model[0]._carried
    found = [gradient_flow(model, inputs(), None if target is None else classes())[0].h for _ in range(2)]
    assert model[0]._carried is carried
    np.testing.assert_array_equal(*found)
    assert (found[0] != fresh.h).any()


def test_a_long_sequence_is_measured_whole():
    found = flow_of(linear(0.999 * orthogonal(3)), steps=5000, batch=1)
    assert len(found.lags) == 5000
    assert found.decay == pytest.approx(0.999, rel=1e-6)


def test_one_step_says_nothing_of_a_rate():
    found = flow_of(linear(orthogonal()), steps=1)
    assert math.isnan(found.decay)
    assert math.isnan(found.half_life)
    assert found.verdict == "steady"
    assert "too few lags" in str(found)


def test_where_no_gradient_arrives_the_sentence_says_so():
    nothing = torch.zeros(B, T, dtype=torch.bool)
    for target in (None, torch.zeros(B, H)):
        (found,) = gradient_flow(LSTM(H), inputs().float(), target, mask=nothing)
        assert str(found) == "lstm (lstm, forward): no gradient arrives"
        assert not found.h.any()


@pytest.mark.parametrize("probes", [0, -1, 1.5, "a", None])
def test_the_number_of_directions_is_a_whole_one(probes):
    with pytest.raises(UsageError, match="probes: expected a whole number of at least 1"):
        gradient_flow(LSTM(4), torch.ones(1, 3, F), probes=probes)


def test_bad_inputs_are_refused_as_by_trace():
    with pytest.raises(DataError, match="with a step"):
        gradient_flow(LSTM(4), torch.ones(1, 0, F))
    with pytest.raises(UsageError, match="no recurrent layer"):
        gradient_flow(Dense(4), torch.ones(1, 2, F))
    with pytest.raises(UsageError, match="expected at from -7 to 6, got 7"):
        gradient_flow(network("lstm"), inputs(), classes(), at=7)
    with pytest.raises(ValueError, match="expected a target of shape"):
        gradient_flow(network("lstm"), inputs(), classes(B))
