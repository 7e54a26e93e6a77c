"""Traces: what the reference says happens inside, from the kernels, and a model left as it was."""

import numpy as np
import pytest
import torch

from remy import Sequential, ops
from remy.inspect import trace
from remy.layers import LSTM
from tests.inspect.chains import (
    MASKINGS,
    B,
    F,
    H,
    T,
    V,
    assert_is_the_references,
    by_reference,
    carry,
    classes,
    close,
    everything,
    inputs,
    network,
)
from tests.layers.kinds import KINDS, make


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("both", [False, True], ids=["forward", "both directions"])
@pytest.mark.parametrize("kind", KINDS)
def test_three_stacked_layers_are_the_references(kind, both, masking):
    model, x, target = network(kind, both=both), inputs(), classes()
    found = trace(model, x, target, **MASKINGS[masking])
    assert_is_the_references(found, model, x, target, **MASKINGS[masking])
    assert found.residuals.forward == 0.0
    assert found.residuals.reference < 1e-12
    assert found.residuals.reference_gradients < 1e-12


@pytest.mark.parametrize("masking", ["none", "lengths", "gaps"])
@pytest.mark.parametrize("both", [False, True], ids=["forward", "both directions"])
@pytest.mark.parametrize("kind", KINDS)
def test_one_answer_comes_from_each_directions_last_state(kind, both, masking):
    model, x, target = network(kind, depth=2, both=both, sequences=False), inputs(), classes(B)
    found = trace(model, x, target, **MASKINGS[masking])
    assert_is_the_references(found, model, x, target, **MASKINGS[masking])


@pytest.mark.parametrize(
    "options", [{"zero_output_for_mask": True}, {"use_bias": False}, {"go_backwards": True}]
)
@pytest.mark.parametrize("kind", KINDS)
def test_options_of_a_layer_are_followed(kind, options):
    sequences = "go_backwards" not in options
    model = network(kind, depth=2 if sequences else 1, sequences=sequences, **options)
    target, masking = classes(*((B, T) if sequences else (B,))), MASKINGS["lengths and gaps"]
    assert_is_the_references(trace(model, inputs(), target, **masking), model, inputs(), target, **masking)


