"""NaN and infinities go where the definition says, and nowhere else."""

import numpy as np
import pytest

from remy import _core
from remy.ops import CELLS
from tests.ops.problems import EXTRAS, Problem

PLACES = {
    "x": (2, 1, 0),
    "kernel": (1, 2),
    "recurrent_kernel": (0, 3),
    "h0": (1, 2),
    "d_outputs": (3, 0, 1),
    "d_h": (2, 0),
}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cell", CELLS)
def test_they_spread_as_in_the_definition(cell, place, value):
    problem = Problem(cell, 5, 4, 3, 9)
    spoilt = problem.arrays[place].copy()
    spoilt[PLACES[place]] = value
    problem = problem.with_array(place, spoilt)
    with np.errstate(invalid="ignore", over="ignore"):
        expected = problem.by_reference()
    for isa in _core.available_isas():
        before = _core.isa()
        _core.set_isa(isa)
        try:
            problem.assert_matches(problem.by_operators(), expected)
        finally:
            _core.set_isa(before)


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("masking", ["lengths", "gaps", "left padding", "nothing valid"])
@pytest.mark.parametrize("cell", CELLS)
def test_nothing_that_stands_at_masked_steps_leaks(cell, masking, dtype, loop):
    problem = Problem(cell, 6, 5, 3, 9, dtype=dtype, masking=masking, extras=EXTRAS)
    valid = np.ones((6, 5), bool)
    if problem.arrays["lengths"] is not None:
        valid &= np.arange(6)[:, None] < problem.arrays["lengths"]
    if problem.arrays["mask"] is not None:
        valid &= problem.arrays["mask"]
    spoilt = problem.arrays["x"].copy()
    spoilt[~valid] = np.nan
    clean, dirty = problem.by_operators(loop=loop), problem.with_array("x", spoilt).by_operators(loop=loop)
    for name, value in clean.items():
        if value is not None:
            np.testing.assert_array_equal(dirty[name], value, err_msg=name)


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("extras", [EXTRAS, ("bias", "initial state")])
@pytest.mark.parametrize("masking", ["lengths", "gaps", "nothing valid"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_initial_state_of_a_row_wholly_masked_leaks_into_no_other(cell, masking, extras, dtype, loop):
    problem = Problem(cell, 6, 5, 3, 9, dtype=dtype, masking=masking, extras=extras)
    lengths, mask = problem.arrays["lengths"], problem.arrays["mask"]
    others = mask.any(axis=0) if lengths is None else lengths > 0
    assert not others.all()
    clean = problem.by_operators(loop=loop)
    for name in ("h0", "c0"):
        if problem.arrays[name] is not None:
            problem.arrays[name][~others] = np.nan
    dirty = problem.by_operators(loop=loop)
    for name, value in clean.items():
        if value is None:
            continue
        if name in ("d_kernel", "d_recurrent_kernel", "d_bias"):
            np.testing.assert_array_equal(dirty[name], value, err_msg=name)
        else:
            rows = (others,) if name in ("h", "c", "d_h0", "d_c0") else (slice(None), others)
            np.testing.assert_array_equal(dirty[name][rows], value[rows], err_msg=name)


@pytest.mark.parametrize("masking", ["none", "lengths", "gaps"])
@pytest.mark.parametrize("cell", CELLS)
def test_what_stands_in_the_kernel_reaches_no_input_of_a_masked_step(cell, masking):
    problem = Problem(cell, 5, 4, 3, 9, masking=masking, extras=("bias", "initial state"))
    spoilt = problem.arrays["kernel"].copy()
    spoilt[1, 2] = np.inf
    problem = problem.with_array("kernel", spoilt)
    with np.errstate(invalid="ignore", over="ignore"):
        expected = problem.by_reference()
    problem.assert_matches(problem.by_operators(), expected)
