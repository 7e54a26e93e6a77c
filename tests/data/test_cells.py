"""What single cells are taken for."""

from __future__ import annotations

import pytest

from remy.data.cells import is_nan, looks_like_time, number


@pytest.mark.parametrize(
    ("cell", "value"), [("1", 1.0), (" -1.5e3 ", -1500.0), ("+.5", 0.5), ("2.", 2.0), ("1e308", 1e308)]
)
def test_plain_numbers_are_numbers(cell: str, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell", ["", "n/a", "nan", "inf", "1e309", "1_000", "1,5", "0x1", "1 2", "--1", "e5"]
)
def test_what_only_looks_like_a_number_is_none(cell: str) -> None:
    assert number(cell) is None


def test_nan_is_a_missing_value_and_other_words_are_not() -> None:
    assert is_nan(" NaN ")
    assert not is_nan("n/a")
    assert not is_nan("")


@pytest.mark.parametrize("cell", ["2012-01-31", "2012/1/3 10:00", "31.1.2012", "1/31/2012", "2012-01"])
def test_dates_look_like_times(cell: str) -> None:
    assert looks_like_time(cell)


@pytest.mark.parametrize("cell", ["2012", "1.5", "10:00", "a 2012-01-31"])
def test_numbers_and_words_do_not(cell: str) -> None:
    assert not looks_like_time(cell)
