"""Runs of a captioner from beginning to end: what they leave, and what is said about bad data."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from remy import config as configuration
from remy import runtime
from remy.config import CaptionerConfig
from remy.errors import DataError, ShapeError, UsageError
from remy.io import tensor_file
from remy.tasks import evaluators, registry
from remy.tasks.captioning.corpus import Corpus
from remy.tasks.captioning.given import corpus_of
from remy.tasks.captioning.job import CaptionerJob
from remy.tasks.captioning.opening import open_captioner, open_pictures
from remy.tasks.opened import Opened
from remy.tasks.starting import start
from tests.tasks.captioning import toy


def history(run: Path) -> list[dict[str, Any]]:
    lines = (run / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in lines]


def at(path: Path, **changes: Any) -> CaptionerConfig:
    return configuration.override(toy.config(**changes), {"data.train": str(path)})


def job(opened: Opened) -> CaptionerJob:
    assert isinstance(opened.job, CaptionerJob)
    return opened.job


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run over ``seen.csv`` beside it."""
    place = tmp_path_factory.mktemp("captions")
    start(open_captioner(at(toy.folder(place, 160))), out=place / "run")
    return place / "run"


def test_a_run_keeps_its_scores_beside_the_baselines(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["task"] == "captioner"
    frequent, nearest = metrics["baselines"]
    assert (frequent["name"], nearest["name"]) == (
        "most frequent caption",
        "caption of the most similar picture",
    )
    assert metrics["model"]["word_f1"] > 0.9 > 0.7 > frequent["word_f1"]
    assert metrics["verdict"].startswith("the model ")
    assert metrics["data"]["columns"] == ["image", "caption"]
    assert metrics["common"]["least"] == 20
    assert 0 < metrics["common"]["records"] <= metrics["scored_on"]["records"] == 24
    assert set(metrics["common"]["word_f1"]) == {"model", frequent["name"], nearest["name"]}
    assert (finished / "plots" / "attention.png").is_file() or list(finished.glob("**/attention.png"))


def test_the_score_during_training_is_the_score_at_the_end(finished: Path) -> None:
    config = configuration.read(finished / "config.yaml")
    assert isinstance(config, CaptionerConfig)
    found = job(registry.open_job(config))
    model = runtime.load_as(finished, runtime.Captioner)
    best = max(record["valid_word_f1"] for record in history(finished))
    network = found.network()
    network.from_tensors(model.model_file.tensors)
    scores = found.lesson(network).validate()
    assert scores["word_f1"] == best
    assert scores["loss"] == pytest.approx(
        model.mean_loss(found.parts.valid.values, found.parts.valid.captions), abs=0
    )


def test_the_configuration_of_a_run_says_everything(finished: Path) -> None:
    config = configuration.read(finished / "config.yaml")
    assert isinstance(config, CaptionerConfig)
    assert (config.data.image, config.data.caption, config.train.metric) == ("image", "caption", "word_f1")
    assert config.train.epochs == 24.0


def test_evaluating_a_run_gives_the_scores_of_its_end(finished: Path) -> None:
    kept = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    found = evaluators.evaluate(finished)
    for key in ("model", "baselines", "common", "verdict"):
        assert found[key] == kept[key]
    assert runtime.load(finished).verify() == 0.0


def test_evaluating_on_what_was_learned_from_is_said(finished: Path) -> None:
    found = evaluators.evaluate(finished, str(finished.parent / "seen.csv"))
    assert any("holds pictures that the run learned from" in note for note in found["notes"])
    assert found["scored_on"]["records"] == 160


def test_a_model_file_alone_is_scored_without_baselines(finished: Path, tmp_path: Path) -> None:
    shutil.copy(finished / "model.safetensors", tmp_path / "m.safetensors")
    found = evaluators.evaluate(tmp_path / "m.safetensors", str(finished.parent / "seen.csv"))
    assert (found["baselines"], found["common"], found["verdict"]) == ([], None, None)
    assert any("no baselines, because" in note for note in found["notes"])
    with pytest.raises(UsageError, match="give pictures and captions to score"):
        evaluators.evaluate(tmp_path / "m.safetensors")


def test_pictures_cannot_be_scored_by_a_model_of_vectors_nor_the_other_way_round(
    finished: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", np.ones(3))
    (tmp_path / "t.csv").write_text("image,caption\na.npy,left disc\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected pictures, as the model was trained on, got vectors of 3"):
        evaluators.evaluate(finished, str(tmp_path / "t.csv"))


def test_no_picture_is_in_two_parts_whatever_its_files_are_called() -> None:
    whole = toy.corpus(60)
    twice = corpus_of(
        np.concatenate([whole.values, whole.values]),
        [*whole.captions, *whole.captions],
        size=16,
        colour=False,
    )
    parts = job(open_pictures(toy.config(), twice)).parts
    keys = [Counter(corpus.keys) for corpus in (parts.train, parts.valid, parts.test)]
    assert sum(map(len, keys)) == 60
    assert all(count == 2 for each in keys for count in each.values())
    assert all(len(each) for each in keys)


def test_a_picture_keeps_its_captions_in_whatever_part_it_comes() -> None:
    whole = toy.corpus(40)
    captions = [[one, f"a {one}"] for one in whole.captions]
    several = corpus_of(whole.values, captions, size=16, colour=False)
    parts = job(open_pictures(toy.config(), several)).parts
    for corpus in (parts.train, parts.valid, parts.test):
        for values, found in zip(corpus.values, corpus.each, strict=True):
            (place,) = np.flatnonzero((whole.values == values).all(axis=(1, 2, 3)))
            assert found == captions[place]
    rows, learned = parts.learned
    assert len(learned) == 2 * len(parts.train)
    assert Counter(rows.tolist()) == dict.fromkeys(range(len(parts.train)), 2)


def test_a_caption_is_learned_of_its_own_picture() -> None:
    values, captions = toy.vectors(60)
    parts = job(open_pictures(toy.config(), corpus_of(values, captions, size=16, colour=False))).parts
    rows, learned = parts.learned
    for row, ids in zip(rows, learned, strict=True):
        (place,) = np.flatnonzero((values == parts.train.values[row]).all(axis=1))
        assert parts.tokenizer.decode(ids) == captions[place]


def test_vectors_are_learned_from_and_the_settings_of_pictures_left_out() -> None:
    values, captions = toy.vectors(80)
    found = job(open_pictures(toy.config(), corpus_of(values, captions, size=16, colour=False)))
    assert found.architecture["vector_size"] == 6
    assert "picture_size" not in found.architecture
    trained = start(open_pictures(toy.config(), corpus_of(values, captions, size=16, colour=False)), out=None)
    assert trained.metrics["model"]["word_f1"] > 0.9


def test_the_same_seed_gives_the_same_run_to_the_last_bit(tmp_path: Path) -> None:
    for name in ("a", "b"):
        start(open_pictures(toy.config(train__epochs=2, train__shift=1), toy.corpus()), out=tmp_path / name)
    assert history(tmp_path / "a") == history(tmp_path / "b")
    assert (tmp_path / "a/model.safetensors").read_bytes() == (tmp_path / "b/model.safetensors").read_bytes()


@pytest.mark.parametrize("kept", ["in a table", "in the run"])
def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = at(toy.folder(tmp_path), train__epochs=2, train__shift=1, model__dropout=0.2)

    def opened(config: CaptionerConfig) -> Opened:
        return open_captioner(config) if kept == "in a table" else open_pictures(config, toy.corpus())

    start(opened(config), out=tmp_path / "whole")
    learning = config.train.model_copy(update={"checkpoint_seconds": 0.0})
    loss, calls = CaptionerJob._loss, []

    def stopping(self: CaptionerJob, *arguments: Any) -> Any:
        calls.append(1)
        if len(calls) > 10:
            raise KeyboardInterrupt
        return loss(self, *arguments)

    monkeypatch.setattr(CaptionerJob, "_loss", stopping)
    with pytest.raises(KeyboardInterrupt):
        start(opened(config.model_copy(update={"train": learning})), out=tmp_path / "parts")
    monkeypatch.undo()
    registry.resume(tmp_path / "parts", changes={"train.checkpoint_seconds": 1e9})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert history(whole) == history(parts)
    for name in ("model.safetensors", "checkpoints/last.safetensors"):
        one, other = (tensor_file.read(run / name)[0] for run in (whole, parts))
        assert one.keys() == other.keys()
        assert all(one[key].tobytes() == other[key].tobytes() for key in one)


def test_the_shift_moves_pictures_while_they_are_learned_from() -> None:
    found = job(open_pictures(toy.config(train__shift=3), toy.corpus()))
    network = found.network()
    assert network.encoder is not None
    assert network.encoder.shift == 3


def test_long_captions_are_not_learned_from_and_that_is_said() -> None:
    whole = toy.corpus(40)
    captions = [f"{one} of a row of many things" if k < 4 else one for k, one in enumerate(whole.captions)]
    opened = open_pictures(
        toy.config(data__max_length=3),
        corpus_of(whole.values, captions, size=16, colour=False),
        toy.corpus(10, seed=5),
    )
    assert len(job(opened).parts.learned[1]) == 36
    assert any("4 captions are longer than 3 pieces" in note for note in opened.notes)
    with pytest.raises(DataError, match="every caption is longer than 1 pieces"):
        open_pictures(toy.config(data__max_length=1), toy.corpus(40))


def test_blocks_that_leave_nothing_of_a_picture_are_refused() -> None:
    with pytest.raises(UsageError, match=r"model\.blocks: 5 blocks halve a picture of 16 x 16 pixels"):
        open_pictures(toy.config(model__blocks=5), toy.corpus(20))


def test_other_pictures_to_validate_on_have_to_be_of_the_same_kind() -> None:
    values, captions = toy.vectors(20)
    held = corpus_of(values, captions, size=16, colour=False)
    with pytest.raises(DataError, match=r"expected pictures or vectors of shape \(16, 16, 1\)"):
        open_pictures(toy.config(), toy.corpus(20), held)


def test_too_few_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="2 different records are too few to hold some out"):
        open_captioner(at(toy.folder(tmp_path, 2)))


def test_unreadable_and_animated_pictures_are_named_and_left_out(tmp_path: Path) -> None:
    table = toy.folder(tmp_path, 12)
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    frames[0].save(tmp_path / "moves.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no picture")
    with open(table, "a", encoding="utf-8") as file:
        file.write("moves.gif,left disc\nbroken.png,right disc\nmissing.png,right ring\n")
    notes = open_captioner(at(table)).notes
    for name in ("moves.gif", "broken.png", "missing.png"):
        assert any(note.startswith("left out:") and name in note for note in notes)
    assert any("12 records kept; 3 dropped" in note for note in notes)


def test_pictures_of_all_sizes_and_modes_are_read_together(tmp_path: Path) -> None:
    lines = ["image,caption"]
    for number, mode in enumerate(["L", "RGB", "RGBA", "P", "1", "LA", "I;16", "CMYK"]):
        size = (5 + 7 * number, 40 - 3 * number)
        name = f"{number}.{'tif' if mode in ('I;16', 'CMYK') else 'png'}"
        Image.new(mode, size, number % 2).save(tmp_path / name)
        lines.append(f"{name},picture {number}")
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    config = at(tmp_path / "t.csv", data__held_out=0.2)
    held = toy.corpus(4)
    from remy.tasks.captioning.corpus import read_corpus

    found = job(open_pictures(config, read_corpus(str(tmp_path / "t.csv"), config.data), held)).parts.train
    assert found.values.shape == (8, 16, 16, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("image,caption\n", "without rows"),
        ("image,caption\nnothing.png,a dog\n", "nothing.png"),
        ("name,title\nx,y\n", "cannot tell which column is the image|image"),
    ],
)
def test_a_table_without_a_record_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        open_captioner(at(tmp_path / "t.csv"))


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        open_captioner(at(tmp_path / "t.csv"))


