"""Whether a first row is a header."""

from __future__ import annotations

import pytest

from remy.data.header import has_header


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (["text", "label"], []),
        (["Review", "stars"], [["Fine.", "5"]]),
        (["words", "answer"], [["Fine.", "yes"], ["No.", "no"]]),
        (["", "words"], [["0", "Fine."]]),
        (["country", "date", "2001"], []),
    ],
)
def test_names_are_a_header(first: list[str], following: list[list[str]]) -> None:
    assert has_header(first, following)


@pytest.mark.parametrize(
    ("first", "following"),
    [
        (["Wow... Loved this place.", "good"], []),
        (["So it goes", "1"], []),
        (["2012-01-01", "sun"], []),
        (["Fine", "good"], [["Bad", "bad"], ["Nice", "good"]]),
        (["x" * 61, "good"], []),
    ],
)
def test_data_are_no_header(first: list[str], following: list[list[str]]) -> None:
    assert not has_header(first, following)


def test_a_row_with_all_columns_asked_for_is_a_header() -> None:
    assert has_header(["1", "2"], [["a", "b"]], named=["2"])
    assert not has_header(["1", "2"], [["a", "b"]], named=["2", "3"])
