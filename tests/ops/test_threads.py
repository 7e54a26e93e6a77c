"""Results do not depend on the number of threads, to the last bit."""

from collections.abc import Iterator

import numpy as np
import pytest

from remy import _core
from remy.ops import CELLS
from tests.ops.problems import EXTRAS, Problem


@pytest.fixture(autouse=True)
def _restore_the_number_of_threads() -> Iterator[None]:
    before = _core.get_num_threads()
    yield
    _core.set_num_threads(before)


@pytest.mark.parametrize("isa", _core.available_isas())
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("cell", CELLS)
def test_one_thread_and_two_give_the_same_bits(cell, dtype, isa):
    before = _core.isa()
    _core.set_isa(isa)
    try:
        for size in [(9, 33, 7, 40), (5, 2, 3, 17), (4, 1, 5, 130), (6, 64, 20, 32)]:
            problem = Problem(cell, *size, dtype=dtype, masking="lengths and gaps", extras=EXTRAS)
            results = []
            for threads in (1, 2, 3):
                _core.set_num_threads(threads)
                results.append(problem.by_operators())
            for name, value in results[0].items():
                if value is not None:
                    assert value.tobytes() == results[1][name].tobytes() == results[2][name].tobytes(), name
    finally:
        _core.set_isa(before)
