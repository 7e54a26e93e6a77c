"""Holding out the tail."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data import head_tail
from remy.errors import DataError, UsageError


def test_the_tail_is_the_last_part_of_a_text() -> None:
    assert head_tail("abcdefghij", 0.3) == ("abcdefg", "hij")


@given(count=st.integers(4, 500), tail=st.floats(0.001, 0.999))
def test_the_two_parts_are_the_whole_and_neither_is_too_short(count: int, tail: float) -> None:
    data = np.arange(count)
    first, second = head_tail(data, tail)
    np.testing.assert_array_equal(np.concatenate([first, second]), data)
    assert min(len(first), len(second)) >= 2
    assert abs(len(second) - count * tail) <= 2.5


@pytest.mark.parametrize("text", ["", "a", "abc"])
def test_too_short_a_text_is_refused(text: str) -> None:
    with pytest.raises(DataError, match=f"have {len(text)} items, too few to split; at least 4 are needed"):
        head_tail(text, 0.5)


@pytest.mark.parametrize("tail", [0.0, 1.0, -0.1, 7.0, float("nan")])
def test_a_fraction_outside_zero_and_one_is_refused(tail: float) -> None:
    with pytest.raises(UsageError, match="tail fraction between 0 and 1"):
        head_tail("abcdefgh", tail)
