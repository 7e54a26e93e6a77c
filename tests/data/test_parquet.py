"""Parquet: rows in slices, cells as text."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import polars
import pytest

from remy.data import parquet
from remy.data.tables import open_table
from remy.errors import DataError, UsageError


def test_cells_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    polars.DataFrame(
        {
            "text": ["naïve", None],
            "n": [1.5, -2.0],
            "day": [datetime.date(2012, 1, 31), None],
            "at": [datetime.datetime(2012, 1, 31, 18), None],
            "ok": [True, False],
            "many": [[1, 2], []],
        }
    ).write_parquet(path)
    first, second = list(open_table(path))
    assert first.values == {
        "text": "naïve",
        "n": "1.5",
        "day": "2012-01-31",
        "at": "2012-01-31T18:00:00",
        "ok": "true",
        "many": "[1, 2]",
    }
    assert (second.values["text"], second.values["n"], second.values["day"]) == ("", "-2.0", "")
    assert (first.place.line, second.place.line) == (1, 2)


@pytest.mark.parametrize("count", [1, 7, 8, 20])
def test_slices_join_without_loss(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_SLICE", 4)
    path = tmp_path / "a.parquet"
    polars.DataFrame({"n": list(range(count))}).write_parquet(path)
    rows = list(open_table(path))
    assert [row.values["n"] for row in rows] == [str(number) for number in range(count)]
    assert [row.place.line for row in rows] == list(range(1, count + 1))


def test_what_is_no_parquet_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_text("text,label\n")
    with pytest.raises(DataError, match=r"a\.parquet: not a Parquet file, or damaged: "):
        open_table(path)
    with pytest.raises(DataError, match=r"b\.parquet: no such file\.$"):
        open_table(tmp_path / "b.parquet")
    with pytest.raises(UsageError, match="Parquet cannot come from standard input"):
        open_table("-", format="parquet")


def test_polars_is_not_loaded_before_it_is_needed() -> None:
    code = "import sys, remy.data, remy.datasets; print({'polars', 'sklearn', 'torch'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_no_rows_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    polars.DataFrame({"text": [], "label": []}).write_parquet(path)
    with pytest.raises(DataError, match=r"a header \(text, label\) without rows\.$"):
        open_table(path)
