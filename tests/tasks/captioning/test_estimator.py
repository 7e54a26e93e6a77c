"""The captioner in Python: paths, pictures and vectors in; captions, scores and a file out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import remy
from remy.errors import DataError, ShapeError, UsageError
from tests.tasks.captioning import toy

OPTIONS = {key: value for key, value in toy.SMALL.items() if key != "data.size"}


@pytest.fixture(scope="module")
def of_vectors() -> remy.Captioner:
    values, captions = toy.vectors(80)
    return remy.Captioner(options=OPTIONS).fit((values, captions))


def test_vectors_are_captioned_as_they_were_learned(of_vectors: remy.Captioner) -> None:
    values, captions = toy.vectors(12, seed=3)
    assert of_vectors.predict(values) == captions
    assert of_vectors.metrics["model"]["word_f1"] > 0.9
    assert of_vectors.evaluate((values, captions))["exact_match"] == 1.0


def test_a_picture_with_several_captions_is_scored_by_the_closest(of_vectors: remy.Captioner) -> None:
    values, captions = toy.vectors(12, seed=3)
    several = [["something else", one, "nothing"] for one in captions]
    assert of_vectors.evaluate((values, several))["exact_match"] == 1.0


def test_several_captions_come_with_scores(of_vectors: remy.Captioner) -> None:
    [found] = of_vectors.describe(np.eye(6)[:1], beam=4, n_best=3)
    assert len(found) == 3
    assert found[0].score >= found[1].score >= found[2].score


def test_a_saved_model_writes_the_same(of_vectors: remy.Captioner, tmp_path: Path) -> None:
    of_vectors.save(tmp_path / "m.safetensors")
    again = remy.load(tmp_path / "m.safetensors")
    assert isinstance(again, remy.Captioner)
    assert again.predict(np.eye(6)) == of_vectors.predict(np.eye(6))


def test_paths_are_read_as_arrays_are(tmp_path: Path) -> None:
    table = toy.folder(tmp_path, 60)
    paths = [tmp_path / f"shown/0-{number}.png" for number in range(60)]
    captions = toy.pictures(60)[1]
    options = {**OPTIONS, "train.epochs": 2}
    by_table = remy.Captioner(size=16, options=options).fit(table)
    by_paths = remy.Captioner(size=16, options=options).fit((paths, captions))
    assert by_table.predict(paths[:9]) == by_paths.predict(paths[:9])
    assert by_table.evaluate(table) == by_paths.evaluate((paths, captions))
    assert by_table.metrics["model"] == by_paths.metrics["model"]


def test_vectors_of_files_are_read(of_vectors: remy.Captioner, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.eye(6)[0])
    assert of_vectors.predict([tmp_path / "a.npy"]) == of_vectors.predict(np.eye(6)[:1])


def test_what_cannot_be_captioned_is_refused(of_vectors: remy.Captioner, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="call fit first"):
        remy.Captioner().predict(np.eye(6))
    with pytest.raises(UsageError, match="beam: expected at least 1, got 0"):
        of_vectors.predict(np.eye(6), beam=0)
    with pytest.raises(ShapeError, match=r"expected vectors of shape \(N, 6\)"):
        of_vectors.predict(np.eye(5))
    with pytest.raises(DataError, match=r"a\.png: no such file"):
        of_vectors.predict([tmp_path / "a.png"])
    with pytest.raises(UsageError, match="beam"):
        of_vectors.describe(np.eye(6), beam=2, n_best=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colours'"):
        remy.Captioner(colours=True)
