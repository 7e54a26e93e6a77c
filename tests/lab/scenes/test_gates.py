"""POST /api/gates: the numbers inside the cells are those of traces, and they add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from remy.errors import UsageError
from remy.inspect import Override, Trace, trace
from remy.lab.answering import encode
from remy.lab.binding import bind
from remy.lab.fresh import fresh_network
from remy.lab.scenes.gates import answer_gates
from remy.lab.schemas.base import Array
from remy.lab.schemas.choices import FreshModel, TextInput
from remy.lab.schemas.gates import GatesAnswer, GatesAsked
from tests.lab.reading import read
from tests.lab.scenes.asking import expect_same, lab

TEXT = "HELLO, my l"
FORMS: tuple[dict[str, Any], ...] = (
    {"cell": "simple_rnn"},
    {"cell": "simple_rnn", "activation": "relu"},
    {"cell": "lstm"},
    {"cell": "gru"},
    {"cell": "gru", "reset_after": False},
)


def model(**named: Any) -> dict[str, Any]:
    return {"kind": "fresh", "units": 6, "seed": 3, "start": {"recipe": "pytorch"}, **named}


def ask(holds: list[dict[str, Any]] | None = None, **named: Any) -> GatesAnswer:
    given = {"kind": "text", "text": TEXT}
    asked = GatesAsked.model_validate({"model": model(**named), "input": given, "holds": holds or []})
    return answer_gates(lab(), asked)


def traced(override: Any = None, **named: Any) -> Trace:
    choice = FreshModel.model_validate(model(**named))
    bound = bind(lab().library, choice, TextInput(kind="text", text=TEXT))
    return trace(bound, None, override=override)


def sigmoid(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


@pytest.mark.parametrize("form", FORMS)
def test_without_a_hold_it_is_the_trace_and_the_states_before_each_step(form: dict[str, Any]) -> None:
    answer, expected = ask(**form), traced(**form)
    expect_same(answer.trace, expected)
    assert answer.before is None
    assert answer.change is None
    [inside], [layer] = answer.cells, expected.layers
    assert np.array_equal(inside.h_before[1:], layer.h[0, :-1])
    assert not inside.h_before[0].any()
    assert inside.held is None
    if layer.c is not None:
        assert inside.c_before is not None
        assert np.array_equal(inside.c_before[1:], layer.c[0, :-1])


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_from_the_state_and_what_was_read_add_up_to_the_sums(form: dict[str, Any]) -> None:
    # From the weights themselves: a trace knows the sums, but not what was read.
    choice = FreshModel.model_validate(model(**form))
    subject = bind(lab().library, choice, TextInput(kind="text", text=TEXT)).of
    known = subject.names
    assert known is not None
    network = fresh_network(choice, inputs=len(known), outputs=len(known))
    weights = {name: each.detach().double().numpy() for name, each in network.named_weights().items()}
    [inside], [layer] = ask(**form).cells, ask(**form).trace.layers
    x = np.eye(len(known))[[known.index(letter) for letter in TEXT]]
    bias = weights["rnn_0/bias"]
    read_part = x @ weights["rnn_0/kernel"] + (bias if bias.ndim == 1 else bias[0])
    rest = (layer.preactivations - inside.by_state).reshape(len(TEXT), -1)
    if form.get("reset_after", True) and form["cell"] == "gru":
        # The recurrent bias of update and reset stands in no trace, that of the candidate inside q.
        read_part[:, :12] += bias[1][:12]
    np.testing.assert_allclose(rest, read_part, atol=2e-6)


def test_an_lstm_keeps_adds_and_shows() -> None:
    answer = ask(cell="lstm")
    i, f, g, o = np.moveaxis(answer.trace.layers[0].gates, 1, 0)
    inside, layer = answer.cells[0], answer.trace.layers[0]
    assert layer.c is not None
    np.testing.assert_allclose(layer.c, f * inside.c_before + i * g, atol=1e-6)
    np.testing.assert_allclose(layer.h, o * np.tanh(layer.c), atol=1e-6)


@pytest.mark.parametrize("after", [True, False])
def test_a_gru_keeps_and_takes(after: bool) -> None:
    answer = ask(cell="gru", reset_after=after)
    z, r, g = np.moveaxis(answer.trace.layers[0].gates, 1, 0)
    inside, layer = answer.cells[0], answer.trace.layers[0]
    np.testing.assert_allclose(layer.h, z * inside.h_before + (1 - z) * g, atol=1e-6)
    np.testing.assert_allclose(z, sigmoid(layer.preactivations[:, 0]), atol=1e-6)
    assert (inside.product is not None) == after
    if inside.product is not None:
        np.testing.assert_allclose(inside.by_state[:, 2], r * inside.product, atol=1e-6)


def test_a_hold_changes_what_comes_after_it_as_in_a_trace_with_it() -> None:
    hold = {"name": "forget", "value": 0.0, "steps": [4, 5], "units": [2]}
    answer = ask([hold], cell="lstm")
    without, with_it = traced(cell="lstm"), traced(Override("forget", 0, [4, 5], [2]), cell="lstm")
    expect_same(answer.trace, with_it)
    assert answer.before is not None
    expect_same(answer.before, without)
    change = answer.change
    assert change is not None
    difference = with_it.layers[0].h[0].astype(np.float64) - without.layers[0].h[0]
    assert np.array_equal(change.layers[0].h, difference)
    assert change.first == 4
    assert not change.layers[0].distance[:4].any()
    assert change.layers[0].distance[4:].all()
    assert change.moved is not None
    assert with_it.probabilities is not None
    assert without.probabilities is not None
    apart = with_it.probabilities[0].astype(np.float64) - without.probabilities[0]
    np.testing.assert_allclose(change.moved, np.abs(apart).sum(axis=1) / 2)
    held = answer.cells[0].held
    assert held is not None
    assert np.argwhere(held).tolist() == [[4, 1, 2], [5, 1, 2]]


def test_a_hold_that_holds_what_was_there_says_so() -> None:
    found = traced(cell="lstm").layers[0].gate("forget")[0, 3, 1]
    answer = ask([{"name": "forget", "value": float(found), "steps": [3], "units": [1]}], cell="lstm")
    assert answer.change is not None
    distance = answer.change.layers[0].distance
    assert not distance[:3].any()
    assert distance.max() < 1e-6
    if not distance.any():
        assert "Nothing after it changed" in answer.change.sentences[1]


def test_it_is_answered_in_json_and_in_bytes_alike() -> None:
    small, large = ask(cell="gru"), ask(cell="gru", units=64)
    for answer in (small, large):
        sent = read(encode(answer))
        np.testing.assert_allclose(sent["cells"][0]["by_state"], answer.cells[0].by_state, rtol=1e-6)
        assert sent["before"] is None


def test_a_gate_that_the_cell_lacks_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="forget"):
        ask([{"name": "forget", "value": 0}], cell="gru")
    with pytest.raises(UsageError, match="step"):
        ask([{"name": "update", "value": 0, "steps": [99]}], cell="gru")


def test_it_leaves_inference_mode_of_its_thread_alone() -> None:
    with torch.inference_mode():
        assert ask(cell="lstm").trace.layers[0].h.shape == (len(TEXT), 6)
