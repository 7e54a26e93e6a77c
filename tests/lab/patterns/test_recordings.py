"""Recordings: those in the cache, or the one that the model file brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remy import datasets
from remy.lab.patterns.recordings import how_to_get, recordings

GOLDEN = {"input": [[0.5, 1.5], [2.5, 3.5]], "scores": [0.0]}
#: Three recordings of one speaker and one of another, two numbers a step.
TS = "@dimensions 2\n@classLabel true 1 2\n@data\n1,2:3,4:1\n5,6,7:8,9,10:1\n1:2:1\n1,2:3,4:2\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache from which nothing may be fetched."""

    def refuse(name: str) -> datasets.FileDataset:
        raise AssertionError(f"{name} would have been fetched")

    monkeypatch.setenv("REMY_CACHE", str(tmp_path))
    monkeypatch.setattr(datasets, "files", refuse)
    return tmp_path


def test_without_the_data_set_there_is_the_model_files_own_example(cache: Path) -> None:
    [only] = recordings("vowels", GOLDEN)
    assert only.right == ""
    assert "2 steps" in only.name
    np.testing.assert_array_equal(only.values, GOLDEN["input"])
    assert recordings("vowels", None) == ()


def test_without_the_data_set_it_is_said_how_to_get_it(cache: Path) -> None:
    said = how_to_get("vowels")
    assert said is not None
    assert "not in this user's cache" in said
    assert "datasets.files('vowels')" in said
    assert "aeon==1.6.0" in said


def test_with_the_data_set_there_are_two_recordings_of_each_speaker(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = cache / "test.ts"
    test.write_text(TS)
    archive = datasets.cache_folder() / datasets.describe("vowels").archive  # type: ignore[union-attr]
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"as good as one")
    found = datasets.FileDataset("vowels", test, test, (), "", "", "")
    monkeypatch.setattr(datasets, "files", lambda name: found)
    heard = recordings("vowels", GOLDEN)
    assert [(each.right, len(each.values)) for each in heard] == [("1", 2), ("1", 3), ("2", 2)]
    assert heard[1].values.tolist() == [[5, 8], [6, 9], [7, 10]]
    assert how_to_get("vowels") is None
