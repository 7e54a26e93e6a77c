"""Which reader a file gets."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest

from remy.data.tables import ending, open_table
from remy.errors import DataError, UsageError

CONTENTS = {
    "csv": "text,label\none,x\n",
    "tsv": "text\tlabel\none\tx\n",
    "jsonl": '{"text": "one", "label": "x"}\n',
}


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("a.tsv", "tsv"),
        ("a.tab", "tsv"),
        ("a.jsonl", "jsonl"),
        ("a.ndjson", "jsonl"),
    ],
)
def test_the_ending_tells_the_format_packed_or_not(tmp_path: Path, name: str, format: str) -> None:
    data = CONTENTS[format].encode()
    (tmp_path / name).write_bytes(data)
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
    for path in (tmp_path / name, tmp_path / f"{name}.gz"):
        table = open_table(path)
        assert table.format == format
        assert [row.values for row in table] == [{"text": "one", "label": "x"}]
        assert table.stem == "a"


@pytest.mark.parametrize(
    ("location", "expected"),
    [("a.csv", ".csv"), ("b/a.b.CSV.GZ", ".csv"), ("a.gz", ""), ("a", ""), ("-", "")],
)
def test_the_ending_leaves_gz_aside(location: str, expected: str) -> None:
    assert ending(location) == expected


def test_an_unknown_ending_needs_the_format(tmp_path: Path) -> None:
    path = tmp_path / "reviews.dat"
    path.write_text(CONTENTS["csv"])
    with pytest.raises(
        DataError, match=r"the ending does not tell the format; expected \.csv, .*`format`\.$"
    ):
        open_table(path)
    assert open_table(path, format="csv").columns == ("text", "label")
    with pytest.raises(UsageError, match="did you mean 'csv'"):
        open_table(path, format="cvs")


def test_standard_input_is_text_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for format, expected in (
        (None, [{"text": "text,label"}, {"text": "one,x"}]),
        ("csv", [{"text": "one", "label": "x"}]),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONTENTS["csv"].encode())))
        assert [row.values for row in open_table("-", format=format)] == expected


def test_columns_on_standard_input_need_a_format() -> None:
    with pytest.raises(UsageError) as caught:
        open_table("-", named=["text", "label"])
    assert str(caught.value) == (
        "format: to find the columns text, label on standard input, say which of csv, tsv and jsonl it is."
    )


def test_a_text_file_with_tabs_in_every_line_is_tsv_where_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("So there is no way.\t0\nGood case.\t1\n")
    assert open_table(path).format == "text"
    table = open_table(path, tabs=True)
    assert table.format == "tsv"
    assert table.notes[0] == "every line has tabs: read as TSV"
    assert [row.place.line for row in table] == [1, 2]
    assert open_table(path, tabs=True, format="text").format == "text"
