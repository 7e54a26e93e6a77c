"""Each cell of the reference, against its equations written out for one unit with `math`."""

from math import exp, tanh

import numpy as np
import pytest

from remy.errors import UsageError
from remy.reference import CELLS, cell_step

X, H, C = 0.7, -0.4, 0.9
INPUT_WEIGHTS = [0.3, -1.1, 0.8, 1.7]
RECURRENT_WEIGHTS = [-0.6, 0.5, 1.3, -0.9]
BIAS = [0.1, -0.2, 0.4, 0.25]
RECURRENT_BIAS = [-0.35, 0.15, 0.6]


def sigmoid(a: float) -> float:
    return 1 / (1 + exp(-a))


def take_step(cell: str, dropout: float | None = None):
    gates = len(CELLS[cell].gates)
    bias = [BIAS[:3], RECURRENT_BIAS] if cell == "gru_reset_after" else BIAS[:gates]
    return cell_step(
        cell,
        [[X]],
        [[H]],
        [[C]] if cell == "lstm" else None,
        [INPUT_WEIGHTS[:gates]],
        [RECURRENT_WEIGHTS[:gates]],
        bias,
        None if dropout is None else [[dropout]],
    )


@pytest.mark.parametrize(
    ("activation", "function"), [("tanh", tanh), ("relu", lambda a: max(a, 0.0)), ("linear", lambda a: a)]
)
def test_a_simple_step_is_the_activation_of_the_weighted_sum(activation, function):
    step = take_step(f"simple_rnn_{activation}")
    assert step.h[0, 0] == pytest.approx(function(X * 0.3 + H * -0.6 + 0.1), rel=1e-15)
    assert step.c is None
    assert step.gates.shape == (1, 0, 1)


def test_relu_cuts_negative_sums_to_zero():
    assert cell_step("simple_rnn_relu", [[-2.0]], [[0.0]], None, [[1.0]], [[1.0]]).h[0, 0] == 0.0


def test_an_lstm_step_forgets_adds_and_shows():
    step = take_step("lstm")
    i, f, o = (sigmoid(X * INPUT_WEIGHTS[k] + H * RECURRENT_WEIGHTS[k] + BIAS[k]) for k in (0, 1, 3))
    g = tanh(X * INPUT_WEIGHTS[2] + H * RECURRENT_WEIGHTS[2] + BIAS[2])
    c = f * C + i * g
    assert step.c[0, 0] == pytest.approx(c, rel=1e-15)
    assert step.h[0, 0] == pytest.approx(o * tanh(c), rel=1e-15)
    np.testing.assert_allclose(step.gates[0, :, 0], [i, f, g, o], rtol=1e-15)


def test_a_gru_step_with_the_reset_after_scales_the_product_and_its_bias():
    step = take_step("gru_reset_after")
    a = [X * INPUT_WEIGHTS[k] + BIAS[k] for k in range(3)]
    q = [H * RECURRENT_WEIGHTS[k] + RECURRENT_BIAS[k] for k in range(3)]
    z, r = sigmoid(a[0] + q[0]), sigmoid(a[1] + q[1])
    candidate = tanh(a[2] + r * q[2])
    assert step.h[0, 0] == pytest.approx(z * H + (1 - z) * candidate, rel=1e-15)
    np.testing.assert_allclose(step.gates[0, :, 0], [z, r, candidate, q[2]], rtol=1e-15)


def test_a_gru_step_with_the_reset_before_scales_the_state():
    step = take_step("gru_reset_before")
    a = [X * INPUT_WEIGHTS[k] + BIAS[k] for k in range(3)]
    z, r = sigmoid(a[0] + H * RECURRENT_WEIGHTS[0]), sigmoid(a[1] + H * RECURRENT_WEIGHTS[1])
    candidate = tanh(a[2] + r * H * RECURRENT_WEIGHTS[2])
    assert step.h[0, 0] == pytest.approx(z * H + (1 - z) * candidate, rel=1e-15)
    np.testing.assert_allclose(step.gates[0, :, 0], [z, r, candidate], rtol=1e-15)


@pytest.mark.parametrize("cell", ["gru_reset_after", "gru_reset_before"])
def test_recurrent_dropout_leaves_the_carry_of_the_gru_alone(cell):
    step = take_step(cell, dropout=0.0)
    z, candidate = step.gates[0, 0, 0], step.gates[0, 2, 0]
    recurrent = RECURRENT_BIAS[0] if cell == "gru_reset_after" else 0.0
    assert z == pytest.approx(sigmoid(X * INPUT_WEIGHTS[0] + BIAS[0] + recurrent), rel=1e-15)
    assert step.h[0, 0] == pytest.approx(z * H + (1 - z) * candidate, rel=1e-15)


@pytest.mark.parametrize("cell", CELLS)
def test_sigmoid_and_tanh_saturate_without_a_warning(cell):
    gates = len(CELLS[cell].gates)
    step = cell_step(cell, [[-1e4]], [[0.0]], [[0.0]], [[1.0] * gates], [[1.0] * gates])
    assert np.isfinite(step.h).all()
    assert np.isfinite(step.gates).all()


@pytest.mark.parametrize("cell", CELLS)
def test_nan_in_the_input_reaches_the_state(cell):
    gates = len(CELLS[cell].gates)
    step = cell_step(cell, [[np.nan]], [[0.5]], [[0.5]], [[1.0] * gates], [[1.0] * gates])
    assert np.isnan(step.h).all()


def test_a_misspelt_cell_is_refused_with_the_nearest_name():
    with pytest.raises(UsageError, match=r"cell: expected one of .*, got 'lstn'; did you mean 'lstm'\?"):
        cell_step("lstn", [[1.0]], [[1.0]], None, [[1.0]], [[1.0]])
