"""Jacobians of a step: the derivatives of the reference by complex step, and their two roads."""

import numpy as np
import pytest

from remy import reference
from remy.inspect import Override, state_jacobians, trace
from tests.inspect.chains import MASKINGS, B, H, T, by_reference, carry, classes, close, inputs, network
from tests.inspect.holding import EVERYTHING
from tests.layers.kinds import KINDS

STEP = 1e-30  # of the imaginary part; its square is nothing beside 1


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step_with(layer, x, h, c, held):
    """One step of a row by the textbook, for complex states; `held` maps a name to where and at what."""

    def put(name, value):
        where, at = held.get(name, (np.zeros(H, bool), 0.0))
        return np.where(where, at, value)

    kernel, recurrent = (w.detach().numpy() for w in (layer.kernel, layer.recurrent_kernel))
    bias = np.atleast_2d(layer.bias.detach().numpy())
    w = [x @ kernel[:, k : k + H] + bias[0, k : k + H] for k in range(0, kernel.shape[1], H)]
    u = [recurrent[:, k : k + H] for k in range(0, kernel.shape[1], H)]
    if layer.cell == "lstm":
        names = ("input", "forget", "candidate", "output")
        a = [w[k] + h @ u[k] for k in range(4)]
        i, f, g, o = (
            put(name, np.tanh(each) if name == "candidate" else sigmoid(each))
            for name, each in zip(names, a, strict=True)
        )
        c = put("cell", f * c + i * g)
        return put("hidden", o * np.tanh(c)), c
    if layer.cell.startswith("gru"):
        b = np.zeros((3, H)) if len(bias) == 1 else bias[1].reshape(3, H)
        z = put("update", sigmoid(w[0] + h @ u[0] + b[0]))
        r = put("reset", sigmoid(w[1] + h @ u[1] + b[1]))
        inner = r * (h @ u[2] + b[2]) if layer.cell == "gru_reset_after" else (r * h) @ u[2]
        return put("hidden", z * h + (1 - z) * put("candidate", np.tanh(w[2] + inner))), None
    a = w[0] + h @ u[0]
    activate = {"tanh": np.tanh, "relu": lambda v: np.where(v.real > 0, v, 0), "linear": lambda v: v}
    return put("hidden", activate[layer.cell.removeprefix("simple_rnn_")](a)), None


def by_complex_step(step, h, c):
    """Return ``∂s/∂s`` (S, S) of a function of h and c, by nothing but its values."""
    columns = []
    for j in range(H if c is None else 2 * H):
        h_moved, c_moved = h.astype(complex), None if c is None else c.astype(complex)
        (h_moved if j < H else c_moved)[j % H] += 1j * STEP
        new_h, new_c = step(h_moved, c_moved)
        columns.append(np.imag(new_h if c is None else np.concatenate([new_h, new_c])) / STEP)
    return np.stack(columns, axis=1)


def by_the_references_step(layer, inside, t, row):
    """The Jacobian of the reference's own step."""
    a = inside.arguments

    def step(h, c):
        found = reference.cell_step(
            layer.cell, a["x"][t, row][None], h[None], None if c is None else c[None],
            a["kernel"], a["recurrent_kernel"], a["bias"],
        )  # fmt: skip
        return found.h[0], None if c is None else found.c[0]

    has_c = inside.forward.cells is not None
    return by_complex_step(step, inside.before("h")[t, row], inside.before("c")[t, row] if has_c else None)


def valid_places(layer):
    return [(int(row), int(t)) for row, t in zip(*np.nonzero(layer.valid), strict=True)]


@pytest.mark.parametrize("masking", ["none", "gaps", "lengths"])
@pytest.mark.parametrize("kind", KINDS)
def test_jacobians_are_the_derivatives_of_the_references_step(kind, masking):
    model = network(kind, both=True, depth=2, stateful=True)
    carry(model)
    found = trace(model, inputs(), classes(), **MASKINGS[masking])
    _, _, inside = by_reference(model, inputs(), classes(), **MASKINGS[masking])
    for layer in found.layers:
        wanted = inside[layer.name, layer.direction]
        places = valid_places(layer)
        expected = np.stack([by_the_references_step(wanted.layer, wanted, t, row) for row, t in places])
        cell_road, gate_road = state_jacobians(layer)
        close(cell_road + gate_road, expected, "jacobian")
        assert_roads(layer, cell_road, gate_road)
        rows, steps = np.transpose(places)

        def norm(matrices):
            return np.linalg.norm(matrices, axis=(1, 2))

        norms = layer.jacobians
        close(norms.state[rows, steps], norm(expected), "state")
        close(norms.hidden[rows, steps], norm(expected[:, :H, :H]), "hidden")
        close(norms.cell_road[rows, steps], norm(cell_road), "cell road")
        close(norms.gate_road[rows, steps], norm(gate_road), "gate road")


