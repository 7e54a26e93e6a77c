"""The golden example: replayed alike it passes, and a changed model does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remy import _core, runtime
from remy.errors import ModelFileError
from remy.io import model_file
from remy.runtime import LanguageModel
from tests.runtime import small_models

TEXT = "ROMEO!\nabcdé " * 20


def with_golden(**changes: Any) -> model_file.ModelFile:
    small = small_models.model_file(**changes)
    return replace(small, golden=LanguageModel(small).golden(TEXT))


def test_a_golden_example_is_a_short_prompt_with_its_likeliest_characters() -> None:
    golden = with_golden().golden
    assert golden is not None
    assert golden["prompt"] == TEXT[:64]
    assert len(golden["next"]) == 10
    assert golden["next"][0][1] >= golden["next"][9][1] > 0


def test_a_model_read_from_its_file_passes(tmp_path: Path) -> None:
    model_file.write(tmp_path / "m", with_golden())
    assert runtime.load(tmp_path / "m").verify() < 1e-6


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_every_instruction_set_passes(cell: str) -> None:
    model = with_golden(cell=cell)
    before = _core.isa()
    try:
        for name in _core.available_isas():
            _core.set_isa(name)
            assert LanguageModel(model).verify() < 1e-5
    finally:
        _core.set_isa(before)


def test_changed_weights_are_noticed() -> None:
    model = with_golden()
    model.tensors["rnn_0/recurrent_kernel"][2, 3] += 0.5
    with pytest.raises(
        ModelFileError, match=r"verify: after 'ROMEO!.* but gave it 0\.\d+ when the file was written"
    ):
        LanguageModel(model).verify()


def test_two_swapped_gates_are_noticed() -> None:
    model = with_golden()
    kernel = model.tensors["rnn_1/kernel"]
    units = model.architecture["units"]
    kernel[:, : 2 * units] = kernel[:, [*range(units, 2 * units), *range(units)]]
    with pytest.raises(ModelFileError, match="verify: after"):
        LanguageModel(model).verify()


@pytest.mark.parametrize(
    ("golden", "message"),
    [
        (None, "has no golden example"),
        ({}, "golden example is not a valid one"),
        ({"prompt": "a", "next": 5}, "golden example is not a valid one"),
        ({"prompt": "a", "next": [["€", 0.5]]}, "golden example is not a valid one"),
        ({"prompt": "a", "next": [["b", "x"]]}, "golden example is not a valid one"),
        ({"prompt": "a", "next": []}, "golden example has no predictions"),
        ({"prompt": "a", "next": [["b", float("nan")]]}, "verify: after 'a'"),
    ],
)
def test_an_example_that_is_not_one_is_refused(golden: dict[str, Any] | None, message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        LanguageModel(replace(small_models.model_file(), golden=golden)).verify()


def test_a_prompt_with_unseen_characters_is_no_valid_example() -> None:
    golden = {"prompt": "€", "next": [["a", 0.5]]}
    with pytest.raises(ModelFileError, match="golden example is not a valid one"):
        LanguageModel(replace(small_models.model_file(), golden=golden)).verify()
