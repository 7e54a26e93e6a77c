"""Recordings hold what the reference says of a sequence, there and back."""

import numpy as np
import pytest
import torch

from remy.ops import CELLS, force_loop, record
from remy.ops.arguments import check
from tests.ops.problems import ENDS, EXTRAS, MASKINGS, Problem
from tests.tolerances import assert_close


def problem(cell, masking="none", extras=("bias", "initial state"), ends=ENDS, **options):
    return Problem(
        cell, steps=7, batch=5, inputs=3, units=5, masking=masking, extras=extras, ends=ends, **options
    )


def arguments(given, *, batch_first=False, leaves=()):
    """The problem's arguments as an observer gets them."""
    a = {k: None if v is None else torch.from_numpy(np.array(v)) for k, v in given.arrays.items()}
    for name in leaves:
        if a[name] is not None:
            a[name].requires_grad_()
    state = [a[name] for name in ("h0", "c0") if a[name] is not None]
    turned = {k: a[k].transpose(0, 1) if batch_first and a[k] is not None else a[k] for k in ("x", "mask")}
    return a, check(
        turned["x"], a["kernel"], a["recurrent_kernel"], a["bias"], cell=given.cell,
        initial_state=state or None, lengths=a["lengths"], mask=turned["mask"],
        recurrent_dropout=a["recurrent_dropout"], batch_first=batch_first, **given.options,
    )  # fmt: skip


def go_to(token, result, a, *, batch_first=False, wanted=()):
    """Go back from the problem's gradients at outputs and final states."""
    outputs, h, c = result
    d_outputs = a["d_outputs"]
    if d_outputs is not None and batch_first:
        d_outputs = d_outputs.transpose(0, 1)
    pairs = [
        (end, d)
        for end, d in zip((outputs, h, c), (d_outputs, a["d_h"], a["d_c"]), strict=True)
        if d is not None
    ]
    return torch.autograd.grad(
        [e for e, _ in pairs], [token, *wanted], [d for _, d in pairs], allow_unused=True
    )


def assert_inside(recording, given, names):
    """Assert that a recording's arrays are the reference's, rows first."""
    expected = given.by_reference()
    where = {"d_x": "d_x", "d_h0": "d_h0"} | {
        n: n for n in ("states", "cells", "gates", "d_states", "d_cells")
    }
    for name in names:
        found, wanted = getattr(recording, name), expected[where[name]]
        if wanted is None:
            assert found is None, name
        else:
            wanted = wanted if name == "d_h0" else wanted.swapaxes(0, 1)
            assert_close(found.detach().numpy(), wanted, dtype=given.dtype, steps=given.steps, what=name)


THERE = ("states", "cells", "gates")


BACK = ("d_states", "d_cells", "d_x", "d_h0")


@pytest.mark.parametrize("loop", [False, True], ids=["core", "loop"])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_recording_is_the_references_there_and_back(cell, masking, batch_first, loop):
    for extras in (("bias", "initial state"), EXTRAS, ("reverse", "zero output")):
        given = problem(cell, masking, extras)
        a, called = arguments(given, batch_first=batch_first)
        result, recording = record(called, loop=loop)
        assert_inside(recording, given, THERE)
        assert recording.d_states is recording.d_x is recording.d_h0 is None
        assert not result[0].requires_grad
        token = torch.zeros((), requires_grad=True)
        watched, recording = record(called, token=token, loop=loop)
        for one, other in zip(watched, result, strict=True):
            assert one is other is None or torch.equal(one, other)
        go_to(token, watched, a, batch_first=batch_first)
        assert_inside(recording, given, THERE + BACK)
        for name in ("d_h", "d_c"):
            if a[name] is not None:
                assert torch.equal(getattr(recording, name), a[name])
        assert torch.equal(recording.d_outputs, a["d_outputs"].transpose(0, 1))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("loop", [False, True], ids=["core", "loop"])
@pytest.mark.parametrize("cell", ["lstm", "gru_reset_after"])
def test_a_gradient_may_come_from_one_end_alone(cell, loop, end):
    if end == "c" and cell != "lstm":
        return
    given = problem(cell, "gaps", ends=(end,))
    a, called = arguments(given)
    token = torch.zeros((), requires_grad=True)
    result, recording = record(called, token=token, loop=loop)
    go_to(token, result, a)
    assert_inside(recording, given, BACK)
    for name in ENDS:
        found = getattr(recording, f"d_{name}")
        assert (found is not None and found.any()) == (name == end)


