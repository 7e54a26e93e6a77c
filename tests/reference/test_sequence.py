"""Sequences of the reference: gradients against derivatives by complex step, masks, direction, chunks."""

import numpy as np
import pytest

from remy.reference import CELLS, cell_step, sequence_backward, sequence_forward

T, B, F, H = 5, 4, 3, 2
STEP = 1e-30  # a complex step has no cancellation, so it may be as small as this


def arguments(cell: str, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    gates = len(CELLS[cell].gates)
    given = {
        "x": rng.normal(size=(T, B, F)),
        "kernel": rng.normal(size=(F, gates * H)),
        "recurrent_kernel": rng.normal(size=(H, gates * H)),
        "bias": rng.normal(size=(*CELLS[cell].bias_shape[:-1], gates * H)),
        "h0": rng.normal(size=(B, H)),
    }
    if cell == "lstm":
        given["c0"] = rng.normal(size=(B, H))
    return given


def cotangents(cell: str) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(99)
    given = {"d_outputs": rng.normal(size=(T, B, H)), "d_h": rng.normal(size=(B, H))}
    if cell == "lstm":
        given["d_c"] = rng.normal(size=(B, H))
    return given


def options(name: str) -> dict[str, object]:
    rng = np.random.default_rng(7)
    mask = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [1, 1, 0, 1], [1, 0, 0, 1], [0, 1, 0, 1]], bool)
    return {
        "plain": {},
        "reverse": {"reverse": True},
        "lengths": {"lengths": [5, 0, 3, 1]},
        "gaps": {"mask": mask},
        "gaps, zero output": {"mask": mask, "zero_output": True},
        "both, reverse": {"mask": mask, "lengths": [5, 4, 3, 2], "reverse": True, "zero_output": True},
        "dropout": {"recurrent_dropout": 2.0 * (rng.random((B, H)) < 0.5)},
    }[name]


