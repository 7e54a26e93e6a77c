"""Residuals are not blind: each sees numbers that are wrong, or are none."""

import math

import numpy as np
import pytest
import torch

from remy import ops
from remy.inspect import Override, Residuals, TraceRecord, trace
from remy.layers import SimpleRNN
from tests.inspect.chains import B, F, T, classes, inputs, network

FAULTS = {  # what of a recording is put wrong, and which residual has to say so
    "gates": ("reference", "gates", (1, 2, 1, 3)),
    "states": ("reference", "states", (1, 2, 3)),
    "cells": ("reference", "cells", (0, 3, 1)),
    "d_states": ("reference_gradients", "d_states", (1, 2, 3)),
    "the last d_states": ("reference_gradients", "d_states", (1, T - 1, 3)),
    "d_cells": ("reference_gradients", "d_cells", (0, 3, 1)),
    "the first d_cells": ("reference_gradients", "d_cells", (0, 0, 1)),
    "d_x": ("reference_gradients", "d_x", (2, 0, 1)),
    "d_x, by slopes": ("finite_differences", "d_x", (2, 0, 1)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_residuals_see_a_number_that_is_wrong(fault, monkeypatch):
    residual, name, place = FAULTS[fault]
    model = network("lstm", depth=2)
    sound = vars(trace(model, inputs(), classes(), check="full").residuals)[residual]
    real, kept = ops.watching.record, []

    def record(a, **options):
        result, recording = real(a, **options)
        kept.append(recording)
        return result, recording

    real_grad = torch.autograd.grad

    def grad(*given, **options):
        found = real_grad(*given, **options)
        getattr(kept[0], name)[place] += 1e-3
        return found

    monkeypatch.setattr(ops, "record", record)
    monkeypatch.setattr(torch.autograd, "grad", grad)
    wrong = vars(trace(model, inputs(), classes(), check="full").residuals)[residual]
    assert sound < 1e-5
    assert wrong > 1e-4


def test_the_forward_residual_sees_scores_that_the_model_would_not_give(monkeypatch):
    real = ops.watching.core.run

    def run(a, *, store):
        found = real(a, store=store)
        if store:  # as only the trace asks for
            found.outputs[0, 0, 0] += 1e-3
        return found

    monkeypatch.setattr(ops.watching.core, "run", run)
    assert trace(network("lstm", depth=1), inputs()).residuals.forward > 1e-4


def test_a_sample_of_steps_is_held_against_the_reference_and_with_full_every_step(monkeypatch):
    real = ops.watching.record

    def record_with(place):
        def record(a, **options):
            result, recording = real(a, **options)
            recording.gates[place] += 1e-3
            return result, recording

        return record

    model = network("lstm", depth=1)
    for place, seen in (((0, 0), True), ((B - 1, T - 1), True), ((1, 2), False)):
        monkeypatch.setattr(ops, "record", record_with(place))
        assert (trace(model, inputs()).residuals.reference > 1e-4) == seen, place
        assert trace(model, inputs(), check="full").residuals.reference > 1e-4, place


def test_gradients_that_overflow_are_no_number_that_agrees_with_another():
    layer = SimpleRNN(6, input_size=F)  # tanh, at rest: every slope is 1
    with torch.no_grad():
        layer.recurrent_kernel.copy_(2 * torch.eye(6))
        layer.recurrent_kernel[0, 1] = -3
    with np.errstate(over="ignore", invalid="ignore"):
        residuals = trace(layer, torch.zeros(2, 300, F), torch.ones(2, 6), check="full").residuals
    assert math.isnan(residuals.reference_gradients)
    assert math.isnan(residuals.finite_differences)
    assert residuals.reference == 0.0


def test_where_something_is_held_at_every_step_nothing_is_said_of_the_reference():
    found = trace(network("lstm", depth=1), inputs(), classes(), override={"forget": 0.0}).residuals
    assert found.reference is None
    assert found.reference_gradients is None
    assert found.forward is None
    some = trace(
        network("lstm", depth=1), inputs(), classes(), override=Override("forget", 0.0, steps=[T - 1])
    )
    assert 0 <= some.residuals.reference < 1e-12


def test_a_trace_without_checks_says_so_and_is_otherwise_the_same():
    model, x, target = network("lstm", depth=2), inputs(), classes()
    quick, bare = trace(model, x, target), trace(model, x, target, check="none")
    assert bare.residuals == Residuals(None, None)
    np.testing.assert_array_equal(bare.layers[1].gradients.h, quick.layers[1].gradients.h)
    np.testing.assert_array_equal(bare.layers[0].preactivations, quick.layers[0].preactivations)
    assert TraceRecord.model_validate(bare.to_json()).residuals.reference is None