def assert_roads(layer, cell_road, gate_road):
    """Assert that the roads part as their definition says."""
    gates, diagonal = layer.gates[layer.valid], np.eye(H, dtype=bool)
    if layer.cell == "lstm":
        assert not cell_road[:, :, :H].any()  # the columns of c alone
        assert not gate_road[:, :, H:].any()
        f, slope = gates[:, 1], gates[:, 3] * (1 - np.tanh(layer.c[layer.valid]) ** 2)
        close(cell_road[:, H:, H:][:, diagonal], f)
        close(cell_road[:, :H, H:][:, diagonal], slope * f)
        assert not cell_road[:, H:, H:][:, ~diagonal].any()
        assert not cell_road[:, :H, H:][:, ~diagonal].any()
    elif layer.cell.startswith("gru"):
        close(cell_road[:, diagonal], gates[:, 0])
        assert not cell_road[:, ~diagonal].any()
    else:
        assert not cell_road.any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_masked_step_carries_the_state(kind):
    found = trace(network(kind, depth=1), inputs(), **MASKINGS["gaps"]).layers[0]
    masked = ~found.valid
    whole = np.sqrt(2 * H if kind == "lstm" else H)
    for name, expected in {"hidden": np.sqrt(H), "state": whole, "cell_road": whole, "gate_road": 0}.items():
        np.testing.assert_array_equal(getattr(found.jacobians, name)[masked], expected)
    for road in state_jacobians(found):
        assert len(road) == found.valid.sum()


@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_nothing_follows_from_what_is_held(kind, name):
    model, x = network(kind, depth=1, stateful=True), inputs()
    carry(model)
    override, where = Override(name, 0.3, steps=[1, 2], units=[0, 3]), np.isin(np.arange(H), [0, 3])
    layer = trace(model, x, override=override, **MASKINGS["gaps"]).layers[0]
    places = valid_places(layer)
    expected = []
    for row, t in places:
        held = {name: (where, 0.3)} if t in (1, 2) else {}

        def step(h, c, row=row, t=t, held=held):
            return step_with(model[0], x[row, t].numpy(), h, c, held)

        h, c = layer.h_before[row, t], None if layer.c is None else layer.c_before[row, t]
        close(layer.h[row, t], step(h, c)[0])
        expected.append(by_complex_step(step, h, c))
    expected = np.stack(expected)
    cell_road, gate_road = state_jacobians(layer)
    close(cell_road + gate_road, expected)
    rows, steps = np.transpose(places)
    for name_of, matrices in {
        "state": expected, "hidden": expected[:, :H, :H], "cell_road": cell_road, "gate_road": gate_road
    }.items():  # fmt: skip
        close(getattr(layer.jacobians, name_of)[rows, steps], np.linalg.norm(matrices, axis=(1, 2)), name_of)
    untouched = [k for k, (_, t) in enumerate(places) if t not in (1, 2)]
    if layer.cell != "lstm" and untouched:
        assert_roads_are_of_free_steps(layer, cell_road, untouched)


def assert_roads_are_of_free_steps(layer, cell_road, places):
    gates = layer.gates[layer.valid]
    expected = gates[places, 0] if layer.cell.startswith("gru") else np.zeros((len(places), H))
    close(np.diagonal(cell_road[places], axis1=1, axis2=2), expected)


def test_the_chain_of_jacobians_is_the_gradients_way_back():
    """From step to step ``d s_{t-1} = J_tᵀ d s_t`` plus what arrives from outside, here at the end alone."""
    model = network("lstm", depth=1, sequences=False)
    layer = trace(model, inputs(), classes(B)).layers[0]
    cell_road, gate_road = (road.reshape(B, T, 2 * H, 2 * H) for road in state_jacobians(layer))
    gradients = layer.gradients
    for row in range(B):
        reaching = np.concatenate([gradients.h[row, -1], np.zeros(H)])
        for t in reversed(range(1, T)):
            reaching = (cell_road + gate_road)[row, t].T @ reaching
            close(reaching[:H], gradients.h[row, t - 1], f"step {t}")


def test_float32_traces_have_jacobians_in_float32():
    model = network("gru_reset_after", depth=1)
    wide = trace(model, inputs()).layers[0].jacobians
    narrow = trace(model.float(), inputs().float()).layers[0].jacobians
    for name, each in vars(narrow).items():
        assert each.dtype == np.float32
        np.testing.assert_allclose(each, getattr(wide, name), rtol=1e-5)
