"""Layers packed once for the runtime: whole, stepped and bound to their arrays."""

import gc

import numpy as np
import pytest

from remy import _core
from remy.ops import CELLS
from tests.ops.arguments import F, H, T
from tests.ops.problems import Problem

TWOFOLD = {np.float32: _core.PackedCell, np.float64: _core.PackedCell64}


def packed_of(problem):
    a = problem.arrays
    return TWOFOLD[problem.dtype](problem.cell, a["kernel"], a["recurrent_kernel"], a["bias"])


def state_of(problem):
    """Return copies of the initial state, h and c or None."""
    h0, c0 = problem.arrays["h0"], problem.arrays["c0"]
    return h0.copy(), None if c0 is None else c0.copy()


@pytest.mark.parametrize("dtype", TWOFOLD)
@pytest.mark.parametrize("cell", CELLS)
def test_a_packed_layer_refuses_lengths_out_of_range_and_touches_nothing(cell, dtype):
    packed = packed_of(Problem(cell, T, 3, F, H, dtype=dtype, extras=()))
    h = np.full((3, H), 7, dtype)
    c = np.full((3, H), 7, dtype) if cell == "lstm" else None
    outputs = np.full((T, 3, H), 7, dtype)
    for lengths, message in (([5, 6, 1], "got 6 in row 1"), ([0, 1, -1], "got -1 in row 2")):
        with pytest.raises(ValueError, match=f"^lengths: expected 0 to T = 5, {message}$"):
            packed.sequence(np.ones((T, 3, F), dtype), h, c, np.array(lengths), None, False, False, outputs)
    for array in (h, c, outputs):
        assert array is None or (array == 7).all()
    with pytest.raises(ValueError, match=r"lengths: expected shape \(3,\), got \(2,\)"):
        packed.sequence(np.ones((T, 3, F), dtype), h, c, np.array([1, 2]), None, False, False, outputs)


@pytest.mark.parametrize("dtype", TWOFOLD)
@pytest.mark.parametrize("cell", CELLS)
def test_a_packed_layer_gives_the_definitions_outputs_and_states(cell, dtype):
    for size in ((9, 5, 3, 13), (300, 4, 2, 7), (70, 1, 3, 200)):
        for extras in (("bias", "initial state"), ("bias", "initial state", "reverse", "zero output")):
            problem = Problem(cell, *size, dtype=dtype, masking="lengths and gaps", extras=extras)
            a, expected = problem.arrays, problem.by_reference()
            packed, (h, c) = packed_of(problem), state_of(problem)
            outputs = np.full(expected["outputs"].shape, 7, dtype)
            options = problem.options
            packed.sequence(
                a["x"], h, c, a["lengths"], a["mask"], options["reverse"], options["zero_output"], outputs
            )
            problem.assert_close({"outputs": outputs, "h": h, "c": c}, expected)


@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("dtype", TWOFOLD)
@pytest.mark.parametrize("cell", CELLS)
def test_stepped_and_bound_and_whole_are_one(cell, dtype, isa):
    before = _core.isa()
    _core.set_isa(isa)
    try:
        # One row and several are packed differently; the last is long enough to let other threads in.
        for size in ((6, 1, 3, 13), (6, 4, 3, 70), (3, 1, 5, 257)):
            problem = Problem(cell, *size, dtype=dtype)
            packed, a = packed_of(problem), problem.arrays
            outputs = np.empty((size[0], size[1], size[3]), dtype)
            whole = state_of(problem)
            packed.sequence(a["x"], *whole, None, None, False, False, outputs)
            problem.assert_close({"outputs": outputs, "h": whole[0], "c": whole[1]}, problem.by_reference())
            stepped, bound, x = state_of(problem), state_of(problem), np.empty(a["x"].shape[1:], dtype)
            step = packed.bind(x, *bound)
            for t in range(size[0]):
                packed.step(a["x"][t], *stepped)
                x[...] = a["x"][t]
                step()
                np.testing.assert_array_equal(stepped[0], outputs[t])
                np.testing.assert_array_equal(bound[0], outputs[t])
            if cell == "lstm":
                np.testing.assert_array_equal(stepped[1], whole[1])
                np.testing.assert_array_equal(bound[1], whole[1])
    finally:
        _core.set_isa(before)


@pytest.mark.parametrize("cell", ["lstm", "gru_reset_after"])
def test_a_row_gives_the_same_bits_alone_and_among_others(cell):
    problem = Problem(cell, 5, 4, 3, 70, dtype=np.float32)
    packed, x = packed_of(problem), problem.arrays["x"]
    together = state_of(problem)
    packed.sequence(x, *together, None, None, False, False, None)
    for row in range(4):
        alone = [None if t is None else t[row : row + 1].copy() for t in state_of(problem)]
        packed.sequence(np.ascontiguousarray(x[:, row : row + 1]), *alone, None, None, False, False, None)
        np.testing.assert_array_equal(alone[0][0], together[0][row])


def test_a_bound_step_holds_its_layer_and_its_arrays():
    problem = Problem("lstm", 4, 2, 3, 70, dtype=np.float32)
    expected = state_of(problem)
    packed_of(problem).step(problem.arrays["x"][0], *expected)
    h, c = state_of(problem)
    views = h[:], c[:]
    step = packed_of(problem).bind(problem.arrays["x"][0].copy(), h, c)
    del h, c
    gc.collect()
    np.empty(1 << 20).fill(3)
    step()
    np.testing.assert_array_equal(views[0], expected[0])
    np.testing.assert_array_equal(views[1], expected[1])


def test_arrays_that_do_not_fit_are_not_bound():
    packed = packed_of(Problem("lstm", 1, 2, F, H, dtype=np.float32))
    x, h, c = (np.zeros((2, n), np.float32) for n in (F, H, H))
    for given, message in (
        ((np.zeros((2, F + 1), np.float32), h, c), r"x: expected shape \(2, 3\), got \(2, 4\)"),
        ((x, np.zeros((3, H), np.float32), c), r"h: expected shape \(2, 6\), got \(3, 6\)"),
        ((x, h, np.zeros((2, 1), np.float32)), r"c: expected shape \(2, 6\), got \(2, 1\)"),
        ((x, h, None), "c: expected an array for the LSTM and None for every other cell"),
    ):
        for call in (packed.bind, packed.step):
            with pytest.raises(ValueError, match=message):
                call(*given)
    with pytest.raises(TypeError):
        packed.bind(x.astype(np.float64), h, c)
