"""Runs of a model of piano rolls from beginning to end: what they leave, and that they go on exactly."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import config as configuration
from remy import runtime
from remy.baselines import KeyPersistence
from remy.config import PianoRollConfig
from remy.errors import DataError, UsageError
from remy.tasks.evaluators import evaluate
from remy.tasks.polyphony.job import PianoRollJob
from remy.tasks.polyphony.opening import open_piano_roll, open_rolls
from remy.tasks.polyphony.pieces import source_of
from remy.tasks.registry import resume
from remy.tasks.starting import start
from remy.training import Interrupted
from remy.training.progress import Report, Silent
from tests.tasks.polyphony import toy


class StopsAfter(Silent):
    """Presses Ctrl-C at the n-th validation."""

    def __init__(self, validations: int) -> None:
        self.left = validations

    def validated(self, report: Report) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


def job(**changes: Any) -> PianoRollJob:
    found = open_rolls(toy.config(**changes), source_of(toy.pieces())).job
    assert isinstance(found, PianoRollJob)
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on a divided file."""
    folder = tmp_path_factory.mktemp("roll")
    start(open_piano_roll(toy.config(data__train=str(toy.write_divided(folder)))), out=folder / "run")
    return folder / "run"


def test_a_run_keeps_its_scores_beside_the_baselines(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["task"] == "piano_roll"
    model = metrics["model"]
    assert model["frame_accuracy"] > 0.9
    assert [one["name"] for one in metrics["baselines"]] == [
        "how often each key sounds",
        "each key after itself",
    ]
    assert model["nats_per_frame"] < 0.5 * min(one["nats_per_frame"] for one in metrics["baselines"])
    assert metrics["verdict"].startswith("the model beats the best baseline (each key after itself): ")
    assert {path.name for path in (finished / "plots").iterdir()} == {
        "learning_curve.png",
        "learning_curve.svg",
    }
    resolved = configuration.read(finished / "config.yaml")
    assert isinstance(resolved, PianoRollConfig)
    assert (resolved.data.step, resolved.train.epochs) == (1.0, 20.0)
    loaded = runtime.load_as(finished, runtime.PianoRoll)
    assert loaded.verify() < 1e-5
    assert loaded.step == 1.0


def test_a_divided_file_is_learned_from_chosen_on_and_scored_on_by_its_own_parts(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    data = metrics["data"]
    assert (data["train_pieces"], data["valid_pieces"], data["test_pieces"]) == (14, 4, 2)
    assert metrics["scored_on"]["name"] == "the test part of parts.npz"
    held, model = toy.pieces()[14:18], runtime.load_as(finished, runtime.PianoRoll)
    # One inference path: the score the best model was chosen by is the runtime's, to the last bit.
    assert metrics["training"]["validation_score"] == model.score(held).nats_per_frame
    assert metrics["model"]["nats_per_frame"] == model.score(toy.pieces()[18:]).nats_per_frame


def test_the_scores_are_counted_over_frames_2_to_t_with_baselines_that_saw_training_alone(
    finished: Path,
) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    usual = KeyPersistence().fit(toy.pieces()[:14])
    nats, found = [], []
    for roll in toy.pieces()[18:]:
        chances = usual.probabilities(roll)[1:]
        nats += (-np.log(np.where(roll[1:], chances, 1 - chances)).sum(axis=1)).tolist()
        found.append(
            (int(((chances > 0.5) & (roll[1:] == 1)).sum()), int(((chances > 0.5) | (roll[1:] == 1)).sum()))
        )
    baseline = metrics["baselines"][1]
    assert baseline["nats_per_frame"] == pytest.approx(np.mean(nats), rel=1e-9)
    assert baseline["frame_accuracy"] == pytest.approx(sum(a for a, _ in found) / sum(b for _, b in found))
    model = runtime.load_as(finished, runtime.PianoRoll)
    hits = either = 0
    for roll, chances in zip(toy.pieces()[18:], model.probabilities(toy.pieces()[18:]), strict=True):
        predicted = chances[1:-1] > 0.5
        hits, either = (
            hits + int((predicted & (roll[1:] == 1)).sum()),
            either + int((predicted | (roll[1:] == 1)).sum()),
        )
    assert metrics["model"]["frame_accuracy"] == pytest.approx(hits / either)


def test_evaluating_a_run_gives_its_own_scores_again(finished: Path) -> None:
    metrics = json.loads((finished / "metrics.json").read_text(encoding="utf-8"))
    for location in (None, str(finished.parent / "parts.npz")):
        found = evaluate(finished, location)
        assert {key: found[key] for key in ("model", "baselines", "scored_on")} == {
            key: metrics[key] for key in ("model", "baselines", "scored_on")
        }
        assert found["notes"] == []


def test_a_model_file_alone_is_scored_without_baselines(finished: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes((finished / "model.safetensors").read_bytes())
    with pytest.raises(
        UsageError, match="give a file to score, because this is a model file without its run"
    ):
        evaluate(path)
    found = evaluate(path, str(toy.write(tmp_path)))
    assert found["baselines"] == []
    assert found["verdict"] is None
    assert found["notes"] == ["no baselines, because this is a model file without its run directory"]


def test_scoring_what_was_learned_from_is_said(tmp_path: Path) -> None:
    path, other = toy.write(tmp_path), toy.write(tmp_path, "other.npz", count=6)
    settings = toy.config(data__train=str(path), data__valid=str(other), train__epochs=1)
    start(open_piano_roll(settings), out=tmp_path / "run")
    found = evaluate(tmp_path / "run", str(path))
    assert found["notes"] == [
        "toy.npz holds what the run learned from; leave it out to score the held-out part"
    ]
    toy.write(tmp_path, count=19)
    found = evaluate(tmp_path / "run", str(other))
    assert "toy.npz does not hold what the run learned from any more" in found["notes"][0]


def test_the_same_seed_gives_the_same_weights_and_another_one_others() -> None:
    ours, again, other = (
        start(open_rolls(toy.config(train__epochs=2, train__seed=seed), source_of(toy.pieces()))).model
        for seed in (1, 1, 2)
    )
    same = [np.array_equal(ours.tensors[name], again.tensors[name]) for name in ours.tensors]
    assert all(same)
    assert not np.array_equal(ours.tensors["dense/kernel"], other.tensors["dense/kernel"])


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(cell: str, tmp_path: Path) -> None:
    changes = {
        "model__cell": cell,
        "model__dropout": 0.3,
        "model__recurrent_dropout": 0.3,
        "train__epochs": 4,
    }
    settings = toy.config(data__train=str(toy.write_divided(tmp_path)), **changes)
    start(open_piano_roll(settings), out=tmp_path / "whole")
    with pytest.raises(Interrupted, match="go on with: remy train"):
        start(open_piano_roll(settings), out=tmp_path / "torn", reporter=StopsAfter(2))
    resume(tmp_path / "torn")
    whole, torn = ((tmp_path / run / "model.safetensors").read_bytes() for run in ("whole", "torn"))
    assert whole == torn


def test_pieces_from_python_are_kept_by_the_run_and_found_again(tmp_path: Path) -> None:
    opened = open_rolls(toy.config(train__epochs=3), source_of(toy.pieces()), source_of(toy.pieces(4)))
    with pytest.raises(Interrupted):
        start(opened, out=tmp_path / "run", reporter=StopsAfter(1))
    resume(tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert (metrics["data"]["train_pieces"], metrics["data"]["valid_pieces"]) == (20, 4)
    assert evaluate(tmp_path / "run")["model"] == metrics["model"]
    (tmp_path / "run" / "data" / "train.npz").unlink()
    with pytest.raises(DataError, match=r"own copy of its data, data/train\.npz, is missing"):
        resume(tmp_path / "run")


@pytest.mark.parametrize("part", ["train", "valid", "test"])
def test_a_run_goes_on_only_with_its_own_data(part: str, tmp_path: Path) -> None:
    places = {f"data__{each}": str(toy.write(tmp_path, f"{each}.npz")) for each in ("train", "valid", "test")}
    settings = toy.config(**places, train__epochs=4)
    with pytest.raises(Interrupted):
        start(open_piano_roll(settings), out=tmp_path / "run", reporter=StopsAfter(1))
    toy.write(tmp_path, f"{part}.npz", count=21)
    with pytest.raises(DataError, match="the data changed since the run began"):
        resume(tmp_path / "run")


def test_the_loss_of_an_update_is_the_mean_over_the_frames_of_its_batch() -> None:
    found = job()
    torch.manual_seed(0)
    network = found.network()
    lesson = found.lesson(network)
    with torch.no_grad():
        loss, frames = lesson.loss(0)
    chosen = [found.parts.train.rolls[place] for place in lesson.batches.epoch(0)[0]]
    assert len({len(roll) for roll in chosen}) > 1, "the batch has padding"
    assert frames == sum(map(len, chosen))
    model = runtime.PianoRoll(found.model(network.to_tensors(), {}))
    assert float(loss) == pytest.approx(model.score(chosen).nats_per_frame_from_start, rel=1e-5)


def test_training_begins_at_the_frequencies_of_what_is_learned_from() -> None:
    found = job()
    bias = found.network().to_tensors()["dense/bias"]
    counts = np.concatenate(found.parts.train.rolls).sum(axis=0)
    frames = found.parts.train.frames
    np.testing.assert_allclose(1 / (1 + np.exp(-bias)), (counts + 1) / (frames + 2), rtol=1e-4)


def test_epochs_follow_from_the_number_of_pieces() -> None:
    few, many = (
        open_rolls(toy.config(train__epochs=None), source_of(toy.pieces() * times)).job.config.train.epochs
        for times in (1, 400)
    )
    assert few is not None
    assert many is not None
    assert few > 5 * many


def test_grids_that_differ_are_refused() -> None:
    fine = source_of(toy.pieces(3), step=0.25)
    with pytest.raises(
        DataError, match=r"has frames of 0\.25 quarter notes, but .* of 1; say which with --set"
    ):
        open_rolls(toy.config(), source_of(toy.pieces()), fine)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_what_nobody_chose_is_filled_in_and_what_somebody_chose_stays(cell: str) -> None:
    changes: dict[str, Any] = {"model__cell": cell, "model__recurrent_dropout": None}
    found = job(**changes).config.model
    assert found.recurrent_dropout == (0.2 if cell == "simple_rnn" else 0.5)
    assert job(**changes).network().rnn.layers[0].recurrent_dropout == found.recurrent_dropout
    assert job(**{**changes, "model__recurrent_dropout": 0.0}).config.model.recurrent_dropout == 0.0
