"""Series: wide and long tables, their times, and faults with row and column."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars
import pytest

from remy.data import read_series
from remy.errors import DataError, UsageError

WIDE = "date,rain,wind,sky\n2012-01-01,0.5,3,sun\n2012-01-02,0,4.5,rain\n2012-01-03,2e1,-1,sun\n"
LONG = "symbol,date,close\nA,2024-03-07,1\nB,2024-03-07,10\nA,2024-03-08,2\nB,2024-03-08,20\nA,2024-03-11,3\n"


def write(folder: Path, text: str, name: str = "weather.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_a_wide_table_is_one_series(tmp_path: Path) -> None:
    reading = read_series(write(tmp_path, WIDE), target=["wind", "rain"])
    [series] = reading
    assert series.name == "weather"
    assert series.times.tolist() == np.array(["2012-01-01", "2012-01-02", "2012-01-03"], "M8[s]").tolist()
    assert series.target.tolist() == [[3, 0.5], [4.5, 0], [-1, 20]]
    assert series.target_names == ("wind", "rain")
    assert series.known.shape == (3, 0)
    assert series.step is not None
    assert series.step.code == "D"
    assert series.place.line == 2
    assert reading.time_column == "date"
    assert reading.notes == ["the time is column 'date'"]
    assert reading.kept == 1


def test_a_single_name_is_one_column(tmp_path: Path) -> None:
    path = write(tmp_path, WIDE)
    [series] = read_series(path, target="rain", known="wind")
    assert (series.target_names, series.known_names) == (("rain",), ("wind",))


def test_what_is_known_ahead_stands_apart(tmp_path: Path) -> None:
    [series] = read_series(write(tmp_path, WIDE), target=["rain"], known=["wind"])
    assert series.target.tolist() == [[0.5], [0], [20]]
    assert series.known.tolist() == [[3], [4.5], [-1]]
    assert (series.target_names, series.known_names) == (("rain",), ("wind",))


def test_a_long_table_is_many_series_in_any_order_of_rows(tmp_path: Path) -> None:
    reading = read_series(write(tmp_path, LONG), series="symbol")
    first, second = reading
    assert (first.name, first.target[:, 0].tolist()) == ("A", [1, 2, 3])
    assert (second.name, second.target[:, 0].tolist()) == ("B", [10, 20])
    assert first.step is not None
    assert first.step.code == "B"
    assert (first.place.line, second.place.line) == (2, 3)
    assert reading.target_columns == ("close",)
    assert reading.notes == ["the time is column 'date'", "the target is column 'close'"]


def test_all_formats_give_the_same_series(tmp_path: Path) -> None:
    lines = ['{"date": "2012-01-01", "rain": 0.5}', '{"date": "2012-01-02", "rain": 2}']
    table = "date,rain\n2012-01-01,0.5\n2012-01-02,2\n"
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(table.encode()))
    polars.DataFrame({"date": ["2012-01-01", "2012-01-02"], "rain": [0.5, 2.0]}).with_columns(
        polars.col("date").str.to_date()
    ).write_parquet(tmp_path / "a.parquet")
    paths = [
        write(tmp_path, table, "a.csv"),
        write(tmp_path, "\ufeff" + table.replace("\n", "\r\n"), "b.csv"),
        tmp_path / "a.csv.gz",
        write(tmp_path, table.replace(",", "\t"), "a.tsv"),
        write(tmp_path, "\n".join(lines), "a.jsonl"),
        tmp_path / "a.parquet",
    ]
    for path in paths:
        [series] = read_series(path)
        assert series.target[:, 0].tolist() == [0.5, 2.0], path
        assert str(series.times[1]) == "2012-01-02T00:00:00"


def test_a_table_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    reading = read_series(write(tmp_path, "2012-01-01,0.5\n2012-01-02,2\n"))
    [series] = reading
    assert series.target_names == ("column_2",)
    assert reading.notes[0] == "no header: the columns are called column_1, column_2"
    assert series.place.line == 1


def test_integers_may_be_times(tmp_path: Path) -> None:
    [series] = read_series(write(tmp_path, "time,x\n10,1\n20,2\n30,3\n"))
    assert series.times.tolist() == [10, 20, 30]
    assert series.times.dtype == np.int64
    assert str(series.step) == "10"


@pytest.mark.parametrize(
    ("table", "time"),
    [
        ("when,x\n2012-01-01,1\n2012-01-02,2\n", "when"),
        ("Timestamp,year,x\n2012-01-01,2012,1\n2012-01-02,2012,2\n", "Timestamp"),
        ("ds,y\n5,1\n6,2\n", "ds"),
        ("x,year\n1,2001\n2,2002\n", "year"),
    ],
)
def test_the_time_is_guessed_by_its_name_or_as_the_only_dates(tmp_path: Path, table: str, time: str) -> None:
    path = write(tmp_path, table)
    assert read_series(path, target=["y" if "y\n" in table else "x"]).time_column == time


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (
            WIDE,
            {},
            "cannot tell which column to forecast (columns of numbers: rain, wind); name one or more of",
        ),
        (
            "date,sky\n2012-01-01,sun\n",
            {},
            "cannot tell which column to forecast (no column of numbers is left)",
        ),
        (
            "a,b\n1,2\n3,4\n",
            {},
            "cannot tell which column is the time (no column looks like one); name one of a",
        ),
        (
            "begin,end,x\n2012-01-01,2012-01-02,1\n",
            {},
            "cannot tell which column is the time (it may be begin or end); name one of begin, end, x",
        ),
        (
            WIDE,
            {"target": ["rian"]},
            "no column 'rian' for the target; the columns are date, rain, wind, sky; did",
        ),
        (WIDE, {"time": "day"}, "no column 'day' for the time; the columns are date, rain, wind, sky"),
        (WIDE, {"series": "city", "target": ["rain"]}, "no column 'city' for the series"),
    ],
)
def test_what_cannot_be_told_is_asked_for(
    tmp_path: Path, table: str, options: dict[str, object], message: str
) -> None:
    path = write(tmp_path, table)
    with pytest.raises(DataError) as caught:
        read_series(path, **options)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_column_cannot_be_two_things(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^known: column 'rain' is already the target\.$"):
        read_series(write(tmp_path, WIDE), target=["rain"], known=["rain"])
    with pytest.raises(UsageError, match="expected one of error, drop, got 'skip'"):
        read_series(write(tmp_path, WIDE), target=["rain"], missing="skip")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2012-01-04,n/a,1,sun", "{path}:5: column 'rain': expected a number, got 'n/a'."),
        ("2012-01-04,NaN,1,sun", "{path}:5: column 'rain': expected a number, got 'NaN'."),
        ("2012-01-04,inf,1,sun", "{path}:5: column 'rain': expected a number, got 'inf'."),
        ("2012-01-04,1_000,1,sun", "{path}:5: column 'rain': expected a number, got '1_000'."),
        (
            "2012-01-04,,1,sun",
            "{path}:5: column 'rain' is empty; fill it, or leave such rows out with missing=\"drop\".",
        ),
        (",1,1,sun", "{path}:5: column 'date' is empty; every row needs its time."),
        (
            "4.1.2012,1,1,sun",
            "{path}:5: column 'date': expected a time like '2012-01-01' in the first row, got '4.1.2012'.",
        ),
        (
            "2011-12-31,1,1,sun",
            "{path}:5: the time 2011-12-31 comes after 2012-01-03; sort the rows by 'date'.",
        ),
        (
            "2012-01-02,1,1,sun",
            "{path}:5: the time 2012-01-02 is there already in line 3; if the table holds several series, "
            "name the column that tells them apart with `series`.",
        ),
        ("2012-01-04,1,1", "{path}:5: expected 4 fields (date, rain, wind, sky), got 3; "),
    ],
)
def test_a_faulty_row_is_named_with_its_column(tmp_path: Path, row: str, message: str) -> None:
    path = write(tmp_path, f"{WIDE}{row}\n")
    with pytest.raises(DataError) as caught:
        list(read_series(path, target=["rain"]))
    assert str(caught.value).startswith(message.format(path=path))


def test_columns_that_are_not_used_may_hold_anything(tmp_path: Path) -> None:
    [series] = read_series(write(tmp_path, f"{WIDE}2012-01-04,1,,\n"), target=["rain"])
    assert series.target.shape == (4, 1)


def test_order_is_looked_at_within_each_series(tmp_path: Path) -> None:
    path = write(tmp_path, f"{LONG}B,2024-03-07,30\n")
    with pytest.raises(DataError) as caught:
        list(read_series(path, series="symbol"))
    assert str(caught.value) == (f"{path}:7: the time 2024-03-07 of series 'B' is there already in line 3.")


def test_rows_with_an_empty_cell_can_be_dropped(tmp_path: Path) -> None:
    path = write(tmp_path, f"{WIDE}2012-01-04,,1,sun\n2012-01-05,nan,1,sun\n,1,1,sun\n2012-01-06,7,1,sun\n")
    reading = read_series(path, target=["rain"], missing="drop")
    [series] = reading
    assert series.target[:, 0].tolist() == [0.5, 0, 20, 7]
    assert reading.dropped == {"with no value in 'rain'": 2, "with no value in 'date'": 1}
    assert reading.notes[-1] == (
        f"{path}:8: series 'weather': 1 gap in steps of 1 day, the first after 2012-01-03"
    )


def test_a_table_of_empty_rows_only_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "date,rain\n2012-01-01,\n")
    with pytest.raises(DataError, match="no row is left: every one has an empty cell"):
        list(read_series(path, target=["rain"], missing="drop"))


def test_gaps_and_disorder_are_noted_not_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "time,x\n1,0\n2,0\n3,0\n7,0\n8,0\n10,0\n11,0\n")
    reading = read_series(path)
    [series] = reading
    assert str(series.step) == "1"
    assert reading.notes[-1] == f"{path}:5: series 'weather': 2 gaps in steps of 1, the first after 3"
    path = write(
        tmp_path, "time,x\n2012-01-01 00:00,0\n2012-01-01 00:10,0\n2012-01-01 00:20,0\n2012-01-01 00:27,0\n"
    )
    reading = read_series(path)
    [series] = reading
    assert series.step is None
    assert reading.notes[-1] == (
        f"{path}:5: series 'weather': irregular: 1 step of 3 differ from the usual 10 minutes, "
        "the first after 2012-01-01 00:20:00"
    )


def test_a_second_pass_gives_the_same_and_notes_nothing_twice(tmp_path: Path) -> None:
    reading = read_series(write(tmp_path, "time,x\n1,0\n2,0\n4,0\n5,0\n"))
    [first] = reading
    notes = reading.notes
    [second] = reading
    np.testing.assert_array_equal(first.times, second.times)
    assert reading.notes == notes
