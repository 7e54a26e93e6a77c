"""Readings: records that stream, and the counts beside them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from remy.data import Place, Reading
from remy.data.records import Tally, describe_counts


def numbers(tally: Tally) -> Iterator[int]:
    for number in range(5):
        if number % 2:
            tally.dropped["that are odd"] += 1
        else:
            yield number
    tally.notes.append("all were small")


def test_each_pass_reads_and_counts_anew() -> None:
    reading = Reading("numbers", numbers, notes=["five were made"])
    assert (reading.kept, reading.notes) == (0, ["five were made"])
    assert list(reading) == list(reading) == [0, 2, 4]
    assert reading.kept == 3
    assert reading.dropped == {"that are odd": 2}
    assert reading.notes == ["five were made", "all were small"]


def test_counts_grow_while_the_records_are_taken() -> None:
    reading = Reading("numbers", numbers)
    stream = iter(reading)
    next(stream)
    assert (reading.kept, reading.dropped.total()) == (1, 0)
    next(stream)
    assert (reading.kept, reading.dropped.total()) == (2, 1)


@pytest.mark.parametrize(
    ("kept", "dropped", "said"),
    [
        (3000, {"with an empty text": 2}, "3,000 records kept; 2 dropped: 2 with an empty text"),
        (1, {}, "1 record kept; none dropped"),
        (0, {"b": 1000, "a": 1}, "0 records kept; 1,001 dropped: 1 a, 1,000 b"),
    ],
)
def test_a_summary_says_how_many_and_why(kept: int, dropped: dict[str, int], said: str) -> None:
    assert describe_counts(kept, dropped) == said


def test_a_place_is_a_file_and_a_line() -> None:
    assert str(Place("reviews.csv", 12)) == "reviews.csv:12"
