"""Pictures with their captions: parts, hashes, and a run's own copy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from remy.errors import DataError
from remy.tasks.captioning.corpus import reopen, to_bytes
from remy.tasks.captioning.given import corpus_of

WHOLE = corpus_of(np.eye(4), ["a", ["b", "c"], "d", ["e", "f"]], size=8, colour=False)


def test_a_part_has_the_captions_of_its_pictures_in_their_order() -> None:
    part = WHOLE.part(np.array([3, 0]), "some")
    assert part.each == [["e", "f"], ["a"]]
    assert part.captions == ("a", "e", "f")
    np.testing.assert_array_equal(part.values, np.eye(4)[[3, 0]])
    assert part.paths == ("3", "0")


def test_the_hash_changes_with_values_captions_and_whose_they_are() -> None:
    others = [
        replace(WHOLE, captions=("a", "b", "c", "d", "e", "g")),
        replace(WHOLE, rows=np.array([0, 1, 1, 2, 2, 3])),
        replace(WHOLE, values=WHOLE.values + np.float32(1e-3)),
    ]
    assert len({WHOLE.sha256, *(other.sha256 for other in others)}) == 4
    assert replace(WHOLE, name="other", paths=("w", "x", "y", "z")).sha256 == WHOLE.sha256


def test_a_copy_is_the_same_corpus(tmp_path: Path) -> None:
    (tmp_path / "train.npz").write_bytes(to_bytes(WHOLE))
    again = reopen(tmp_path / "train.npz")
    assert again.sha256 == WHOLE.sha256
    assert again.paths == WHOLE.paths
    assert again.are_vectors


def test_a_copy_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.npz: the run's own copy of its data is missing or damaged"):
        reopen(tmp_path / "train.npz")
    (tmp_path / "train.npz").write_bytes(to_bytes(WHOLE)[:100])
    with pytest.raises(DataError, match="missing or damaged"):
        reopen(tmp_path / "train.npz")
