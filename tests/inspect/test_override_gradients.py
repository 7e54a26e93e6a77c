"""Gradients with something held: the slopes of the loss, by the roads that are left."""

import numpy as np
import pytest

from remy.inspect import Override, state_jacobians, trace
from tests.inspect.chains import MASKINGS, classes, close, inputs, network
from tests.inspect.holding import EVERYTHING, value_of
from tests.layers.kinds import KINDS


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both directions"])
@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_gradients_with_something_held_are_the_slopes_of_the_loss(kind, name, both):
    model = network(kind, both=both, depth=2)
    override = Override(name, 0.3, steps=[1, 2, 4], units=[0, 2])
    found = trace(model, inputs(), classes(), override=override, check="full", **MASKINGS["lengths"])
    assert found.residuals.finite_differences < 1e-5
    assert found.residuals.reference < 1e-12
    assert found.residuals.reference_gradients < 1e-12
    assert found.residuals.forward is None  # the model itself does something else
    everywhere = trace(model, inputs(), classes(), override={"hidden": 0.3}).layers[0]
    assert not everywhere.gradients.x.any()


@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_what_a_step_hands_back_with_something_held_goes_by_the_roads_of_its_jacobian(kind, name):
    override = Override(name, 0.3, steps=[2, 4], units=[0, 2])
    masking = MASKINGS["gaps"]
    layer = trace(network(kind, depth=1), inputs(), classes(), override=override, **masking).layers[0]
    gradient, gradients = layer.gradients.h[layer.valid], layer.gradients
    if layer.c is not None:
        free = ~layer.held[layer.valid][:, -2]
        through = layer.gate("output")[layer.valid] * (1 - np.tanh(layer.c[layer.valid]) ** 2) * free
        later = gradients.c[layer.valid] - gradient * through
        gradient = np.concatenate([gradient, later], axis=1)
    roads = [np.einsum("nij,ni->nj", road, gradient) for road in state_jacobians(layer)]
    close(gradients.cell_road[layer.valid], np.linalg.norm(roads[0], axis=1))
    close(gradients.gate_road[layer.valid], np.linalg.norm(roads[1], axis=1))


def loss_with(model, x, target, state, value, step, unit):
    override = Override(state, value, steps=[step], units=[unit], layer="0", direction="forward")
    return trace(model, x, target, override=override).loss


@pytest.mark.parametrize("both", [False, True], ids=["forward", "both directions"])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_at_states_are_the_slopes_of_holding_them_elsewhere(kind, both):
    """What reaches h_t, or c_t, is the change of the loss where that state is held a little aside."""
    model, x, target = network(kind, both=both, depth=2), inputs(1, 5), classes(1, 5)
    layer = trace(model, x, target).layer("0", "forward")
    names = ["hidden", *(["cell"] if layer.c is not None else [])]
    for name in names:
        values, gradient = value_of(layer, name), layer.gradients.h if name == "hidden" else layer.gradients.c
        for step, unit in ((0, 0), (2, 3), (3, 1), (4, 4)):
            at, size = float(values[0, step, unit]), 1e-5
            losses = [loss_with(model, x, target, name, at + sign * size, step, unit) for sign in (1, -1)]
            measured = (losses[0] - losses[1]) / (2 * size)
            if kind == "simple_rnn_relu" and at == 0:
                continue
            assert gradient[0, step, unit] == pytest.approx(measured, rel=1e-5, abs=1e-9), (name, step, unit)


def test_the_loss_at_a_step_before_what_is_held_does_not_feel_it():
    model, override = network("gru_reset_after", depth=2), Override("update", 0.5, steps=[4])
    free, held = (trace(model, inputs(), classes(), at=2, override=each) for each in (None, override))
    assert held.loss == free.loss
    for one, other in zip(free.layers, held.layers, strict=True):
        close(other.gradients.h, one.gradients.h)
        assert not other.gradients.h[:, 3:].any()