def test_vectors_of_unequal_shapes_are_refused(tmp_path: Path) -> None:
    for number, width in enumerate((3, 3, 4)):
        np.save(tmp_path / f"{number}.npy", np.ones(width))
    lines = ["vector,caption", *(f"{number}.npy,thing {number}" for number in range(3))]
    (tmp_path / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError, match=r"2\.npy: expected the shape \(3,\) of 0\.npy, got \(4,\)"):
        open_captioner(at(tmp_path / "t.csv"))


def test_pictures_of_python_are_kept_by_the_run_and_found_again(tmp_path: Path) -> None:
    whole = toy.corpus()
    start(open_pictures(toy.config(train__epochs=1), whole), out=tmp_path / "run")
    assert (tmp_path / "run" / "data" / "train.npz").is_file()
    found = evaluators.evaluate(tmp_path / "run")
    assert found["baselines"]
    assert replace(whole, name="x").sha256 == whole.sha256
    (tmp_path / "run" / "data" / "train.npz").write_bytes(b"none")
    with pytest.raises(UsageError, match="missing or damaged"):
        evaluators.evaluate(tmp_path / "run")


@pytest.mark.parametrize(
    ("pictures", "captions", "error", "message"),
    [
        ([], [], DataError, "expected at least one picture, got none"),
        (np.zeros((2, 4)), ["a"], ShapeError, "expected 2 captions, one a picture, got 1"),
        (np.zeros((1, 4)), [" "], DataError, "captions that are not empty, got ' ' for picture 0"),
        (np.zeros((1, 4)), [[]], DataError, r"captions that are not empty, got \[\]"),
        (np.zeros((1, 4)), "a", DataError, "expected a list of captions, got a string"),
        ("a.png", ["a"], DataError, r"expected a list of pictures, got one path; give \['a\.png'\]"),
        ([np.zeros(3), np.zeros(4)], ["a", "b"], ShapeError, r"of one shape, got \(3,\) and \(4,\)"),
        (np.zeros((1, 4, 5, 1)), ["a"], ShapeError, "as wide as high"),
        (np.full((1, 4, 4, 1), 7.0), ["a"], DataError, "pixels as uint8, or from 0 to 1"),
        (np.full((1, 4), np.nan), ["a"], DataError, "expected finite numbers"),
        (np.zeros(4), list("abcd"), ShapeError, r"or vectors \(N, D\) or \(N, S, D\), got \(4,\)"),
    ],
    ids=str,
)
def test_what_cannot_be_learned_from_is_refused(
    pictures: Any, captions: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        corpus_of(pictures, captions, size=16, colour=False)


def test_pixels_from_0_to_1_are_those_from_0_to_255() -> None:
    whole = toy.corpus(5)
    again = corpus_of(whole.values / 255.0, whole.captions, size=16, colour=False)
    assert again.values.dtype == np.uint8
    np.testing.assert_array_equal(again.values, whole.values)
    assert isinstance(again, Corpus)


def test_early_stopping_ends_a_run_that_gets_no_better() -> None:
    trained = start(
        open_pictures(toy.config(train__patience=1, train__lr=1e-9, train__epochs=9), toy.corpus(40)),
        out=None,
    )
    assert trained.metrics["training"]["ended_by"] == "patience"


def test_the_size_of_the_decoder_has_one_name_in_the_model_file(finished: Path) -> None:
    model = runtime.load_as(finished, runtime.Captioner).model_file
    assert model.architecture["decoder_units"] == 16
    assert "units" not in model.architecture
