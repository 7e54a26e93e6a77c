"""The small models that ship with the lab are whole, small, and have their scores beside them."""

import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import remy
from remy import runtime
from remy.io import model_file

REPOSITORY = Path(__file__).parents[2]
HOME = REPOSITORY / "src" / "remy" / "lab" / "models"
FOLDERS = sorted(path for path in HOME.iterdir() if path.is_dir())
NAMES = [path.name for path in FOLDERS]
LETTERS = [name for name in NAMES if name.startswith("letters-")]

each = pytest.mark.parametrize("name", NAMES)


def scores_of(name: str) -> dict[str, Any]:
    return json.loads((HOME / name / "scores.json").read_text(encoding="utf-8"))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(REPOSITORY / "examples"))
    return importlib.import_module("lab_models")


def test_the_script_makes_exactly_the_models_that_there_are(script: ModuleType) -> None:
    assert sorted(recipe.name for recipe in script.RECIPES) == NAMES


@pytest.mark.parametrize(
    ("word", "count"), [("banana", "3"), ("cake", "1"), ("the", "1"), ("hmm", "1"), ("quiet", "1")]
)
def test_the_rule_beside_the_syllables_counts_runs_of_vowel_letters(
    word: str, count: str, script: ModuleType
) -> None:
    assert script.lab_data.count_vowel_letters(word) == count


def test_there_are_three_cells_of_letters_in_three_sizes_and_one_model_of_each_other_kind() -> None:
    cells, sizes = ("simple_rnn", "lstm", "gru"), ("32", "64", "32x2")
    letters = {f"letters-{cell}-{size}" for cell in cells for size in sizes}
    assert set(NAMES) == letters | {"syllables", "vowels", "icons", "tags", "sounds"}


def test_all_models_together_take_at_most_a_megabyte_and_a_half() -> None:
    assert sum(path.stat().st_size for path in HOME.rglob("*") if path.is_file()) <= 1_500_000


@each
def test_a_folder_holds_the_model_file_and_its_scores_and_nothing_else(name: str) -> None:
    assert sorted(path.name for path in (HOME / name).iterdir()) == ["model.safetensors", "scores.json"]


@each
def test_a_model_loads_and_answers_its_golden_example_as_when_it_was_written(name: str) -> None:
    remy.load(HOME / name)
    assert runtime.load(HOME / name).verify() < 1e-3


@each
def test_scores_tell_the_true_size_task_and_data_of_the_model(name: str) -> None:
    scores, model = scores_of(name), model_file.read(HOME / name / "model.safetensors")
    assert scores["bytes"] == (HOME / name / "model.safetensors").stat().st_size
    assert scores["parameters"] == sum(tensor.size for tensor in model.tensors.values())
    assert scores["task"] == model.task
    assert scores["data"]["sha256"] == model.metrics["data"]["sha256"]
    assert scores["data"]["name"] == model.metrics["data"]["made_from"]
    assert scores["model"] == model.metrics["model"]


@each
def test_scores_have_baselines_beside_them_and_say_which_is_better(name: str, script: ModuleType) -> None:
    scores = scores_of(name)
    recipe = next(recipe for recipe in script.RECIPES if recipe.name == name)
    figure, less = recipe.figures[0], recipe.figures[0] == "bits_per_character"
    rivals = [one[figure] for one in scores["baselines"]]
    assert len(rivals) >= 2
    ahead = scores["model"][figure] < min(rivals) if less else scores["model"][figure] > max(rivals)
    assert scores["verdict"].startswith("beats" if ahead else "does NOT beat")
    assert scores["command"].startswith(f"remy train {recipe.command}")
    assert scores["about"] == recipe.about


@each
def test_nothing_of_the_data_is_kept_but_the_golden_example(name: str) -> None:
    model = model_file.read(HOME / name / "model.safetensors")
    assert set(model.metrics) == {"data", "model", "baselines"}
    figures = [model.metrics["model"], *model.metrics["baselines"]]
    assert all(isinstance(v, float) for one in figures for key, v in one.items() if key != "name")
    assert len(json.dumps(model.golden)) < 6_000


@pytest.mark.parametrize("name", ["letters-lstm-64", "letters-gru-64"])
def test_a_letter_model_says_o_after_hell(name: str) -> None:
    [(first, chance), (_, next_best)] = remy.load(HOME / name).predict("HELL", top=2)
    assert first == "O"
    assert chance > 2 * next_best


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_model_answers_the_two_ls_of_hell_differently(name: str) -> None:
    model = remy.load(HOME / name)
    after = [dict(model.predict(text, top=1000)) for text in ("HEL", "HELL")]
    apart = sum(abs(after[0][letter] - after[1][letter]) for letter in after[0]) / 2
    assert apart > 0.25


def test_the_tagger_reads_in_both_directions_and_keeps_both_states_side_by_side() -> None:
    model = model_file.read(HOME / "tags" / "model.safetensors")
    assert model.architecture["bidirectional"] is True
    assert model.architecture["output"] == "softmax"
    units, labels = model.architecture["units"], len(model.labels or ())
    assert model.tensors["dense/kernel"].shape == (2 * units, labels)


def test_the_tagger_changes_its_mind_about_a_word_when_a_later_one_changes() -> None:
    model = remy.load(HOME / "tags")
    river, king = (f"we walked to the bank by the {last}".split() for last in ("river", "king"))
    one, other = model.predict_proba([river, king])
    assert abs(one[4] - other[4]).max() > 1e-4


@pytest.mark.parametrize("name", ["syllables", "vowels"])
def test_a_classifier_answers_after_every_step(name: str) -> None:
    assert model_file.read(HOME / name / "model.safetensors").architecture["bidirectional"] is False


def test_the_syllables_of_a_word_are_counted_as_it_grows() -> None:
    model = remy.load(HOME / "syllables")
    answers = model.predict_prefixes("banana").argmax(axis=1)
    assert [model.labels[place] for place in answers[[1, 3, 5]]] == ["1", "2", "3"]