OPTIONS = ["plain", "reverse", "lengths", "gaps", "gaps, zero output", "both, reverse", "dropout"]


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_gradient_is_the_derivative_by_complex_step(cell, option):
    given, weights = arguments(cell), cotangents(cell)
    gradients = sequence_backward(cell, **given, **options(option), **weights)

    def loss(perturbed):
        f = sequence_forward(cell, **perturbed, **options(option))
        total = np.sum(weights["d_outputs"] * f.outputs) + np.sum(weights["d_h"] * f.h)
        return total if f.c is None else total + np.sum(weights["d_c"] * f.c)

    for name, value in given.items():
        expected = np.zeros(value.shape)
        for index in np.ndindex(value.shape):
            perturbed = value.astype(complex)
            perturbed[index] += 1j * STEP
            expected[index] = loss({**given, name: perturbed}).imag / STEP
        np.testing.assert_allclose(
            getattr(gradients, f"d_{name}"), expected, rtol=1e-12, atol=1e-12, err_msg=name
        )


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_at_every_state_is_that_at_the_start_of_the_rest(cell):
    given, weights = arguments(cell), cotangents(cell)
    whole = sequence_backward(cell, **given, **weights)
    states = sequence_forward(cell, **given)
    for t in range(T - 1):
        rest = {**given, "x": given["x"][t + 1 :], "h0": states.states[t]}
        if cell == "lstm":
            rest["c0"] = states.cells[t]
        later = sequence_backward(cell, **rest, **{**weights, "d_outputs": weights["d_outputs"][t + 1 :]})
        d_h = weights["d_outputs"][t] + later.d_h0
        np.testing.assert_allclose(whole.d_states[t], d_h, rtol=1e-13, atol=1e-14)
        if cell == "lstm":
            through_h = d_h * states.gates[t, :, 3] * (1 - np.tanh(states.cells[t]) ** 2)
            np.testing.assert_allclose(whole.d_cells[t], later.d_c0 + through_h, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(whole.d_states[-1], weights["d_outputs"][-1] + weights["d_h"], rtol=1e-15)


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_is_its_steps_in_order(cell):
    given = arguments(cell)
    f = sequence_forward(cell, **given)
    h, c = given["h0"], given.get("c0")
    for t in range(T):
        step = cell_step(cell, given["x"][t], h, c, given["kernel"], given["recurrent_kernel"], given["bias"])
        h, c = step.h, step.c
        np.testing.assert_array_equal(f.outputs[t], h)
        np.testing.assert_array_equal(f.states[t], h)
        np.testing.assert_array_equal(f.gates[t], step.gates)
        if c is not None:
            np.testing.assert_array_equal(f.cells[t], c)
    np.testing.assert_array_equal(f.h, h)


@pytest.mark.parametrize("cell", CELLS)
def test_reverse_is_the_flipped_sequence_with_outputs_at_their_own_time(cell):
    given = arguments(cell)
    backwards = sequence_forward(cell, **given, reverse=True)
    flipped = sequence_forward(cell, **{**given, "x": given["x"][::-1]})
    np.testing.assert_array_equal(backwards.outputs, flipped.outputs[::-1])
    np.testing.assert_array_equal(backwards.h, flipped.h)
    np.testing.assert_array_equal(backwards.h, backwards.outputs[0])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_a_masked_row_is_the_row_without_its_masked_steps(cell, reverse):
    given, mask = arguments(cell), options("gaps")["mask"]
    f = sequence_forward(cell, **given, mask=mask, reverse=reverse)
    for b in range(B):
        kept = np.flatnonzero(mask[:, b])
        row = {**given, "x": given["x"][kept, b : b + 1], "h0": given["h0"][b : b + 1]}
        if cell == "lstm":
            row["c0"] = given["c0"][b : b + 1]
        alone = sequence_forward(cell, **row, reverse=reverse)
        np.testing.assert_allclose(f.h[b], alone.h[0], rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(f.outputs[kept, b], alone.outputs[:, 0], rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_masked_steps_show_the_carried_state_or_zero(cell):
    given, mask = arguments(cell), options("gaps")["mask"]
    carried = sequence_forward(cell, **given, mask=mask)
    zero = sequence_forward(cell, **given, mask=mask, zero_output=True)
    np.testing.assert_array_equal(carried.outputs, carried.states)
    np.testing.assert_array_equal(carried.outputs[:, 2], np.broadcast_to(given["h0"][2], (T, H)))
    np.testing.assert_array_equal(zero.outputs, np.where(mask[..., None], carried.outputs, 0))
    np.testing.assert_array_equal(zero.states, carried.states)
    assert not carried.gates[~mask].any()


@pytest.mark.parametrize("cell", CELLS)
def test_what_stands_at_masked_steps_goes_nowhere(cell):
    given, mask = arguments(cell), options("gaps")["mask"]
    clean = sequence_backward(cell, **given, mask=mask, **cotangents(cell))
    dirty = given["x"].copy()
    dirty[~mask] = np.nan
    spoilt = sequence_backward(cell, **{**given, "x": dirty}, mask=mask, **cotangents(cell))
    for name in ("d_x", "d_kernel", "d_recurrent_kernel", "d_bias", "d_h0", "d_states"):
        np.testing.assert_array_equal(getattr(spoilt, name), getattr(clean, name))
    assert not clean.d_x[~mask].any()


@pytest.mark.parametrize("cell", CELLS)
def test_a_sequence_without_steps_returns_the_initial_state(cell):
    given = arguments(cell)
    given["x"] = given["x"][:0]
    f = sequence_forward(cell, **given)
    np.testing.assert_array_equal(f.h, given["h0"])
    gradients = sequence_backward(cell, **given, d_h=np.ones((B, H)))
    np.testing.assert_array_equal(gradients.d_h0, np.ones((B, H)))
    assert not gradients.d_kernel.any()
