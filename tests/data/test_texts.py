"""Texts and labels: which columns, which records, what is counted."""

from __future__ import annotations

import gzip
import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest

from remy.data import read_texts
from remy.errors import DataError, UsageError


def write(folder: Path, text: str, name: str = "reviews.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def pairs(path: Path | str, **options: object) -> list[tuple[str, str | None]]:
    return [(record.text, record.label) for record in read_texts(path, **options)]  # type: ignore[arg-type]


def test_all_formats_give_the_same_records(tmp_path: Path) -> None:
    expected = [("Crisp, hot.", "good"), ("Two\nlines", "bad")]
    columns = {"text": ["Crisp, hot.", "Two\nlines"], "label": ["good", "bad"]}
    csv = 'text,label\n"Crisp, hot.",good\n"Two\nlines",bad\n'
    jsonl = '{"text": "Crisp, hot.", "label": "good"}\n{"text": "Two\\nlines", "label": "bad"}\n'
    polars.DataFrame(columns).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(csv.encode()))
    paths = [
        write(tmp_path, csv),
        tmp_path / "a.csv.gz",
        write(tmp_path, csv.replace("\n", "\r\n").replace("Two\r\n", "Two\n"), "crlf.csv"),
        write(tmp_path, "\ufeff" + csv, "bom.csv"),
        write(tmp_path, csv.replace(",", "\t", 1).replace(",g", "\tg").replace(",b", "\tb"), "a.tsv"),
        write(tmp_path, jsonl, "a.jsonl"),
        tmp_path / "a.parquet",
    ]
    for path in paths:
        assert pairs(path) == expected, path
        reading = read_texts(path)
        assert (reading.text_column, reading.label_column) == ("text", "label")


def test_a_record_knows_its_row_and_place(tmp_path: Path) -> None:
    path = write(tmp_path, "id,text,label\n7,one, x \n")
    [record] = read_texts(path)
    assert record.row == {"id": "7", "text": "one", "label": " x "}
    assert (record.label, str(record.place)) == ("x", f"{path}:2")


@pytest.mark.parametrize(
    ("header", "text", "label"),
    [
        ("text,label", "text", "label"),
        ("Label,Text", "Text", "Label"),
        ("id,review,stars", "review", "stars"),
        ("title,text,headline,category", "text", "category"),
        ("sentence,answer", "sentence", "answer"),
        ("words,class", "words", "class"),
    ],
)
def test_columns_are_guessed_by_usual_names_or_as_the_other_of_two(
    tmp_path: Path, header: str, text: str, label: str
) -> None:
    path = write(tmp_path, f"{header}\n{','.join('abcd'[: header.count(',') + 1])}\n")
    reading = read_texts(path)
    assert (reading.text_column, reading.label_column) == (text, label)
    assert reading.notes == [f"the text is column '{text}'", f"the label is column '{label}'"]


def test_of_two_unknown_columns_the_wordier_is_the_text(tmp_path: Path) -> None:
    path = write(tmp_path, "answer,said\nyes,I do like it\nno,I do not\nyes,Quite so\n")
    assert read_texts(path).text_column == "said"


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("a,b,c", {}, "cannot tell which column is the text; name one of a, b, c with `text`."),
        ("text,b,c", {}, "cannot tell which column is the label; name one of text, b, c with `label`."),
        ("review,comment,c", {}, "cannot tell which column is the text; name one of review, comment, c with"),
        ("text,class,category", {}, "cannot tell which column is the label; name one of"),
        (
            "text,sentiment,c",
            {"label": "sentimant"},
            "no column 'sentimant' for the label; the columns are text, sentiment, c; "
            "did you mean 'sentiment'?",
        ),
        ("text,label,c", {"text": "q"}, "no column 'q' for the text; the columns are text, label, c."),
        ("text", {}, "expected a column of texts and one of labels, got only 'text'."),
    ],
)
def test_what_cannot_be_told_is_asked_for(
    tmp_path: Path, header: str, options: dict[str, str], message: str
) -> None:
    path = write(tmp_path, f"{header}\n{','.join('xyz'[: header.count(',') + 1])}\n")
    with pytest.raises(DataError) as caught:
        read_texts(path, **options)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_one_column_cannot_be_both(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected another column than the text's, got 'text' for both"):
        read_texts(write(tmp_path, "text,label\na,b\n"), text="text", label="text")


def test_named_columns_need_no_usual_name(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b,c\none,two,three\n")
    reading = read_texts(path, text="c", label="a")
    assert pairs(path, text="c", label="a") == [("three", "one")]
    assert (reading.text_column, reading.label_column, reading.notes) == ("c", "a", [])


def test_records_without_text_or_label_are_dropped_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, 'text,label\none,x\n"  ",x\n,x\nfour,\nfive, \nsix,y\n')
    reading = read_texts(path)
    assert [record.text for record in reading] == ["one", "six"]
    assert reading.kept == 2
    assert reading.dropped == {"with an empty text": 2, "with an empty label": 2}
    assert reading.summary() == "2 records kept; 4 dropped: 2 with an empty label, 2 with an empty text"


def test_without_labels_none_is_guessed_but_a_named_one_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "text,label\none,x\ntwo,\n")
    reading = read_texts(path, labelled=False)
    assert [(record.text, record.label) for record in reading] == [("one", None), ("two", None)]
    assert reading.label_column is None
    assert pairs(path, labelled=False, label="label") == [("one", "x"), ("two", None)]
    single = write(tmp_path, "remark\none\n", "single.csv")
    assert pairs(single, labelled=False) == [("one", None)]