@pytest.mark.parametrize("masking", ["none", "lengths and gaps"])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_reach_what_was_read_and_no_weight(cell, masking):
    leaves = ("x", "h0", "c0", "kernel", "recurrent_kernel", "bias")
    given = problem(cell, masking, ("bias", "initial state", "recurrent dropout"))
    expected = given.by_autograd()
    a, called = arguments(given, leaves=leaves)
    names = [name for name in leaves if a[name] is not None]
    token = torch.zeros((), requires_grad=True)
    result, _ = record(called, token=token)
    _, *found = go_to(token, result, a, wanted=[a[name] for name in names])
    for name, gradient in zip(names, found, strict=True):
        if name in ("x", "h0", "c0"):
            assert_close(gradient.numpy(), expected[f"d_{name}"], dtype=np.float64, steps=7, what=name)
        else:
            assert gradient is None, name


def test_a_forced_loop_is_recorded_as_a_loop():
    given = problem("lstm", "gaps")
    a, called = arguments(given)
    token = torch.zeros((), requires_grad=True)
    with force_loop():
        result, recording = record(called, token=token)
    go_to(token, result, a)
    assert_inside(recording, given, THERE + BACK)
    assert type(result[0].grad_fn).__name__ != "_RecordedBackward"
    assert type(record(called, token=token)[0][0].grad_fn).__name__ == "_RecordedBackward"


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "simple_rnn_tanh"])
def test_where_nobody_went_back_there_are_zeros_once_asked_for(cell, batch_first):
    given = problem(cell)
    a, called = arguments(given, batch_first=batch_first)
    token = torch.zeros((), requires_grad=True)
    result, recording = record(called, token=token)
    recording.expect_gradients()
    assert not recording.d_states.any()
    assert recording.d_states.shape == recording.states.shape
    assert recording.d_x.shape == (5, 7, 3)
    assert recording.d_h0.shape == (5, 5)
    assert (recording.d_cells is None) == (cell != "lstm")
    go_to(token, result, a, batch_first=batch_first)
    before = recording.d_states
    recording.expect_gradients()
    assert recording.d_states is before
    assert_inside(recording, given, BACK)


NAMES = {
    "lstm": ("input", "forget", "candidate", "output", "c", "h"),
    "gru_reset_after": ("update", "reset", "candidate", "h"),
    "gru_reset_before": ("update", "reset", "candidate", "h"),
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(
    ("cell", "name"), [(cell, name) for cell in CELLS for name in NAMES.get(cell, ("h",))]
)
def test_the_loop_holds_a_value_in_its_place_and_nothing_goes_back_through_it(cell, name, reverse):
    extras = ("bias", "initial state", *(["reverse"] if reverse else []))
    given = problem(cell, "gaps", extras)
    a, called = arguments(given, leaves=("x", "h0"))
    generator = torch.Generator().manual_seed(0)
    where = torch.rand(7, 5, 5, generator=generator) < 0.3
    values = torch.randn(7, 5, 5, generator=generator, dtype=torch.float64)
    token = torch.zeros((), requires_grad=True)
    result, recording = record(called, token=token, held={name: (where, values)})
    valid = a["mask"][..., None].expand(-1, -1, 5)
    if name in ("h", "c"):
        found = (recording.states if name == "h" else recording.cells).transpose(0, 1)
    else:
        found = recording.gates[:, :, CELLS[cell].gate_names.index(name)].transpose(0, 1)
    assert torch.equal(found[where & valid], values[where & valid])
    assert not torch.isin(found[~where & valid], values).any()
    (_, d_x), moved = go_to(token, result, a, wanted=[a["x"]]), 1e-6
    # By central differences: each row's slopes at once, as rows never meet.
    ends = [(0, a["d_outputs"]), (1, a["d_h"]), (2, a["d_c"])]

    def losses(x):
        ran = record(called._replace(x=x), held={name: (where, values)})[0]
        return sum((ran[k] * d).sum(-1).view(-1, 5).sum(0) for k, d in ends if d is not None)

    for t, feature in ((0, 0), (3, 1), (6, 2)):
        aside = torch.zeros(7, 5, 3, dtype=torch.float64)
        aside[t, :, feature] = moved
        x = a["x"].detach()
        slope = (losses(x + aside) - losses(x - aside)) / (2 * moved)
        torch.testing.assert_close(d_x[t, :, feature], slope, rtol=1e-6, atol=1e-7)
    assert torch.equal(recording.d_x.transpose(0, 1), d_x)


@pytest.mark.parametrize("wants_gradients", [False, True])
def test_a_recording_stays_as_it_is_where_the_caller_writes_into_the_outputs(wants_gradients):
    _, called = arguments(problem("lstm", "none"))
    token = torch.zeros((), requires_grad=True) if wants_gradients else None
    (outputs, *_), recording = record(called, token=token)
    before = recording.states.clone()
    outputs.detach().zero_()
    assert torch.equal(recording.states, before)
