"""The estimator."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import remy
from remy import defaults
from remy.errors import DataError, UsageError
from remy.tasks import LanguageModel, load
from remy.tasks.language.estimator import as_source
from tests import music
from tests.training import tiny


def small(**changes: object) -> LanguageModel:
    options = {
        "units": 16,
        "layers": 1,
        "embedding": 8,
        "epochs": 8,
        "batch_size": 8,
        "steps": 20,
        "lr": 0.02,
        "dropout": 0.0,
        "options": {"train.threads": 1, "train.evaluations": 3},
    }
    return LanguageModel(**{**options, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def fitted() -> LanguageModel:
    return small().fit(tiny.text(6000))


def test_it_learns_to_continue(fitted: LanguageModel) -> None:
    character, probability = fitted.predict("HELL", top=1)[0]
    assert character == "O"
    assert probability > 0.8
    assert fitted.metrics["model"]["nats_per_character"] < 1.2


def test_what_it_generates_depends_on_the_seed_alone(fitted: LanguageModel) -> None:
    first = fitted.generate("the ", 50, seed=3)
    assert len(first) == 50
    assert fitted.generate("the ", 50, seed=3) == first
    assert "".join(fitted.stream("the ", 50, seed=3)) == first
    assert fitted.generate("the ", 50, seed=4) != first


def test_saving_and_loading_gives_the_same_model(fitted: LanguageModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.safetensors")
    loaded = load(tmp_path / "m.safetensors")
    assert loaded.predict("HELL") == fitted.predict("HELL")
    assert loaded.metrics == fitted.metrics
    assert loaded.config.model.units == 16
    assert remy.load(tmp_path / "m.safetensors").predict("HELL") == fitted.predict("HELL")


def test_evaluating_gives_the_scores_of_training(fitted: LanguageModel) -> None:
    held_out = tiny.text(6000)[5400:]
    score = fitted.evaluate(held_out)
    assert score.nats_per_character == fitted.metrics["model"]["nats_per_character"]
    assert score.dropped == 0


def test_the_same_seed_gives_the_same_model_and_leaves_the_callers_random_numbers_alone(
    fitted: LanguageModel,
) -> None:
    before = torch.get_rng_state()
    again = small().fit(tiny.text(6000))
    assert torch.equal(torch.get_rng_state(), before)
    assert again.predict("HELL") == fitted.predict("HELL")


def test_a_run_directory_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    model = small(epochs=1).fit(tiny.text(2000), out=tmp_path / "run")
    assert load(tmp_path / "run").predict("the") == model.predict("the")
    assert (tmp_path / "run" / "data" / "train.txt").read_text(encoding="utf-8") == tiny.text(2000)
    with pytest.raises(UsageError, match="this run exists"):
        small(epochs=1).fit(tiny.text(2000), out=tmp_path / "run")


def test_a_file_to_learn_from_and_another_to_measure_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(tiny.text(2000), encoding="utf-8")
    (tmp_path / "b.txt").write_text(tiny.text(300, seed=2), encoding="utf-8")
    model = small(epochs=1).fit(tmp_path / "a.txt", valid=str(tmp_path / "b.txt"))
    assert model.metrics["data"]["valid"] == "b.txt"
    assert model.metrics["data"]["train_characters"] == 2000


@pytest.mark.parametrize("cell", ["gru", "simple_rnn"])
def test_every_cell_can_be_fitted(cell: str) -> None:
    model = small(cell=cell, layers=2, epochs=1).fit(tiny.text(1500))
    assert np.isfinite(model.metrics["model"]["nats_per_character"])


def test_before_fitting_every_verb_says_what_is_missing() -> None:
    model = LanguageModel()
    for verb in (lambda: model.predict("a"), lambda: model.generate("a"), lambda: model.metrics):
        with pytest.raises(UsageError, match="has learned nothing yet; call fit first"):
            verb()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"cell": "lstn"}, r"^LanguageModel: cell: expected one of .*, got 'lstn'; did you mean 'lstm'\?$"),
        ({"units": 0}, "LanguageModel: units: expected greater than or equal to 1, got 0"),
        (
            {"options": {"train.klip": 1}},
            r"LanguageModel: unknown key 'train.klip'; did you mean 'train.clip'\?",
        ),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_at_once(option: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        LanguageModel(**option)  # type: ignore[arg-type]


def test_the_defaults_are_those_of_the_one_table() -> None:
    config = LanguageModel().config
    assert (config.model.units, config.train.lr) == (defaults.UNITS, defaults.LEARNING_RATE)


def test_a_string_is_a_text_unless_it_names_something(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("content", encoding="utf-8")
    assert as_source(str(path)).text == "content"
    assert as_source(path).text == "content"
    assert as_source("just words").text == "just words"
    assert as_source("two\r\nlines").text == "two\nlines"
    assert as_source("x" * 5000).text == "x" * 5000
    with pytest.raises(DataError, match="no such file"):
        as_source(tmp_path / "none.txt")


def test_loading_and_predicting_need_no_torch(fitted: LanguageModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "m.safetensors")
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "import remy; print(remy.load(sys.argv[1]).predict('HELL', top=1)[0][0])"
    )
    line = [sys.executable, "-c", program, str(tmp_path / "m.safetensors")]
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout == "O\n"


def test_music_is_learned_written_and_scored_from_paths(tmp_path: Path) -> None:
    songs, folder = tmp_path / "songs.abc", tmp_path / "pieces"
    songs.write_text(music.tunes(20), encoding="utf-8")
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.mid").write_bytes(music.midi([(240 * k, 60 + k, 240) for k in range(12)]))
    options: dict[str, Any] = {
        "units": 24,
        "layers": 1,
        "embedding": 6,
        "steps": 16,
        "batch_size": 4,
        "epochs": 80,
        "lr": 0.03,
        "options": {"train.threads": 1, "train.evaluations": 4},
    }
    composer = LanguageModel(**options).fit(songs, out=tmp_path / "run")
    text = composer.write(tmp_path / "a.abc", seed=2, temperature=0.2)
    assert (tmp_path / "a.abc").read_text() == text
    composer.write(tmp_path / "a.mid", music.SCALE[:-5], temperature=0)
    with pytest.raises(UsageError, match="exists"):
        composer.write(tmp_path / "a.mid")
    composer.write(tmp_path / "a.mid", music.SCALE[:-5], temperature=0, force=True)
    assert composer.evaluate(songs).nats_per_character == composer.evaluate(str(songs)).nats_per_character
    with pytest.raises(DataError, match="pieces: expected tunes in ABC notation, as the model has, got MIDI"):
        composer.evaluate(folder)
    again = remy.load(tmp_path / "run")
    assert again.write(tmp_path / "b.abc", seed=2, temperature=0.2) == text
    player = LanguageModel(**options).fit(str(folder))
    player.write(tmp_path / "b.mid", seed=1)
    assert music.notes_of((tmp_path / "b.mid").read_bytes())[1]
    assert player.metrics["data"]["train_tunes"] == 3


def test_what_was_left_out_is_said_unless_it_is_to_be_quiet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    songs = tmp_path / "songs.abc"
    songs.write_text(music.tunes(6) + "\nX:9\nT:Lost\nABc|\n", encoding="utf-8")
    model = LanguageModel(units=4, layers=1, embedding=4, steps=8, batch_size=1, epochs=1)
    model.fit(songs)
    assert capsys.readouterr().err == ""
    model.fit(songs, quiet=False)
    assert "1 of 7 tunes skipped" in capsys.readouterr().err
