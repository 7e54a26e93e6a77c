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
    model_file.write(tmp_path / "m", replace(small_models.model_file(), task="telepath"))
    with pytest.raises(ModelFileError, match=r"expected a task out of language_model, .* got 'telepath'"):
        runtime.load(tmp_path / "m")


def test_the_task_is_read_without_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model_file.write(path, small_models.model_file())
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(ModelFileError, match="damaged: tensor"):
        runtime.load(tmp_path)
    assert runtime.task_of(tmp_path) == "language_model"


def test_the_task_of_what_is_no_model_is_refused_as_its_loading_is(tmp_path: Path) -> None:
    unknown = tmp_path / "m"
    model_file.write(unknown, replace(small_models.model_file(), task="telepath"))
    for path in (tmp_path, tmp_path / "nothing", unknown):
        with pytest.raises(ModelFileError) as loading:
            runtime.load(path)
        with pytest.raises(ModelFileError) as asking:
            runtime.task_of(path)
        assert str(asking.value) == str(loading.value)
