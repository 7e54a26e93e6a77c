"""Times as people write them."""

from __future__ import annotations

import numpy as np
import pytest

from remy.data import Place
from remy.data.times import parse_times
from remy.errors import DataError


def parse(*cells: str) -> tuple[list[str], list[str]]:
    times, notes = parse_times(cells, [Place("a.csv", line) for line in range(2, 2 + len(cells))], "date")
    return [str(time) for time in times], notes


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2012-01-31"], ["2012-01-31T00:00:00"]),
        (["2012-1-3 "], ["2012-01-03T00:00:00"]),
        (["2012-01"], ["2012-01-01T00:00:00"]),
        (["2012-01-31T18:05", "2012-01-31"], ["2012-01-31T18:05:00", "2012-01-31T00:00:00"]),
        (["2012-01-31 18:05:09"], ["2012-01-31T18:05:09"]),
        (["2012-01-31T18:05:09.000"], ["2012-01-31T18:05:09"]),
        (["2012/01/31"], ["2012-01-31T00:00:00"]),
        (["2012/01/31 7:00"], ["2012-01-31T07:00:00"]),
        (["31.1.2012", "1.2.2012 10:00"], ["2012-01-31T00:00:00", "2012-02-01T10:00:00"]),
        (["1", "-2", "007"], ["1", "-2", "7"]),
        (["2012", "2013"], ["2012", "2013"]),
        (["20120199"], ["20120199"]),
        (["1325376000000000000"], ["1325376000000000000"]),
    ],
)
def test_usual_forms_are_read_without_a_word(cells: list[str], expected: list[str]) -> None:
    assert parse(*cells) == (expected, [])


def test_days_and_months_are_told_by_a_day_above_twelve() -> None:
    assert parse("1/2/2012", "1/13/2012") == (
        ["2012-01-02T00:00:00", "2012-01-13T00:00:00"],
        ["times are read as MM/DD/YYYY"],
    )
    assert parse("1/2/2012", "13/2/2012") == (
        ["2012-02-01T00:00:00", "2012-02-13T00:00:00"],
        ["times are read as DD/MM/YYYY"],
    )
    with pytest.raises(
        DataError, match=r"^a\.csv:2: column 'date': cannot tell .* \(no day is above 12\); write"
    ):
        parse("1/2/2012", "2/2/2012")
    with pytest.raises(DataError, match="both parts go above 12"):
        parse("1/13/2012", "13/1/2012")


def test_eight_digits_that_are_dates_are_dates() -> None:
    assert parse("20120131", "20120201") == (
        ["2012-01-31T00:00:00", "2012-02-01T00:00:00"],
        ["times are read as YYYYMMDD"],
    )


def test_zones_are_converted_to_utc() -> None:
    assert parse("2012-01-31T18:00+02:00", "2012-01-31T18:00-0330", "2012-01-31T18:00Z") == (
        ["2012-01-31T16:00:00", "2012-01-31T21:30:00", "2012-01-31T18:00:00"],
        ["times are converted to UTC"],
    )


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["yesterday"], "a.csv:2: column 'date': expected a time such as 2012-01-31, 2012-01-31 18:00, "),
        (
            ["2012-01-31", "31 Jan"],
            "a.csv:3: column 'date': expected a time like '2012-01-31' in the first row, got '31 Jan'.",
        ),
        (["2012-01-31", "2012-02-30"], "a.csv:3: column 'date': '2012-02-30' is no time: day "),
        (
            ["2012-01-31 25:00"],
            "a.csv:2: column 'date': '2012-01-31 25:00' is no time: hour must be in 0..23",
        ),
        (
            ["2012-01-31 10:00:00.5"],
            "a.csv:2: column 'date': '2012-01-31 10:00:00.5' is no time: times are kept",
        ),
        (
            ["2012-01-31T10:00Z", "2012-01-31T10:00"],
            "a.csv:3: column 'date': '2012-01-31T10:00' is no time: some times have a time zone",
        ),
        (["9" * 19], "a.csv:2: column 'date': '9999999999999999999' does not fit into 64 bits."),
        (["1", "2012-01-31"], "a.csv:3: column 'date': expected a time like '1' in the first row"),
    ],
)
def test_what_is_no_time_is_named(cells: list[str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(*cells)
    assert str(caught.value).startswith(message)


def test_dtypes_are_seconds_or_integers() -> None:
    places = [Place("a.csv", 2)]
    assert parse_times(["2012-01-31"], places, "t")[0].dtype == np.dtype("datetime64[s]")
    assert parse_times(["5"], places, "t")[0].dtype == np.int64
