"""Rows of a batch: sorted by length inside the core, and nobody can tell."""

import re

import numpy as np
import pytest
import torch

from remy import _core
from remy.errors import ShapeError
from remy.ops import CELLS, core, sequence
from tests.ops.arguments import tensors
from tests.ops.problems import EXTRAS, MASKINGS, Problem
from tests.tolerances import assert_close

WEIGHTS = ("d_kernel", "d_recurrent_kernel", "d_bias")
#: Axis of the rows in every array of a problem and in its results.
BY_STEP = ("x", "mask", "d_outputs", "outputs", "states", "cells", "gates", "d_x", "d_states", "d_cells")
BY_ROW = ("h0", "c0", "lengths", "recurrent_dropout", "d_h", "d_c", "h", "c", "d_h0", "d_c0")


def rows_of(arrays, order):
    """Return arrays or results with the rows in another order; weights and their gradients as they are."""
    return {
        name: value
        if value is None or not (name in BY_STEP or name in BY_ROW)
        else np.take(value, order, axis=1 if name in BY_STEP else 0)
        for name, value in arrays.items()
    }


def ordered(problem, order):
    other = Problem(
        problem.cell, problem.steps, len(order), problem.inputs, problem.units, problem.dtype,
        problem.masking, problem.extras, problem.ends, problem.seed,
    )  # fmt: skip
    other.arrays.update(rows_of(problem.arrays, order))
    return other


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_another_order_of_rows_permutes_the_results(cell, masking):
    for dtype in (np.float64, np.float32):
        problem = Problem(cell, 8, 11, 3, 9, dtype=dtype, masking=masking, extras=EXTRAS)
        expected = problem.by_operators()
        for order in (np.arange(11)[::-1], np.random.default_rng(5).permutation(11)):
            found = ordered(problem, order).by_operators()
            for name, value in rows_of(expected, order).items():
                if name in WEIGHTS:
                    assert_close(found[name], value, dtype=dtype, steps=8, what=name)
                elif value is not None:
                    np.testing.assert_array_equal(found[name], value, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_equal_rows_give_equal_bits_whatever_the_lengths_of_the_others(cell):
    for dtype in (np.float64, np.float32):
        problem = Problem(cell, 9, 10, 3, 13, dtype=dtype, masking="lengths", extras=EXTRAS)
        same = np.array([4, 4, 4, 0, 4, 1, 4, 2, 3, 4])  # row 4 seven times between others
        problem = ordered(problem, same)
        rng = np.random.default_rng(2)
        for length in (0, 1, 6, 9):
            lengths = rng.integers(0, 10, 10)
            lengths[same == 4] = length
            results = problem.with_array("lengths", lengths)
            results.arrays.update({k: v for k, v in problem.arrays.items() if k != "lengths"})
            for name, value in results.by_operators().items():
                if value is not None and name not in WEIGHTS:
                    twins = np.take(value, np.flatnonzero(same == 4), axis=1 if name in BY_STEP else 0)
                    first = np.take(twins, [0], axis=1 if name in BY_STEP else 0)
                    np.testing.assert_array_equal(twins, np.broadcast_to(first, twins.shape), err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_a_row_alone_gives_what_it_gives_among_others(cell):
    for dtype in (np.float64, np.float32):
        problem = Problem(cell, 9, 10, 3, 13, dtype=dtype, masking="lengths", extras=EXTRAS)
        expected = problem.by_operators()
        for row in range(10):
            alone = ordered(problem, np.array([row])).by_operators()
            for name, value in rows_of(expected, np.array([row])).items():
                if value is not None and name not in WEIGHTS:
                    np.testing.assert_array_equal(alone[name], value, err_msg=name)


@pytest.mark.parametrize("zero", [(), ("zero output",)])
@pytest.mark.parametrize("reverse", [(), ("reverse",)])
@pytest.mark.parametrize("cell", CELLS)
def test_where_all_lengths_are_zero_nothing_happens(cell, reverse, zero):
    problem = Problem(cell, 6, 5, 3, 9, extras=("bias", "initial state", *reverse, *zero))
    problem = problem.with_array("lengths", np.zeros(5, np.int64))
    found = problem.by_operators()
    problem.assert_matches(found, problem.by_reference())
    np.testing.assert_array_equal(found["h"], problem.arrays["h0"])
    for name in ("d_x", *WEIGHTS):
        assert not found[name].any(), name


def test_full_lengths_are_as_none():
    problem = Problem("gru_reset_before", 7, 6, 3, 9, dtype=np.float32)
    full = problem.with_array("lengths", np.full(6, 7))
    problem.assert_same_bits(full.by_operators(), problem.by_operators())


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize(
    ("lengths", "value", "row"),
    [([5, 6, 2, 3], 6, 1), ([1, 2, 2, -3], -3, 3), ([-1, 9, 2, 2], -1, 0), ([2, 2, 2**40, 2], 2**40, 2)],
)
def test_a_length_out_of_range_is_named_with_its_row_and_nothing_is_computed(
    lengths, value, row, grad, batch_first, monkeypatch
):
    written = []
    empty = core._empty

    def kept(*given):
        written.append(empty(*given).fill_(7.0))
        return written[-1]

    monkeypatch.setattr(core, "_empty", kept)
    given = tensors("lstm", grad=grad)
    if batch_first:
        given["x"] = given["x"].transpose(0, 1)
    message = f"lstm: expected lengths from 0 to T = 5, got {value} in row {row}; lengths count the steps"
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}"):
        sequence(**given, cell="lstm", lengths=lengths, batch_first=batch_first)
    assert written
    for tensor in written:
        assert (tensor == 7.0).all()


MARGIN = 64


@pytest.fixture
def guarded(monkeypatch):
    """Let what the core fills stand between margins, first filled with a number that no result is."""
    blocks = []

    def empty(like, *shape):
        count = int(np.prod(shape))
        block = torch.full((count + 2 * MARGIN,), -1234567.0, dtype=like.dtype)
        blocks.append(block)
        return block[MARGIN : MARGIN + count].view(shape)

    monkeypatch.setattr(core, "_empty", empty)
    return blocks


@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("cell", CELLS)
def test_every_value_of_every_result_is_written_and_nothing_beside_it(cell, isa, guarded):
    before = _core.isa()
    _core.set_isa(isa)
    try:
        rng = np.random.default_rng(7)
        sizes = [(7, 5, 3, 9), (2, 7, 17, 33), (70, 2, 4, 19), (3, 40, 1, 1), (40, 2, 3, 200), (0, 3, 2, 4)]
        for size in sizes:
            for masking in ("none", "lengths", "lengths and gaps", "nothing valid"):
                for reverse in ((), ("reverse",)):
                    dtype = (np.float32, np.float64)[rng.integers(2)]
                    problem = Problem(
                        cell, *size, dtype=dtype, masking=masking, extras=("bias", "initial state", *reverse)
                    )
                    problem.by_operators()
                    problem.by_autograd(batch_first=bool(rng.integers(2)))
                    for block in guarded:
                        assert (block[:MARGIN] == -1234567.0).all()
                        assert (block[-MARGIN:] == -1234567.0).all()
                        assert (block[MARGIN:-MARGIN] != -1234567.0).all()
                    guarded.clear()
    finally:
        _core.set_isa(before)