@pytest.mark.parametrize("check", ["quick", "full"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_carried_state_is_where_the_trace_starts(kind, check):
    model, x, target = network(kind, both=True, depth=2, stateful=True), inputs(), classes()
    carry(model)
    found = trace(model, x, target, check=check, **MASKINGS["gaps"])
    assert_is_the_references(found, model, x, target, **MASKINGS["gaps"])
    assert found.residuals.forward == 0.0
    if check == "full":
        assert found.residuals.finite_differences < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_the_loop_of_torch_operators_is_traced_alike(kind):
    model, x, target = network(kind, both=True, depth=2, zero_output_for_mask=True), inputs(), classes()
    with ops.force_loop():
        found = trace(model, x, target, check="full", **MASKINGS["gaps"])
    assert_is_the_references(found, model, x, target, **MASKINGS["gaps"])
    assert found.residuals.reference_gradients < 1e-12


@pytest.mark.parametrize("at", [0, 3, -1, T - 1])
def test_the_loss_of_one_step_counts_alone(at):
    model, x, target = network("lstm", both=True, depth=2), inputs(), classes()
    assert_is_the_references(trace(model, x, target, at=at), model, x, target, at=at % T)


def test_the_last_step_is_each_rows_own_and_masked_answers_never_count():
    model, x, target = network("gru_reset_after", depth=1), inputs(), classes()
    lengths = torch.tensor([7, 1, 0, 4])
    target[torch.arange(T)[None] >= lengths[:, None]] = -1  # whatever fills the place
    found = trace(model, x, target, at=-1, lengths=lengths)
    own = [
        trace(model, x[row : row + 1, :n], target[row : row + 1, :n], at=-1).loss
        for row, n in ((0, 7), (1, 1), (3, 4))
    ]
    assert found.loss == pytest.approx(np.mean(own))
    third = [
        trace(model, x[row : row + 1, :n], target[row : row + 1, :n], at=2).loss
        for row, n in ((0, 7), (3, 4))
    ]
    assert trace(model, x, target, at=2, lengths=lengths).loss == pytest.approx(np.mean(third))


@pytest.mark.parametrize("stacked", [False, True])
def test_answers_in_reverse_order_are_masked_in_that_order(stacked):
    layer = make("lstm", return_sequences=True, go_backwards=True)
    model = Sequential([layer]) if stacked else layer
    x, target, mask = inputs(), classes(), MASKINGS["left padding"]["mask"]
    found = trace(model, x, target, mask=mask)
    with torch.no_grad():
        each = torch.nn.functional.cross_entropy(layer(x, mask=mask).mT, target, reduction="none")
    assert found.loss == pytest.approx(float(each[mask.flip(1)].mean()))
    assert found.layers[0].direction == "backward"


def slope(model, x, target, place, step=1e-5, **masking):
    """The derivative of the loss by one number of x, by central differences."""
    losses = []
    for sign in (1, -1):
        moved = x.clone()
        moved[place] += sign * step
        with torch.no_grad():
            scores = model(moved, **masking)
            each = torch.nn.functional.cross_entropy(
                scores.flatten(0, -2), target.flatten(), reduction="none"
            )
            counted = torch.ones_like(target, dtype=torch.bool)
            if "mask" in masking:
                counted = masking["mask"]
            losses.append(float(each[counted.flatten()].mean()))
    return (losses[0] - losses[1]) / (2 * step)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_slopes_of_the_loss(kind):
    model, x, target = network(kind, both=True), inputs(2, 5), classes(2, 5)
    masking = {"mask": torch.tensor([[1, 0, 1, 1, 1], [0, 1, 1, 1, 0]]).bool()}
    found = trace(model, x, target, check="full", **masking)
    assert found.residuals.finite_differences < 1e-5
    summed = sum(layer.gradients.x for layer in found.layers if layer.name == "0")
    measured = np.array([slope(model, x, target, place, **masking) for place in np.ndindex(*x.shape)])
    close(summed, measured.reshape(x.shape), bound=1e-6)
    assert not summed[~masking["mask"].numpy()].any()


@pytest.mark.parametrize("kind", KINDS)
def test_float32_has_the_slopes_of_float64(kind):
    model, x, target = network(kind, both=True, depth=2).float(), inputs().float(), classes()
    found = trace(model, x, target, check="full", **MASKINGS["gaps"])
    residuals, largest = found.residuals, max(float(np.abs(layer.h).max()) for layer in found.layers)
    assert residuals.forward == 0.0
    assert residuals.reference < 2e-6 * max(1.0, largest)
    assert residuals.reference_gradients < 2e-6
    assert residuals.finite_differences < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_step_hands_back_goes_by_the_roads_of_its_jacobian(kind):
    model, x, target = network(kind, depth=1), inputs(), classes()
    found = trace(model, x, target, **MASKINGS["gaps"]).layers[0]
    _, _, inside = by_reference(model, x, target, **MASKINGS["gaps"])
    back = inside["0", "forward"]
    d_h, gates = back.backward.d_states, back.forward.gates
    valid = back.valid[..., None]
    # What reached h_{t-1} from step t is what arrived there, without what came by its output.
    head = model[1].kernel.detach().numpy()
    softmax = found_scores(model, x) - np.eye(V)[classes().numpy()]
    outside = (softmax * MASKINGS["gaps"]["mask"].numpy()[..., None]).swapaxes(0, 1) / valid.sum() @ head.T
    handed = np.concatenate([back.backward.d_h0[None], (d_h - outside)[:-1]])
    if kind == "lstm":
        by_cell = gates[:, :, 1] * back.backward.d_cells
        by_gates = handed
        carried = np.sqrt(np.sum(d_h**2, axis=2) + np.sum(back.backward.d_cells**2, axis=2))
    else:
        by_cell = gates[:, :, 0] * d_h if kind.startswith("gru") else np.zeros_like(d_h)
        by_gates = handed - by_cell
        carried = np.linalg.norm(d_h, axis=2)
    cell_road = np.where(back.valid, np.linalg.norm(by_cell, axis=2), carried)
    close(found.gradients.cell_road, cell_road.T)
    close(found.gradients.gate_road, np.where(back.valid, np.linalg.norm(by_gates, axis=2), 0).T)


def found_scores(model, x):
    with torch.no_grad():
        return model(x, **MASKINGS["gaps"]).softmax(-1).numpy()


def test_norms_are_those_over_the_units_also_of_what_squared_would_overflow():
    model = network("lstm", depth=1)
    gradients = trace(model, inputs(), classes()).layers[0].gradients
    for name, each in gradients.norms.items():
        close(each, np.sqrt((getattr(gradients, name) ** 2).sum(axis=2)))
    assert set(gradients.norms) == {"h", "c", "x"}


def test_numbers_are_traced_with_the_squared_error_and_scores_with_shares():
    layer, x = make("gru_reset_before", return_sequences=True), inputs()
    wanted = torch.randn(B, T, H, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    found = trace(layer, x, wanted)
    assert found.probabilities is None
    assert found.loss == pytest.approx(float(((layer(x).detach() - wanted) ** 2).mean()))
    shares = trace(layer, x, classes()).probabilities
    np.testing.assert_allclose(shares, layer(x).softmax(-1).detach())
    np.testing.assert_allclose(trace(layer, x, output="sigmoid").probabilities, layer(x).sigmoid().detach())


def test_without_a_target_there_are_no_gradients():
    found = trace(network("lstm"), inputs())
    assert found.loss is found.residuals.reference_gradients is None
    assert all(layer.gradients is None for layer in found.layers)


@pytest.mark.parametrize("stride", [2, 3, T, 100])
def test_a_stride_keeps_the_right_steps_of_everything(stride):
    model, x, target = network("gru_reset_after", both=True, depth=2), inputs(), classes()
    held = {"update": 0.3}
    whole = trace(model, x, target, override=held, **MASKINGS["gaps"])
    thin = trace(model, x, target, override=held, stride=stride, **MASKINGS["gaps"])
    np.testing.assert_array_equal(thin.scores, whole.scores)
    assert thin.loss == whole.loss
    for some, every in zip(thin.layers, whole.layers, strict=True):
        np.testing.assert_array_equal(some.steps, range(0, T, stride))
        for name, value in vars(every).items():
            if isinstance(value, np.ndarray) and name not in ("steps", "recurrent_kernel"):
                np.testing.assert_array_equal(getattr(some, name), value[:, ::stride], err_msg=name)
        for group in ("gradients", "jacobians"):
            for name, value in vars(getattr(every, group)).items():
                if value is not None:
                    np.testing.assert_array_equal(getattr(getattr(some, group), name), value[:, ::stride])
        assert thin.place(0) == 0
        assert thin.items_of(some) == tuple(map(str, range(0, T, stride)))


def test_places_count_steps_from_both_ends():
    found = trace(network("lstm", depth=1), inputs(), stride=3)
    assert [found.place(step) for step in (0, 3, 6, -1, -4, -7)] == [0, 1, 2, 2, 1, 0]


def test_inputs_may_be_arrays_and_lists():
    model, mask = network("lstm", depth=1), MASKINGS["gaps"]["mask"]
    expected = trace(model, inputs(), classes(), mask=mask)
    arrays = trace(model, inputs().numpy(), classes().numpy(), mask=mask.numpy())
    lists = trace(model, inputs().tolist(), classes().tolist(), mask=mask.tolist())
    for found in (arrays, lists):
        for one, other in zip(everything(expected), everything(found), strict=True):
            np.testing.assert_array_equal(one, other)
    assert trace(LSTM(4), np.ones((1, 3, F)), np.zeros((1, 4))).scores.dtype == np.float32
