"""Checks: every kind of file, what is counted in it, and what is called a problem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.data import check
from remy.data.check import lines
from remy.errors import DataError, UsageError


def write(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(*arguments: Any, **options: Any) -> dict[str, Any]:
    """Return the report after it went through JSON, which must not change it; it must also be sayable."""
    report = check(*arguments, **options)
    assert json.loads(json.dumps(report)) == report
    assert all(isinstance(line, str) and "\n" not in line for line in lines(report))
    return report


def test_texts_are_counted_by_length_label_and_repetition(tmp_path: Path) -> None:
    train = write(tmp_path, "text,label\na b c,x\na b c,x\n a b c ,y\nd,x\n,x\ne,\nf g,y\n", "train.csv")
    test = write(tmp_path, "text,label\nnew,x\na b c,x\nd,z\nold,z\n", "test.csv")
    report = checked(train, against=test)
    assert report["kind"] == "text"
    assert report["columns"] == {"text": "text", "label": "label"}
    assert report["kept"] == 5
    assert report["dropped"] == {"with an empty text": 1, "with an empty label": 1}
    assert report["labels"] == {"x": 3, "y": 2}
    assert report["lengths"] == {"unit": "words", "min": 1, "median": 3.0, "mean": 2.4, "p90": 3.0, "max": 3}
    assert report["duplicates"] == {"same": 2, "conflicting": 1, "first": f"{train}:3 repeats line 2"}
    assert report["against"] == {
        "file": str(test),
        "records": 4,
        "shared": 2,
        "unknown_labels": {"z": 2},
        "first_shared": f"{test}:3",
    }
    assert report["problems"] == [
        "1 record repeats an earlier one with another label",
        f"2 of 4 records of {test} are in this file",
        f"{test} has labels this file has not: z",
    ]


def test_texts_without_labels_can_be_checked_too(tmp_path: Path) -> None:
    report = checked(write(tmp_path, "text\none two\nthree\n", "a.csv"))
    assert report["columns"] == {"text": "text", "label": None}
    assert "labels" not in report
    assert report["problems"] == []
    with pytest.raises(DataError, match="no column 'lable' for the label"):
        check(write(tmp_path, "text,label\none,x\n", "a.csv"), label="lable")


def test_a_single_class_and_no_record_are_problems(tmp_path: Path) -> None:
    report = checked(write(tmp_path, "text,label\none,x\ntwo,x\n", "a.csv"))
    assert report["problems"] == ["every label is 'x': there is nothing to tell apart"]
    report = checked(write(tmp_path, "text,label\n,x\n", "a.csv"))
    assert report["problems"] == ["no record is left"]


def test_sentences_are_counted_by_words_and_tags(tmp_path: Path) -> None:
    train = write(tmp_path, "a X\nb Y\n\nc X\n\na Y\nb Y\n\n", "train.conll")
    test = write(tmp_path, "c X\n\nd Z\nd Z\n\n", "test.conll")
    report = checked(train, against=test)
    assert (report["kind"], report["kept"], report["words"], report["different_words"]) == ("conll", 3, 5, 3)
    assert report["labels"] == {"Y": 3, "X": 2}
    assert report["duplicates"] == {"same": 1, "conflicting": 1, "first": f"{train}:6 repeats line 1"}
    assert report["against"]["shared"] == 1
    assert report["against"]["unknown_labels"] == {"Z": 2}


def test_the_faults_of_series_are_counted_with_the_first_of_each(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "date,rain,wind\n2012-01-01,1,1\n2012-01-02,,1\n2012-01-03,n/a,NaN\n2012-01-02,1,1\n2012-01-01,1,1\n"
        "2012-01-09,1,1\n2012-01-08,1,1\n",
        "a.csv",
    )
    report = checked(path)
    assert report["kind"] == "series"
    assert report["columns"] == {"time": "date", "series": None, "numbers": ["rain", "wind"]}
    assert report["faults"] == {"missing": 2, "unreadable": 1, "repeated": 2, "unsorted": 1}
    assert report["missing"] == {"rain": 2, "wind": 1}
    assert report["kept"] == 7
    assert report["problems"][0] == (
        f"2 missing values, the first: {path}:3: column 'rain' is empty; fill it, or leave such rows out "
        'with missing="drop".'
    )
    assert report["problems"][1].startswith(
        f"1 cell that is no number, the first: {path}:4: column 'rain': expected a number, got 'n/a'."
    )
    assert report["problems"][2].startswith(f"2 repeated times, the first: {path}:5: the time 2012-01-02 is")
    assert report["problems"][3].startswith(f"1 time out of order, the first: {path}:8: the time 2012-01-08")


def test_gaps_and_steps_of_each_series_are_reported(tmp_path: Path) -> None:
    train = write(tmp_path, "who,time,x\na,1,0\nb,1,0\na,2,0\na,4,0\na,5,0\nb,7,0\nb,9,0\nb,30,0\n", "a.csv")
    test = write(tmp_path, "who,time,x\na,5,0\na,6,0\nb,5,0\nc,1,0\n", "b.csv")
    report = checked(train, against=test, series="who")
    assert report["series"] == [
        {"name": "a", "rows": 4, "first": "1", "last": "5", "step": "1", "breaks": 1},
        {"name": "b", "rows": 4, "first": "1", "last": "30", "step": None, "breaks": 2},
    ]
    assert report["against"] == {"file": str(test), "records": 4, "shared": 1, "unknown_series": ["c"]}
    assert report["problems"] == [
        f"1 of 4 times of {test} are in this file",
        f"{test} has series this file has not: c",
    ]


def test_the_times_of_two_tables_of_one_series_are_compared_whatever_their_names(tmp_path: Path) -> None:
    train = write(tmp_path, "time,x\n1,0\n2,0\n3,0\n", "train.csv")
    test = write(tmp_path, "time,x\n3,0\n4,0\n", "test.csv")
    report = checked(train, against=test)
    assert report["against"] == {"file": str(test), "records": 2, "shared": 1, "unknown_series": []}
    assert report["problems"] == [f"1 of 2 times of {test} are in this file"]


def test_sequences_are_counted_by_steps(tmp_path: Path) -> None:
    x = np.arange(24.0).reshape(4, 3, 2)
    x[3] = x[0]
    np.savez(tmp_path / "a.npz", x=x, y=["p", "p", "q", "q"], lengths=[3, 2, 1, 3])
    np.savez(tmp_path / "b.npz", x=x[1:2], y=["r"], lengths=[2])
    report = checked(tmp_path / "a.npz", against=tmp_path / "b.npz")
    assert (report["kind"], report["kept"], report["features"]) == ("sequences", 4, 2)
    assert (report["lengths"]["min"], report["lengths"]["max"]) == (1, 3)
    assert report["labels"] == {"p": 2, "q": 2}
    assert (report["duplicates"]["same"], report["duplicates"]["conflicting"]) == (1, 1)
    assert (report["against"]["shared"], report["against"]["unknown_labels"]) == (1, {"r": 1})


def test_running_text_is_counted_by_lines_and_characters(tmp_path: Path) -> None:
    path = write(tmp_path, "To be\nor not\n", "a.txt")
    report = checked(path)
    assert (report["kind"], report["kept"], report["characters"], report["words"]) == ("plain", 2, 13, 4)
    with pytest.raises(UsageError, match="running text has no records to compare"):
        check(path, against=path)


def test_a_kind_and_its_options_can_be_said(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,c\none,x,2012\ntwo,y,2013\n", "a.csv")
    assert checked(path, text="a", label="b")["reason"] == "`text` was given"
    assert checked(path, kind="text", text="a", label="b")["reason"] == "as asked for"
    with pytest.raises(UsageError, match=r"not an option of a check of kind text; .* did you mean 'label'"):
        check(path, kind="text", lable="b")
    with pytest.raises(UsageError, match="did you mean 'text'"):
        check(path, kind="txt")
    with pytest.raises(UsageError, match="expected the path of a file, got standard input"):
        check("-")


def test_a_faulty_file_is_an_error_not_a_report(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.csv:3: expected 2 fields"):
        check(write(tmp_path, "text,label\none,x\ntwo\n", "a.csv"))
    with pytest.raises(DataError, match=r"b\.csv: no such file"):
        check(tmp_path / "b.csv")


def test_a_person_is_told_what_the_report_says(tmp_path: Path) -> None:
    path = write(tmp_path, "text,label\none two,x\none two,y\nthree,x\n,x\n", "a.csv")
    assert lines(check(path)) == [
        f"{path}: texts with labels (.csv with a text column 'text')",
        "note: the text is column 'text'",
        "note: the label is column 'label'",
        "3 records kept; 1 dropped: 1 with an empty text",
        "length in words: 1 to 2, median 2, mean 1.67, nine in ten up to 2",
        "label x: 2 (66.7 %)",
        "label y: 1 (33.3 %)",
        f"duplicates: 1 ({path}:3 repeats line 2), of these 1 with another label",
        "problem: 1 record repeats an earlier one with another label",
    ]


def test_many_labels_and_series_are_not_all_listed(tmp_path: Path) -> None:
    text = write(tmp_path, "text,label\n" + "".join(f"t{i},l{i}\n" for i in range(20)), "a.csv")
    assert "and 8 more labels" in lines(check(text))
    table = write(tmp_path, "who,time,x\n" + "".join(f"s{i},1,0\n" for i in range(12)), "b.csv")
    assert "and 2 more series" in lines(check(table, series="who"))
