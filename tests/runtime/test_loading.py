"""From a path to a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from remy import runtime
from remy.errors import ModelFileError
from remy.io import model_file
from tests.runtime import small_models


def test_a_run_directory_and_its_file_give_the_same_model(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model_file.write(path, small_models.model_file())
    directory, single = runtime.load(tmp_path), runtime.load(str(path))
    assert directory.predict("ROMEO") == single.predict("ROMEO")
    assert directory.info()["path"] == str(path)


def test_a_model_can_be_moved(tmp_path: Path) -> None:
    model_file.write(tmp_path / "other name", small_models.model_file())
    assert runtime.load(tmp_path / "other name").predict("a")


def test_a_loaded_model_predicts_as_the_one_in_memory(tmp_path: Path) -> None:
    small = small_models.model_file(cell="gru", residual=True)
    model_file.write(tmp_path / "m", small)
    assert runtime.load(tmp_path / "m").predict("ROMEO") == runtime.LanguageModel(small).predict("ROMEO")


def test_a_directory_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelFileError, match=r"has no model\.safetensors; expected a directory that `remy train`"
    ):
        runtime.load(tmp_path)


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"nothing: no such file\.$"):
        runtime.load(tmp_path / "nothing")


def test_a_text_file_is_not_taken_for_a_model(tmp_path: Path) -> None:
    path = tmp_path / "input.txt"
    path.write_text("First Citizen:\nBefore we proceed any further, hear me speak.\n")
    with pytest.raises(ModelFileError, match="not a safetensors file, or damaged"):
        runtime.load(path)


def test_an_unknown_task_is_named(tmp_path: Path) -> None:
    model_file.write(tmp_path / "m", replace(small_models.model_file(), task="translator"))
    with pytest.raises(ModelFileError, match=r"expected a task out of language_model, .* got 'translator'"):
        runtime.load(tmp_path / "m")