def test_a_table_without_a_header_is_read_by_numbered_columns(tmp_path: Path) -> None:
    path = write(tmp_path, "Loved this place.,1\nCrust is not good.,0\n")
    reading = read_texts(path)
    assert [(record.text, record.label) for record in reading] == [
        ("Loved this place.", "1"),
        ("Crust is not good.", "0"),
    ]
    assert "no header: the columns are called column_1, column_2" in reading.notes
    assert pairs(path, text="column_1", label="column_2")[0] == ("Loved this place.", "1")


def test_plain_text_is_a_text_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, "one, two\r\n\r\nthree\r\n", "a.txt")
    reading = read_texts(path, labelled=False)
    assert [(record.text, record.place.line) for record in reading] == [("one, two", 1), ("three", 3)]
    assert reading.dropped == {"with an empty text": 1}
    assert reading.notes == []
    with pytest.raises(DataError, match="expected a column of texts and one of labels"):
        read_texts(path)


def test_labels_behind_a_tab_in_a_text_file_are_found(tmp_path: Path) -> None:
    path = write(tmp_path, "So there is no way.\t0\nGood case.\t1\n", "amazon.txt")
    assert pairs(path) == [("So there is no way.", "0"), ("Good case.", "1")]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("text,label\n", "a.csv", "a.csv: a header (text, label) without rows."),
        ("text,label\none\n", "a.csv", "a.csv:2: expected 2 fields (text, label), got 1"),
        ('{"text": "a", "label": "b"}\n{"text"\n', "a.jsonl", "a.jsonl:2: not JSON: "),
        ("", "a.csv", "a.csv: the file is empty."),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, text: str, name: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        list(read_texts(write(tmp_path, text, name)))
    assert message in str(caught.value)


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"text,label\none,x\ncaf\xe9,y\n")
    with pytest.raises(DataError, match=r"a\.csv:3: not UTF-8: byte 0xe9 at byte 4"):
        list(read_texts(path))


def test_a_very_long_text_is_a_record_like_any_other(tmp_path: Path) -> None:
    [record] = read_texts(write(tmp_path, f"text,label\n{'long ' * 200_000},x\n"))
    assert len(record.text.split()) == 200_000


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"text,label\none,x\ntwo,y\n")))
    reading = read_texts("-", format="csv")
    assert reading.name == "standard input"
    assert [record.text for record in reading] == ["one", "two"]
    with pytest.raises(DataError, match="can be read only once"):
        list(reading)


def test_stopping_early_leaves_the_rest_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "text,label\n" + "one,x\n" * 5000)
    taken = 0
    from remy.data import lines

    original = lines._raw_lines

    def counted(location: str, name: str) -> Iterator[bytes]:
        nonlocal taken
        for line in original(location, name):
            taken += 1
            yield line

    monkeypatch.setattr(lines, "_raw_lines", counted)
    stream = iter(read_texts(path))
    for _ in range(10):
        next(stream)
    assert taken < 250


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_record_of_a_pipe_comes_before_the_next_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    first_taken = threading.Event()
    in_time: list[bool] = []

    def type_slowly() -> None:
        with open(path, "wb", buffering=0) as pipe:
            pipe.write(b"text,label\none,x\n")
            in_time.append(first_taken.wait(timeout=5))
            pipe.write(b"two,y\n")

    writer = threading.Thread(target=type_slowly)
    writer.start()
    stream = iter(read_texts(path))
    assert next(stream).text == "one"
    first_taken.set()
    assert [record.text for record in stream] == ["two"]
    writer.join()
    assert in_time == [True]
