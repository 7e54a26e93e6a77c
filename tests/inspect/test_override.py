"""Holding gates and states: exactly there, nothing before it, and what follows from it."""

import numpy as np
import pytest
import torch

from remy import Sequential
from remy.inspect import Override, trace
from remy.layers import GRU, LSTM, Bidirectional, Dense
from tests.inspect.chains import MASKINGS, B, F, H, T, V, classes, close, inputs, network
from tests.inspect.holding import EVERYTHING, GATES, value_of
from tests.layers.kinds import KINDS, make
from tests.tolerances import assert_close


def forward_arrays(layer):
    """Everything a layer did on its way there, by name."""
    names = ("preactivations", "gates", "h", "c", "h_before", "c_before", "recurrent_part")
    found = {name: getattr(layer, name) for name in names if getattr(layer, name) is not None}
    return found | {f"jacobians of {name}": each for name, each in vars(layer.jacobians).items()}


@pytest.mark.parametrize("masking", ["none", "gaps", "lengths"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_without_its_forget_gate_a_cell_holds_the_new_alone(dtype, masking):
    model, x = network("lstm", both=True, depth=2).to(dtype), inputs().to(dtype)
    found = trace(model, x, classes(), override={"forget": 0}, **MASKINGS[masking])
    assert found.held == ("forget = 0",)
    assert len(found.layers) == 4
    for layer in found.layers:
        new = layer.gate("input") * layer.gate("candidate")
        np.testing.assert_array_equal(layer.c[layer.valid], new[layer.valid])
        assert not layer.gate("forget").any()
        assert np.abs(layer.c[layer.valid]).min() > 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_a_value_is_held_at_its_steps_and_units_alone(kind, name, dtype):
    model, x = network(kind, depth=2).to(dtype), inputs().to(dtype)
    override = Override(name, 0.3, steps=[2, 4], units=[0, 3], layer="0")
    free, held = trace(model, x, classes()), trace(model, x, classes(), override=override)
    assert free.held == ()
    assert held.held == (f"{name} = 0.3, steps 2, 4, units 0, 3, 0",)
    where = np.zeros((B, T, H), bool)
    where[:, [2, 4], :2] = where[:, [2, 4], 3:4] = True
    where[:, :, 1] = False
    below, above = held.layers
    np.testing.assert_array_equal(value_of(below, name)[where], torch.tensor(0.3, dtype=dtype).numpy())
    assert not np.isin(value_of(below, name)[~where], torch.tensor(0.3, dtype=dtype).numpy()).any()
    index = {"hidden": -2, "cell": -1}.get(
        name, below.gate_names.index(name) if name in below.gate_names else None
    )
    np.testing.assert_array_equal(below.held[:, :, index], where)
    assert below.held.sum() == where.sum()
    assert above.held is None or not above.held.any()
    # All steps before it are the same to the last bit, here and above; later ones are not.
    for one, other in zip(free.layers, held.layers, strict=True):
        for what, each in forward_arrays(one).items():
            np.testing.assert_array_equal(forward_arrays(other)[what][:, :2], each[:, :2], err_msg=what)
        assert not np.isclose(one.h[:, 3:], other.h[:, 3:], rtol=0, atol=1e-9).all()
    np.testing.assert_array_equal(held.scores[:, :2], free.scores[:, :2])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("kind", ["lstm", "gru_reset_after", "gru_reset_before", "simple_rnn_tanh"])
def test_what_ran_before_is_the_same_to_the_last_bit_in_either_direction(kind, direction, dtype):
    model, x = network(kind, both=True, depth=2).to(dtype), inputs().to(dtype)
    name = GATES.get(kind, ("hidden",))[0]
    override = Override(name, 0.25, steps=[3], layer="0", direction=direction)
    masking = MASKINGS["lengths and gaps"]
    free, held = (trace(model, x, override=each, **masking).layers for each in (None, override))
    for one, other in zip(free, held, strict=True):
        if one.name == "0" and one.direction != direction:
            before, after = slice(None), slice(0, 0)
        elif one.direction == direction == "forward":
            before, after = slice(0, 3), slice(3, None)
        elif one.direction == direction == "backward":
            before, after = slice(4, None), slice(0, 4)
        else:  # reads the held layer from its other end
            continue
        for what, each in forward_arrays(one).items():
            np.testing.assert_array_equal(
                forward_arrays(other)[what][:, before], each[:, before], err_msg=what
            )
        assert (other.h[:, after] != one.h[:, after]).any() == (after != slice(0, 0))
    touched = next(layer for layer in held if (layer.name, layer.direction) == ("0", direction))
    assert (value_of(touched, name)[:, 3][touched.valid[:, 3]] == 0.25).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("shape", [(1, 20, 7, 63), (9, 17, 24, 33), (33, 9, 3, 17), (2, 12, 130, 128)])
@pytest.mark.parametrize("kind", ["lstm", "gru_reset_after", "gru_reset_before"])
def test_larger_layers_too_are_the_same_to_the_last_bit_up_to_the_held_step(kind, shape, dtype):
    batch, steps, features, units = shape
    cls, fixed = KINDS[kind]
    torch.manual_seed(0)
    options = {"return_sequences": True, "dtype": dtype, **fixed}
    model = Sequential([cls(units, input_size=features, **options), cls(units, input_size=units, **options)])
    x = torch.randn(batch, steps, features, dtype=dtype)
    free = trace(model, x).layers
    for step in (1, steps // 2, steps - 1):
        held = trace(model, x, override=Override("candidate", 0.0, steps=[step], layer="0")).layers
        for one, other in zip(free, held, strict=True):
            for what in ("gates", "h"):
                np.testing.assert_array_equal(getattr(other, what)[:, :step], getattr(one, what)[:, :step])
            assert (other.h[:, step] != one.h[:, step]).any()


@pytest.mark.parametrize("kind", ["gru_reset_after", "gru_reset_before"])
def test_a_gru_does_what_its_equations_say_of_a_held_gate(kind):
    model, x, masking = network(kind, depth=1), inputs(), MASKINGS["gaps"]
    valid = masking["mask"].numpy()
    keeps = trace(model, x, override={"update": 1}, **masking).layers[0]
    np.testing.assert_array_equal(keeps.h, 0 * keeps.h)  # 1 h + 0 h̃, from zero
    forgets = trace(model, x, override={"update": 0}, **masking).layers[0]
    np.testing.assert_array_equal(forgets.h[valid], forgets.gate("candidate")[valid])
    alone = trace(model, x, override={"update": 0, "reset": 0}, **masking).layers[0]
    layer = model[0]
    bias = layer.bias.detach() if kind == "gru_reset_before" else layer.bias.detach()[0]
    candidate = (x @ layer.kernel.detach() + bias)[..., 2 * H :].tanh().numpy()
    close(alone.h[valid], candidate[valid])  # without the state that the reset gate shuts out
    moved = trace(model, x, override={"candidate": 0.5}, **masking).layers[0]
    z = moved.gate("update")
    close(moved.h[valid], (z * moved.h_before + (1 - z) * 0.5)[valid])


def test_an_lstm_does_what_its_equations_say_of_held_states():
    model, x = network("lstm", depth=1), inputs()
    shut = trace(model, x, override={"output": 0}).layers[0]
    assert not shut.h.any()
    cell = trace(model, x, override={"cell": 0.7}).layers[0]
    np.testing.assert_array_equal(cell.c, np.full_like(cell.c, 0.7))
    close(cell.h, cell.gate("output") * np.tanh(0.7))
    hidden = trace(model, x, override={"hidden": -0.2}).layers[0]
    np.testing.assert_array_equal(hidden.h, np.full_like(hidden.h, -0.2))
    close(hidden.c, hidden.gate("forget") * hidden.c_before + hidden.gate("input") * hidden.gate("candidate"))


def test_several_overrides_act_together_and_the_later_wins():
    model, x = network("lstm", depth=1), inputs()
    given = [
        Override("forget", 0, steps=range(2, 6)), Override("forget", 1, steps=[4], units=[1]),
        Override("output", 0.5),
    ]  # fmt: skip
    found = trace(model, x, override=given)
    assert found.held == ("forget = 0, steps 2 to 5", "forget = 1, steps 4, units 1", "output = 0.5")
    forget = found.layers[0].gate("forget")
    assert (forget[:, 4, 1] == 1).all()
    forget = forget.copy()
    forget[:, 4, 1] = 0
    assert not forget[:, 2:6].any()
    assert ((forget[:, [0, 1, 6]] > 0) & (forget[:, [0, 1, 6]] < 1)).all()
    assert (found.layers[0].gate("output") == 0.5).all()


@pytest.mark.parametrize(
    "numbers", [np.array([1, 3]), range(1, 4, 2), (1, 3), torch.tensor([1, 3])], ids=type
)
def test_steps_and_units_may_be_any_whole_numbers(numbers):
    model = network("lstm", depth=1)
    found = trace(model, inputs(), override=Override("forget", np.float32(0), numbers, numbers))
    where = np.zeros((B, T, H), bool)
    where[np.ix_(range(B), [1, 3], [1, 3])] = True
    np.testing.assert_array_equal(found.layers[0].gate("forget") == 0, where)


def test_nothing_to_hold_leaves_everything_as_it_is():
    model, expected = network("lstm", depth=1), None
    for override in (None, {}, [], ()):
        found = trace(model, inputs(), classes(), override=override)
        expected = found if expected is None else expected
        np.testing.assert_array_equal(found.layers[0].gradients.h, expected.layers[0].gradients.h)
        assert found.layers[0].held is None


def test_masked_steps_carry_whatever_is_held():
    model, mask = network("lstm", depth=1), MASKINGS["left padding"]["mask"]
    free = trace(model, inputs(), mask=mask).layers[0]
    held = trace(model, inputs(), mask=mask, override={"hidden": 0.4, "cell": 0.6}).layers[0]
    for layer in (free, held):
        assert not layer.h[~mask.numpy()].any()  # nothing was valid before
        assert not layer.c[~mask.numpy()].any()
    assert (held.h[mask.numpy()] == 0.4).all()
    gaps = MASKINGS["gaps"]["mask"]
    one = trace(model, inputs(), mask=gaps, override=Override("hidden", 0.4, steps=[1])).layers[0]
    close(one.h[0], trace(model, inputs(), mask=gaps).layers[0].h[0])  # masked there
    assert (one.h[3, 1] == 0.4).all()


def test_a_sequence_in_parts_is_held_at_the_steps_of_the_whole():
    layer = make("lstm", return_sequences=True, return_state=True)

    class Steps(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, x):
            state, outputs = None, []
            for t in range(x.shape[1]):
                output, *state = self.layer(x[:, t : t + 1], initial_state=state)
                outputs.append(output)
            return torch.cat(outputs, dim=1)

    override = [Override("forget", 0, steps=[2, 5], units=[1]), Override("cell", 0.1, steps=[4])]
    whole = trace(layer, inputs(), classes(), override=override)
    parts = trace(Steps(), inputs(), classes(), override=override, check="full")
    close(parts.scores, whole.scores)
    np.testing.assert_array_equal(parts.layers[0].held, whole.layers[0].held)
    for name in ("gates", "h", "c"):
        close(getattr(parts.layers[0], name), getattr(whole.layers[0], name), name)
    for name, each in vars(whole.layers[0].gradients).items():
        close(getattr(parts.layers[0].gradients, name), each, name)
    assert parts.residuals.finite_differences < 1e-5


def test_an_override_is_of_those_layers_that_have_its_gate():
    model = Sequential([
        Bidirectional(LSTM(H, input_size=F, return_sequences=True)),
        GRU(H, input_size=2 * H, return_sequences=True), Dense(V),
    ])  # fmt: skip
    found = trace(model, inputs().float(), override={"update": 0.5, "forget": 0.25})
    assert [(layer.gates == 0.5).any() for layer in found.layers] == [False, False, True]
    assert [(layer.gates == 0.25).any() for layer in found.layers] == [True, True, False]
    assert (found.layers[2].gate("update") == 0.5).all()


def test_float32_differs_from_the_kernels_no_more_than_rounding_where_what_is_held_is_what_was():
    model, x = network("lstm", depth=1).float(), inputs().float()
    free = trace(model, x).layers[0]
    value = float(free.gate("forget")[0, 2, 1])
    held = trace(model, x[:1], override=Override("forget", value, steps=[2], units=[1])).layers[0]
    assert_close(held.h, free.h[:1], dtype=np.float32, steps=T)
    assert_close(held.c, free.c[:1], dtype=np.float32, steps=T)


def test_a_trace_says_in_words_what_is_held():
    assert str(Override("forget", 0)) == "forget = 0"
    assert (
        str(Override("cell", 0.25, steps=range(2, 6), units=[1, 3]))
        == "cell = 0.25, steps 2 to 5, units 1, 3"
    )
    assert str(Override("reset", 1, layer="rnn_0", direction="backward")) == "reset = 1, rnn_0, backward"
