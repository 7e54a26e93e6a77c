"""The number of threads of the core."""

from __future__ import annotations

import pytest

import remy
from remy.errors import UsageError


def test_the_number_of_threads_is_what_was_set() -> None:
    before = remy.get_num_threads()
    try:
        remy.set_num_threads(3)
        assert remy.get_num_threads() == 3
    finally:
        remy.set_num_threads(before)


@pytest.mark.parametrize("count", [0, -2, 1025, 2**40, 2.5, True, "2"])
def test_a_count_that_is_no_number_of_threads_is_refused(count: int) -> None:
    with pytest.raises(UsageError, match=f"expected a whole number from 1 to 1024, got {count!r}"):
        remy.set_num_threads(count)
