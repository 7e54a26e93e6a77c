"""The .ts format of the UEA and UCR archives."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from remy.data import read_sequences
from remy.errors import DataError

HEADER = (
    "# from somewhere\n@problemName Two\n@timeStamps false\n@missing false\n@univariate false\n"
    "@dimensions 2\n@equalLength false\n@classLabel true a b\n\n@data\n"
)
RECORDS = "1.5,2,3:-1,0,1e-3:a\n\n4,5:6,7:b\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "two_TRAIN.ts"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_records_may_differ_in_length(tmp_path: Path, line_end: str) -> None:
    text = ("\ufeff" + HEADER + RECORDS).replace("\n", line_end)
    first, second = read_sequences(write(tmp_path, text))
    assert first.values.tolist() == [[1.5, -1], [2, 0], [3, pytest.approx(1e-3)]]
    assert second.values.tolist() == [[4, 6], [5, 7]]
    assert (first.label, second.label) == ("a", "b")
    assert (first.place.line, second.place.line) == (11, 13)
    (tmp_path / "a.ts.gz").write_bytes(gzip.compress(text.encode()))
    assert [record.label for record in read_sequences(tmp_path / "a.ts.gz")] == ["a", "b"]


def test_without_labels_the_last_part_is_a_dimension(tmp_path: Path) -> None:
    text = HEADER.replace("true a b", "false") + "1,2:3,4\n"
    [record] = read_sequences(write(tmp_path, text))
    assert record.label is None
    assert record.values.tolist() == [[1, 3], [2, 4]]


def test_a_univariate_file_has_one_dimension(tmp_path: Path) -> None:
    text = "@univariate true\n@classLabel true x\n@data\n1,2,3:x\n"
    [record] = read_sequences(write(tmp_path, text))
    assert record.values.shape == (3, 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1,?:2,3:a", "step 2 of dimension 1: expected a number, got '?' (a missing value; fill it)."),
        ("1,2:2,NaN:a", "step 2 of dimension 2: expected a number, got 'NaN' (a missing value; fill it)."),
        ("1,2:x,3:a", "step 1 of dimension 2: expected a number, got 'x'."),
        ("1,2:2,1e39:a", "step 2 of dimension 2: expected a number, got '1e39'."),
        ("1,2:a", "expected 2 dimensions between colons, got 1."),
        ("1,2:3,4:5,6:a", "expected 2 dimensions between colons, got 3."),
        ("1,2:3:a", "expected 2 steps in dimension 2 as in the first, got 1."),
        ("1,2:3,4:c", "expected one of the labels a, b, got 'c'."),
        ("1,2:3,4:5,6", "expected a label behind the last colon, got '5,6'."),
        ("1,2:3,4:", "expected a label behind the last colon, got ''."),
    ],
)
def test_a_malformed_record_is_named_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    path = write(tmp_path, f"{HEADER}{RECORDS}{line}\n")
    stream = iter(read_sequences(path))
    next(stream), next(stream)
    with pytest.raises(DataError) as caught:
        next(stream)
    assert str(caught.value) == f"{path}:14: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER, "{path}: a header without records: nothing follows @data."),
        ("@problemName x\n1,2:a\n", "{path}:2: expected a header line that begins with @, got '1,2:a'."),
        ("@problemName x\n", "{path}: expected a line @data, got none; is this a .ts file?"),
        (
            "@timeStamps true\n@data\n(0,1):a\n",
            "{path}:1: records with time stamps cannot be read; only plain",
        ),
        ("@classLabel a b\n@data\n1:a\n", "{path}:1: expected true or false after @classLabel, got 'a b'."),
        ("@dimensions none\n@data\n", "{path}:1: expected a number after @dimensions, got 'none'."),
    ],
)
def test_a_faulty_header_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        read_sequences(path)
    assert str(caught.value).startswith(message.format(path=path))
