"""Pairs of texts from parallel files and from tables."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from remy.data.check import check
from remy.data.formats import guess_kind
from remy.data.pairs import parallel_files, read_pairs
from remy.errors import DataError, UsageError


def texts(location: str | Path, **options: str) -> list[tuple[str, str]]:
    return [(pair.source, pair.target) for pair in read_pairs(location, **options)]


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_parallel_files_pair_line_with_line(tmp_path: Path) -> None:
    source = write(tmp_path, "a.de", "Ein Hund.\r\n  Zwei Katzen. \nDrei, vier.")
    with gzip.open(tmp_path / "a.en.gz", "wt", encoding="utf-8") as file:
        file.write("A dog.\nTwo cats.\nThree, four.\n")
    location = f"{source},{tmp_path / 'a.en.gz'}"
    reading = read_pairs(location)
    found = list(reading)
    assert [(pair.source, pair.target) for pair in found] == [
        ("Ein Hund.", "A dog."),
        ("Zwei Katzen.", "Two cats."),
        ("Drei, vier.", "Three, four."),
    ]
    assert [str(pair.place) for pair in found] == [f"{source}:{number}" for number in (1, 2, 3)]
    assert guess_kind(location).kind == "pairs"
    assert reading.columns is None


@pytest.mark.parametrize(("first", "second"), [(3, 2), (2, 3), (1, 0), (5, 1)])
def test_files_of_unequal_line_counts_are_refused_with_both(tmp_path: Path, first: int, second: int) -> None:
    source = write(tmp_path, "a.de", "x\n" * first)
    target = write(tmp_path, "a.en", "y\n" * second if second else " \n")
    second = max(second, 1)
    if first == second:
        assert read_pairs(f"{source},{target}").kept == 0
        return
    with pytest.raises(
        DataError, match=rf"a\.de: {first} lines, but .*a\.en has {second}; expected one line"
    ):
        texts(f"{source},{target}")


def test_pairs_with_an_empty_side_are_dropped_and_counted(tmp_path: Path) -> None:
    source = write(tmp_path, "a.de", "eins\n\ndrei\n \nfünf\n")
    target = write(tmp_path, "a.en", "one\ntwo\n\n \nfive\n")
    reading = read_pairs(f"{source},{target}")
    assert [(pair.source, pair.target) for pair in reading] == [("eins", "one"), ("fünf", "five")]
    assert dict(reading.dropped) == {"with an empty source": 2, "with an empty target": 1}


def test_two_columns_of_a_table_are_pairs(tmp_path: Path) -> None:
    rows = [{"id": 1, "letters": "cat", "sounds": "K AE T"}, {"id": 2, "letters": "dog", "sounds": "D AO G"}]
    path = write(tmp_path, "words.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert texts(path) == [("cat", "K AE T"), ("dog", "D AO G")]
    assert texts(path, source="sounds", target="letters")[0] == ("K AE T", "cat")
    assert guess_kind(path).kind == "pairs"
    table = write(tmp_path, "words.csv", "de,en\nHund,dog\nKatze,cat\n")
    reading = read_pairs(table)
    assert next(iter(reading)).target == "dog"
    assert reading.columns == ("de", "en")
    assert guess_kind(table).kind == "pairs"
    assert texts(table, target="de") == [("dog", "Hund"), ("cat", "Katze")]


def test_texts_with_labels_are_no_pairs(tmp_path: Path) -> None:
    assert guess_kind(write(tmp_path, "a.csv", "text,label\nFine.,good\nBad.,bad\n")).kind == "text"


def test_a_path_with_a_comma_is_one_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b.csv", "source,target\nx,y\n")
    assert parallel_files(path) is None
    assert texts(path) == [("x", "y")]
    assert parallel_files(",b") is None


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    three = write(tmp_path, "three.csv", "one,two,three\na,b,c\n")
    with pytest.raises(DataError, match=r"cannot tell which columns are source and target.*one, two, three"):
        texts(three)
    with pytest.raises(DataError, match=r"no column 'tow' for the source; the columns are one, two, three"):
        texts(three, source="tow", target="one")
    with pytest.raises(UsageError, match="expected another column than the source's, got 'one' for both"):
        texts(three, source="one", target="one")
    with pytest.raises(DataError, match="got only 'one'"):
        texts(write(tmp_path, "one.csv", "one\na\n"))
    with pytest.raises(UsageError, match="have no columns; leave it out"):
        read_pairs(f"{three},{tmp_path / 'x'}", source="one")
    with pytest.raises(DataError, match="no such file"):
        texts(f"{three},{tmp_path / 'x'}")


def test_one_file_of_lines_has_no_pairs(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"a\.de: expected a table, or two files with a text a line as SOURCE"
    ):
        texts(write(tmp_path, "a.de", "eins\nzwei\n"))
    with pytest.raises(DataError, match=r"b\.de: no such file"):
        texts(tmp_path / "b.de")


def test_a_check_counts_what_is_odd(tmp_path: Path) -> None:
    path = write(tmp_path, "p.tsv", "source\ttarget\na b\tx\na b\ty\nc\t\nd\tz\nd\tz\n")
    report = check(path)
    assert report["kind"] == "pairs"
    assert report["kept"] == 4
    assert report["dropped"] == {"with an empty target": 1}
    assert report["lengths"]["max"] == 2
    assert report["problems"] == [
        "1 dropped with an empty target",
        "1 repeat an earlier pair",
        "1 repeat an earlier source with another target",
    ]
    other = write(tmp_path, "q.tsv", "source\ttarget\nd\tz\ne\tw\n")
    assert check(path, against=other)["against"]["shared"] == 1
