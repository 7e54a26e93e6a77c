"""Sequences much longer, and batches much larger, than a span of steps: forward.cpp, backward.cpp."""

import numpy as np
import pytest

from remy.ops import CELLS
from tests.ops.problems import EXTRAS, Problem

PLAIN = ("bias", "initial state")

#: Lengths of five rows of 700 steps, by what spans see of them.
LENGTHS = {
    "all the way": [700, 700, 700, 700, 700],
    "one row goes on alone": [3, 700, 0, 40, 2],
    "the last spans are empty": [0, 90, 333, 1, 90],
    "one row leaves at every bound": [204, 408, 85, 86, 699],
    "nothing at all": [0, 0, 0, 0, 0],
}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_long_sequence_gives_the_definitions_results(cell, lengths, reverse):
    extras = (*PLAIN, *(("reverse", "zero output") if reverse else ("recurrent dropout",)))
    masking = "lengths and gaps" if lengths == "one row leaves at every bound" else "lengths"
    problem = Problem(cell, 700, 5, 3, 4, masking=masking, extras=extras)
    problem = problem.with_array("lengths", np.array(LENGTHS[lengths]))
    problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("masking", ["none", "lengths and gaps"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_large_batch_gives_the_definitions_results(cell, masking):
    for size in ((3, 300, 4, 5), (2, 1100, 2, 3), (9, 130, 3, 33)):
        for dtype in (np.float64, np.float32):
            problem = Problem(
                cell, *size, dtype=dtype, masking=masking, extras=EXTRAS if masking != "none" else PLAIN
            )
            problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("cell", CELLS)
def test_single_precision_stays_within_the_table_over_many_spans(cell):
    for size, masking in (((500, 7, 3, 9), "none"), ((500, 2, 3, 70), "lengths")):
        problem = Problem(cell, *size, dtype=np.float32, masking=masking)
        problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("cell", CELLS)
def test_wide_rows_make_short_spans_with_the_same_results(cell):
    problem = Problem(cell, 120, 9, 300, 60, masking="lengths and gaps", extras=EXTRAS)
    problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("cell", CELLS)
def test_whole_is_in_pieces_across_the_bounds_of_spans(cell):
    """The states carried from span to span are those of a sequence cut anywhere."""
    problem = Problem(cell, 700, 5, 3, 4, dtype=np.float32)
    whole = problem.by_operators()
    pieces, state = [], {"h0": problem.arrays["h0"], "c0": problem.arrays["c0"]}
    for first in range(0, 700, 70):
        piece = Problem(cell, 70, 5, 3, 4, dtype=np.float32)
        piece.arrays.update(
            problem.arrays, **state, x=problem.arrays["x"][first : first + 70], d_outputs=None
        )
        found = piece.by_operators()
        pieces.append(found["outputs"])
        state = {"h0": found["h"], "c0": found["c"]}
    np.testing.assert_array_equal(np.concatenate(pieces), whole["outputs"])
    np.testing.assert_array_equal(state["h0"], whole["h"])
