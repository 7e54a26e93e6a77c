"""Of a sequence in which something is held the kernel runs what comes before it, and what comes after."""

import numpy as np
import pytest
import torch

from remy.inspect import Override, trace
from remy.inspect.subject import subject_of
from remy.inspect.tracing import run_once
from remy.layers import GRU, LSTM, Bidirectional, SimpleRNN

STEPS, HELD = 9, 4
LAYERS = {
    "lstm": lambda **options: LSTM(5, return_sequences=True, **options),
    "gru": lambda **options: GRU(5, return_sequences=True, **options),
    "gru_reset_before": lambda **options: GRU(5, return_sequences=True, reset_after=False, **options),
    "simple_rnn": lambda **options: SimpleRNN(5, return_sequences=True, **options),
}


def made(cell):
    torch.manual_seed(3)
    return LAYERS[cell](), torch.randn(2, STEPS, 3), torch.randn(2, STEPS, 5)


def reset(cell, steps=(HELD,)):
    """What tears a page out of the notebook."""
    states = ("hidden", "cell") if cell == "lstm" else ("hidden",)
    return [Override(name, 0.0, steps) for name in states]


@pytest.mark.parametrize("cell", LAYERS)
def test_after_a_reset_the_network_begins_anew_to_the_last_bit(cell):
    layer, x, _ = made(cell)
    found = trace(layer, x, override=reset(cell)).layers[0]
    anew = trace(layer, x[:, HELD + 1 :]).layers[0]
    assert np.array_equal(found.h[:, HELD], np.zeros((2, 5)))
    assert np.array_equal(found.h[:, HELD + 1 :], anew.h)
    assert np.array_equal(found.gates[:, HELD + 1 :], anew.gates)
    assert np.array_equal(found.h[:, :HELD], trace(layer, x).layers[0].h[:, :HELD])


@pytest.mark.parametrize("cell", LAYERS)
@pytest.mark.parametrize("backwards", [False, True])
def test_all_that_is_carried_goes_from_part_to_part(cell, backwards):
    torch.manual_seed(3)
    layer, x = LAYERS[cell](go_backwards=backwards), made(cell)[1]
    found = trace(layer, x, override=Override("hidden", 0.5, (HELD,), (0,))).layers[0]
    order = np.arange(STEPS)[:: -1 if backwards else 1]
    for state, before in ((found.h, found.h_before), (found.c, found.c_before)):
        if state is not None:
            assert not before[:, order[0]].any()
            assert np.array_equal(before[:, order[1:]], state[:, order[:-1]])


@pytest.mark.parametrize("cell", LAYERS)
def test_gradients_go_back_through_kernel_loop_and_kernel(cell):
    layer, x, target = made(cell)
    holds = [Override("hidden", 0.3, (HELD,), (1, 2)), Override("hidden", -0.3, (HELD + 2,), (0,))]
    found = trace(layer, x, target, override=holds, check="full")
    assert found.residuals.finite_differences < 1e-3
    assert found.residuals.reference_gradients < 1e-4
    assert (np.abs(found.layers[0].gradients.h).sum(axis=(0, 2)) > 0).all()


def test_the_loop_runs_from_the_first_held_step_to_the_last_in_either_direction():
    layer, x, _ = made("gru")
    subject = subject_of(Bidirectional(layer), x, None, lengths=[STEPS, 6], mask=None, output=None)
    runs, _, _ = run_once(subject, tuple(reset("gru", (3, 5))))
    for run in runs:
        parts = {(part.start, part.stop): part.held is not None for part in run.segments}
        assert parts == {(0, 3): False, (3, 6): True, (6, STEPS): False}
    assert [part.start for part in runs[1].segments] == [6, 3, 0]
