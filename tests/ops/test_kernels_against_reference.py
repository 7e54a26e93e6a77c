"""The compiled core and the loop of torch operators, against the float64 definition.

Outputs, final states, carried states, gates, every gradient and the gradients arriving at every state are
compared, with random weights distinct for every gate.
"""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remy import _core
from remy.ops import CELLS
from tests.ops.problems import ENDS, EXTRAS, MASKINGS, Problem

DTYPES = [np.float64, np.float32]

# (T, B, I, H): ones, threes, sixty-threes, and units on both sides of every vector width.
SIZES = [
    (1, 1, 1, 1), (3, 3, 1, 1), (1, 3, 63, 3), (3, 63, 3, 63), (63, 3, 1, 3), (63, 1, 3, 63), (4, 5, 3, 2),
    (4, 5, 17, 8), (5, 4, 8, 16), (5, 9, 16, 17), (3, 2, 65, 64), (3, 7, 64, 65), (2, 33, 9, 31),
    (3, 2, 31, 128), (2, 1, 5, 200), (100, 2, 4, 7),
]  # fmt: skip
EMPTY_SIZES = [(0, 2, 3, 4), (3, 0, 2, 5), (3, 2, 0, 4), (0, 0, 0, 1)]


@pytest.fixture(params=_core.available_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on every instruction set this machine has."""
    before = _core.isa()
    _core.set_isa(request.param)
    yield request.param
    _core.set_isa(before)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("cell", CELLS)
def test_every_result_is_the_definitions_at_every_size(isa, cell, dtype):
    for size in SIZES:
        for masking, extras in (("none", ("bias", "initial state")), ("lengths and gaps", EXTRAS)):
            problem = Problem(cell, *size, dtype=dtype, masking=masking, extras=extras)
            problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("cell", CELLS)
def test_sizes_of_zero_give_empty_results_and_zero_gradients(isa, cell, dtype):
    for size in EMPTY_SIZES:
        problem = Problem(cell, *size, dtype=dtype, masking="lengths and gaps")
        problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_mask_goes_with_every_other_argument(isa, cell, masking):
    for reverse in ((), ("reverse",)):
        for zero in ((), ("zero output",)):
            for extras in ((), ("bias", "initial state"), ("bias", "initial state", "recurrent dropout")):
                problem = Problem(cell, 7, 6, 3, 9, masking=masking, extras=extras + reverse + zero)
                problem.assert_matches(problem.by_operators(), problem.by_reference())


@pytest.mark.parametrize("ends", [("outputs",), ("h",), ("c",), ("h", "c")])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_may_come_from_any_end_alone(isa, cell, ends):
    if ends == ("c",) and not CELLS[cell].has_cell_state:
        ends = ("outputs", "h")
    problem = Problem(cell, 6, 5, 4, 9, ends=ends, masking="gaps")
    problem.assert_matches(problem.by_operators(), problem.by_reference())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    cell=st.sampled_from(list(CELLS)),
    size=st.tuples(st.integers(0, 12), st.integers(0, 20), st.integers(0, 20), st.integers(1, 40)),
    dtype=st.sampled_from(DTYPES),
    masking=st.sampled_from(MASKINGS),
    extras=st.sets(st.sampled_from(EXTRAS)),
    ends=st.sets(st.sampled_from(ENDS[:2]), min_size=1),
    seed=st.integers(0, 1000),
    set_name=st.sampled_from(_core.available_isas()),
)
def test_any_draw_of_arguments_gives_the_definitions_results(
    cell, size, dtype, masking, extras, ends, seed, set_name
):
    problem = Problem(
        cell,
        *size,
        dtype=dtype,
        masking=masking,
        extras=tuple(sorted(extras)),
        ends=tuple(sorted(ends)),
        seed=seed,
    )
    before = _core.isa()
    _core.set_isa(set_name)
    try:
        problem.assert_matches(problem.by_operators(), problem.by_reference())
    finally:
        _core.set_isa(before)


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("cell", CELLS)
def test_the_loop_of_torch_operators_gives_the_definitions_results(cell, dtype, masking):
    for size in [(5, 4, 3, 9), (1, 1, 1, 1), (0, 2, 3, 4), (3, 0, 2, 5), (3, 2, 0, 4)]:
        for extras in ((), EXTRAS, ("bias", "initial state", "reverse"), ("bias", "zero output")):
            problem = Problem(cell, *size, dtype=dtype, masking=masking, extras=extras)
            problem.assert_matches(problem.by_operators(loop=True), problem.by_reference())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("cell", CELLS)
def test_long_sequences_stay_within_the_table(cell, dtype):
    problem = Problem(cell, 400, 2, 5, 24, dtype=dtype, masking="lengths")
    problem.assert_matches(problem.by_operators(), problem.by_reference())
