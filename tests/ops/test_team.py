"""A team of threads that shares the units of a large layer with few rows: nobody can tell from the results.

When a team is taken stands in csrc/src/unit_share.h; that it is taken, csrc/tests/test_team.cpp sees.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from remy import _core
from remy.ops import CELLS
from tests.ops.problems import EXTRAS, Problem

PLAIN = ("bias", "initial state")


@pytest.fixture(autouse=True)
def _restore_threads_and_instruction_set() -> Iterator[None]:
    threads, isa = _core.get_num_threads(), _core.isa()
    yield
    _core.set_num_threads(threads)
    _core.set_isa(isa)


def problems(cell, dtype):
    """Problems large enough for a team, at unit counts that fill no whole number of panels."""
    small, large = (200, 257) if cell.startswith("simple") else (130, 200)
    return [
        Problem(cell, 64, 1, 5, small, dtype=dtype, extras=PLAIN),
        Problem(cell, 40, 2, 3, large, dtype=dtype, masking="lengths and gaps", extras=EXTRAS),
        Problem(cell, 33, 3, 1, small, dtype=dtype, masking="lengths", extras=(*PLAIN, "recurrent dropout")),
        Problem(cell, 60, 1, 70, large, dtype=dtype, masking="left padding", extras=(*PLAIN, "reverse")),
    ]


@cache
def reference(problem):
    return problem.by_reference()


@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", CELLS)
def test_one_thread_and_teams_of_two_and_three_give_the_definitions_results_and_the_same_bits(
    cell, dtype, isa
):
    _core.set_isa(isa)
    for problem in problems(cell, dtype):
        _core.set_num_threads(1)
        alone = problem.by_operators()
        problem.assert_matches(alone, reference(problem))
        for threads in (2, 3):
            _core.set_num_threads(threads)
            problem.assert_same_bits(problem.by_operators(), alone)


@pytest.mark.parametrize("cell", CELLS)
def test_teams_meet_at_every_step_whoever_is_late(cell):
    problem = problems(cell, np.float32)[1]
    _core.set_num_threads(1)
    alone = problem.by_operators()
    for threads in (2, 3, 2, 3, 2):
        _core.set_num_threads(threads)
        problem.assert_same_bits(problem.by_operators(), alone)


@pytest.mark.parametrize("cell", CELLS)
def test_a_team_goes_through_many_spans(cell):
    problem = Problem(cell, 300, 1, 5, 200, masking="lengths", extras=(*PLAIN, "reverse"))
    _core.set_num_threads(2)
    problem.assert_matches(problem.by_operators(), problem.by_reference())
