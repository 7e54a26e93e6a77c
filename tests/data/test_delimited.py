"""CSV and TSV: fields as they were written, lines as an editor counts them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data.delimited import MOST_COLUMNS
from remy.data.tables import open_table
from remy.errors import DataError


def rows(path: Path) -> list[list[str]]:
    return [list(row.values.values()) for row in open_table(path)]


def starts(path: Path) -> list[int]:
    return [row.place.line for row in open_table(path)]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
tables = st.lists(st.tuples(cells, cells, st.just("x")), min_size=1, max_size=6)


# Before Python 3.13 the writer leaves a lone CR unquoted if that is no part of its line end.
@given(tables, st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]))
def test_what_the_csv_module_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str, str]], style: tuple[str, int]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    file = io.StringIO()
    csv.writer(file, lineterminator=style[0], quoting=style[1]).writerows(
        [("text", "other", "label"), *table]
    )
    path.write_bytes(file.getvalue().encode())
    assert rows(path) == [list(row) for row in table]


@given(st.lists(st.tuples(cells, st.just("x"), st.just("y")), min_size=1, max_size=6))
def test_what_the_csv_module_writes_with_tabs_comes_back_but_for_lone_returns(
    tmp_path_factory: pytest.TempPathFactory, table: list[tuple[str, str, str]]
) -> None:
    table = [(first.replace("\r", ""), second, third) for first, second, third in table]
    path = tmp_path_factory.mktemp("tsv") / "a.tsv"
    file = io.StringIO()
    csv.writer(file, delimiter="\t", lineterminator="\n").writerows([("text", "other", "label"), *table])
    path.write_bytes(file.getvalue().encode())
    assert rows(path) == [list(row) for row in table]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_over_empty_ones_and_quoted_breaks(tmp_path: Path, line_end: str) -> None:
    path = tmp_path / "a.csv"
    text = 'text,label\none,x\n\n"two\nlines",y\n"three\n\nlines",z\nfour,x\n'
    path.write_bytes(text.replace("\n", line_end).encode())
    assert starts(path) == [2, 4, 6, 9]
    assert rows(path)[1] == [f"two{line_end}lines", "y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "text,label\none,x\n\ntwo\n",
            "{path}:4: expected 2 fields (text, label), got 1; a field that holds the delimiter or a line "
            "break must stand in double quotes.",
        ),
        (
            'text,label\n"a\nb",x\none, two,x\n',
            "{path}:4: expected 2 fields (text, label), got 3; a field that holds the delimiter or a line "
            "break must stand in double quotes.",
        ),
        (
            'text,label\none,x\n"two,x\nthree,x\n',
            "{path}:3: a double quote that begins a field here is never closed.",
        ),
        (
            'text,label\none,x\n"two" three,x\n',
            "{path}:3: text behind a field's closing double quote; inside a quoted field write "
            "a quote twice.",
        ),
        ("text,label\n", "{path}: a header (text, label) without rows."),
        ("text,label\n\n\n", "{path}: a header (text, label) without rows."),
        ("\n\n", "{path}: the file has only empty lines."),
        ("text,label,text\na,b,c\n", "{path}:1: the column name 'text' occurs twice."),
    ],
)
def test_a_faulty_table_gets_the_line_and_the_way_out(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(DataError) as caught:
        rows(path)
    assert str(caught.value) == message.format(path=path)


def test_a_fault_behind_the_first_hundred_rows_is_raised_only_when_reached(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "one,x\n" * 200 + "two\n")
    table = iter(open_table(path))
    for _ in range(200):
        next(table)
    with pytest.raises(DataError, match=r"a\.csv:202: expected 2 fields"):
        next(table)


def test_semicolons_and_tabs_are_seen_where_there_is_no_comma(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text;label\n1,5 Sterne;x\n")
    table = open_table(path)
    assert table.columns == ("text", "label")
    assert table.notes == ("no commas in the first line: read as separated by semicolons",)
    assert rows(path) == [["1,5 Sterne", "x"]]
    path.write_text("text\tlabel\none, two\tx\n")
    assert rows(path) == [["one, two", "x"]]


def test_a_field_may_be_longer_than_the_csv_module_likes(tmp_path: Path) -> None:
    for name in ("a.csv", "a.tsv"):
        csv.field_size_limit(131_072)  # as a fresh interpreter has it
        path = tmp_path / name
        delimiter = "," if name == "a.csv" else "\t"
        path.write_text(f'text{delimiter}label\n"{"long " * 200_000}"{delimiter}x\n')
        assert len(rows(path)[0][0]) == 1_000_000


def test_columns_without_a_name_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",text\n0,one\n")
    assert open_table(path).columns == ("column_1", "text")


def test_a_table_without_a_header_is_said_to_have_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Loved this place.,1\nCrust is not good.,0\n")
    table = open_table(path)
    assert table.columns == ("column_1", "column_2")
    assert table.notes == ("no header: the columns are called column_1, column_2",)
    assert rows(path) == [["Loved this place.", "1"], ["Crust is not good.", "0"]]
    assert starts(path) == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('text\tlabel\n"Yes" she said\tx\n', [['"Yes" she said', "x"]]),
        (
            'text\tlabel\n"Yes, she said\tx\nand 5" pipes\ty\n',
            [['"Yes, she said', "x"], ['and 5" pipes', "y"]],
        ),
        ('text\tlabel\n"say ""hi"""\tx\n', [['say "hi"', "x"]]),
        ('text\tlabel\n"two\nlines"\tx\nthree\ty\n', [["two\nlines", "x"], ["three", "y"]]),
        ('label\ttext\nx\t"two\nlines"\ny\tthree\n', [["x", "two\nlines"], ["y", "three"]]),
        ('a\ttext\tb\nx\t"two\nlines"\ty\n', [["x", "two\nlines", "y"]]),
        ('text\tlabel\nlast\t"open\n', [["last", '"open']]),
    ],
)
def test_quotes_of_a_tsv_file_count_only_where_they_obey_the_rules(
    tmp_path: Path, text: str, expected: list[list[str]]
) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(text)
    assert rows(path) == expected


def test_lines_of_a_tsv_file_are_counted_over_quoted_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('text\tlabel\n"two\nlines"\tx\nthree\ty\n\nfour\n')
    with pytest.raises(DataError, match=r"a\.tsv:6: expected 2 fields"):
        rows(path)
    path.write_text('text\tlabel\n"two\nlines"\tx\nthree\ty\n\nfour\tz\n')
    assert starts(path) == [2, 4, 6]


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_too_many_columns_are_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"wide.{ending}"
    between = "," if ending == "csv" else "\t"
    for count in (MOST_COLUMNS, MOST_COLUMNS + 1):
        names = between.join(f"c{number}" for number in range(count))
        path.write_text(f"{names}\n{between.join('1' * count)}\n", encoding="utf-8")
        if count == MOST_COLUMNS:
            assert len(open_table(path).columns) == count
    with pytest.raises(DataError, match=r":1: expected at most 10,000 columns, got 10,001\."):
        open_table(path)
