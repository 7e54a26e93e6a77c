"""A glance changes nothing, sees what the reference says, and tells dead gates from living ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remy import ops, reference
from remy.inspect.glance import Glance, LayerGlance
from remy.layers import GRU, LSTM, SimpleRNN
from remy.layers.recurrent import Recurrent
from tests.layers import kinds

MASKINGS: list[dict[str, Any]] = [{}, {"lengths": kinds.LENGTHS}, {"mask": kinds.GAPS}, {"mask": kinds.LEFT}]


def seen(layer: torch.nn.Module, *inputs: torch.Tensor, rows: int = 8, **given: Any) -> list[LayerGlance]:
    glance = Glance(layer, rows=rows)
    with ops.watch(glance):
        for x in inputs:
            layer(x, **given)
    return glance.measure(seed=(3, 7))


def directions(rows: int, units: int) -> np.ndarray:
    """The directions of the seed (3, 7): each of length 1."""
    drawn = np.random.default_rng((3, 7)).standard_normal((rows, units))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def by_lag(norms: np.ndarray, valid: np.ndarray, backward: bool) -> list[float]:
    """Root mean squares of norms (B, T) over the rows that reach a lag, counted from the last step read."""
    rows = [row[counts] if backward else row[counts][::-1] for row, counts in zip(norms, valid, strict=True)]
    lags = range(max(map(len, rows)))
    return [float(np.sqrt(np.mean([row[lag] ** 2 for row in rows if len(row) > lag]))) for lag in lags]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("masking", MASKINGS, ids=["full", "lengths", "gaps", "left"])
@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_gradient_by_lag_is_that_of_the_reference(
    kind: str, masking: dict[str, Any], backward: bool
) -> None:
    layer, x = kinds.make(kind, go_backwards=backward), kinds.inputs()
    (found,) = seen(layer, x, **masking)
    expected = reference.sequence_backward(
        layer.cell,
        x.numpy().swapaxes(0, 1),
        *(w.detach().numpy() for w in (layer.kernel, layer.recurrent_kernel, layer.bias) if w is not None),
        lengths=masking["lengths"].numpy() if "lengths" in masking else None,
        mask=masking["mask"].numpy().T if "mask" in masking else None,
        reverse=backward,
        d_h=directions(kinds.B, kinds.H),
    )
    valid = np.ones((kinds.B, kinds.T), bool)
    if "lengths" in masking:
        valid = np.arange(kinds.T)[None] < kinds.LENGTHS.numpy()[:, None]
    if "mask" in masking:
        valid = masking["mask"].numpy()
    for sizes, gradient in ((found.flow.h, expected.d_states), (found.flow.c, expected.d_cells)):
        assert (sizes is None) == (gradient is None)
        if gradient is not None:
            norms = np.linalg.norm(gradient, axis=2).T
            np.testing.assert_allclose(sizes, by_lag(norms, valid, backward), rtol=1e-10)
    assert found.flow.h[0] == pytest.approx(1.0)


def test_who_reads_step_by_step_is_seen_as_if_it_read_at_once() -> None:
    layer, x = kinds.make("lstm", return_state=True), kinds.inputs()
    (whole,) = seen(layer, x)
    glance, state = Glance(layer), None
    with ops.watch(glance):
        for t in range(kinds.T):
            _, *state = layer(x[:, t : t + 1], initial_state=state)
    (stepped,) = glance.measure(seed=(3, 7))
    np.testing.assert_allclose(stepped.flow.h, whole.flow.h, rtol=1e-10)
    assert whole.flow.c is not None
    np.testing.assert_allclose(stepped.flow.c, whole.flow.c, rtol=1e-10)
    for gate, level in whole.gates.items():
        assert vars(stepped.gates[gate]) == pytest.approx(vars(level))


def test_of_several_sequences_the_longest_is_looked_at() -> None:
    layer = kinds.make("gru_reset_after")
    x = kinds.inputs()
    (found,) = seen(layer, x[:, :2], x, x[:, 1:4])
    np.testing.assert_array_equal(found.flow.h, seen(layer, x)[0].flow.h)


def test_a_few_rows_of_a_large_batch_are_looked_at_with_their_own_state_and_dropout() -> None:
    layer = kinds.make("lstm", recurrent_dropout=0.4)
    x, state = kinds.inputs(), kinds.state_of(layer)
    torch.manual_seed(1)
    (few,) = seen(layer, x, rows=2, initial_state=state, mask=kinds.GAPS)
    torch.manual_seed(1)
    with torch.no_grad():
        kept: list[torch.Tensor] = []

        def keep(a: Any, loop: bool) -> Any:
            kept.append(a.recurrent_dropout)
            return ops.record(a)[0]

        with ops.watch(keep):
            layer(x, initial_state=state, mask=kinds.GAPS)
        factors = kept[0]
    expected = ops.sequence_record(
        x[[0, 2]].transpose(0, 1), layer.kernel, layer.recurrent_kernel, layer.bias,
        cell="lstm", initial_state=tuple(part[[0, 2]] for part in state),
        mask=kinds.GAPS[[0, 2]].T, recurrent_dropout=factors[[0, 2]],
        d_h=torch.from_numpy(directions(2, kinds.H)),
    )  # fmt: skip
    assert expected.gradients is not None
    norms = np.linalg.norm(expected.gradients.states.numpy(), axis=2).T
    np.testing.assert_allclose(few.flow.h, by_lag(norms, kinds.GAPS.numpy()[[0, 2]], False), rtol=1e-12)


def test_nothing_the_network_computes_changes_by_a_bit() -> None:
    for kind in kinds.KINDS:
        layer, x = kinds.make(kind, return_sequences=True), kinds.inputs()
        plain = layer(x, lengths=kinds.LENGTHS)
        plain.sum().backward()
        wanted = [parameter.grad.clone() for parameter in layer.parameters() if parameter.grad is not None]
        layer.zero_grad()
        before = torch.get_rng_state()
        glance = Glance(layer)
        with ops.watch(glance):
            watched = layer(x, lengths=kinds.LENGTHS)
        glance.measure()
        watched.sum().backward()
        assert torch.equal(plain, watched)
        assert torch.equal(before, torch.get_rng_state())
        for parameter, gradient in zip(layer.parameters(), wanted, strict=True):
            assert parameter.grad is not None
            assert torch.equal(parameter.grad, gradient)


def biased(layer: Recurrent, gate: int, value: float, units: slice = slice(None)) -> Recurrent:
    """A layer whose kernels are zero and whose gate has this bias in some units."""
    with torch.no_grad():
        layer.kernel.zero_()
        layer.recurrent_kernel.zero_()
        assert layer.bias is not None
        by_gate = (
            layer.bias.view(-1, layer.units) if layer.bias.dim() == 1 else layer.bias[0].view(-1, layer.units)
        )
        by_gate[gate, units] = value
    return layer


@pytest.mark.parametrize(
    ("layer", "gate", "value", "way"),
    [
        (LSTM(4, input_size=3), 0, -10.0, "input"),
        (LSTM(4, input_size=3), 1, -10.0, "forget"),
        (LSTM(4, input_size=3), 3, -10.0, "output"),
        (GRU(4, input_size=3), 0, 10.0, "update"),
        (SimpleRNN(4, input_size=3, activation="relu"), 0, -1.0, "relu"),
        (SimpleRNN(4, input_size=3), 0, -5.0, "tanh"),
    ],
)
def test_units_whose_gate_never_moves_are_dead(layer: Recurrent, gate: int, value: float, way: str) -> None:
    x = torch.ones(2, 5, 3)
    (whole,) = seen(biased(layer, gate, value), x)
    assert whole.any_dead == 1.0
    assert {name for name, share in whole.dead.items() if share} == {way}
    (one,) = seen(biased(layer, gate, 0.5, slice(1, None)), x)
    assert one.any_dead == one.dead[way] == 0.25


def test_a_unit_that_moves_once_is_alive() -> None:
    layer = biased(SimpleRNN(4, input_size=3, activation="relu"), 0, -1.0)
    with torch.no_grad():
        layer.kernel.fill_(1.0)
    x = torch.zeros(2, 5, 3)
    assert seen(layer, x)[0].any_dead == 1.0
    x[1, 3] = 1.0
    assert seen(layer, x)[0].any_dead == 0.0


def test_gate_levels_count_values_near_the_ends_at_steps_that_count() -> None:
    layer = biased(LSTM(4, input_size=3, unit_forget_bias=False), 1, 4.0, slice(0, 1))
    with torch.no_grad():
        layer.kernel[0, 12:] = 1.0  # the output gate
    x = torch.zeros(2, 4, 3)
    x[0, :, 0], x[1, 0, 0] = 5.0, 1.0
    (found,) = seen(layer, x, lengths=torch.tensor([4, 1]))
    assert (found.gates["forget"].low, found.gates["forget"].high) == (0.0, 0.25)
    assert found.gates["forget"].mean == pytest.approx((1 / (1 + np.exp(-4.0)) + 3 * 0.5) / 4)
    assert (found.gates["output"].low, found.gates["output"].high) == (0.0, 0.8)
