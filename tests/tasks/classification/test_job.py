"""A training run of a classifier: it goes on bit for bit, and it never looks at what is held out."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy import config as configuration
from remy import runtime
from remy.config import ClassifierConfig, RegressorConfig
from remy.errors import DataError, UsageError
from remy.io import model_file
from remy.tasks.classification.evaluation import evaluate_run
from remy.tasks.classification.opening import open_classifier
from remy.tasks.job import TrainedModel
from remy.tasks.registry import resume
from remy.tasks.starting import start
from tests.tasks.classification import toy


def config(source: Path, **changes: Any) -> ClassifierConfig:
    values = {
        "data.train": str(source),
        "model.units": 6,
        "model.embedding": 4,
        "model.dropout": 0.2,
        "train.epochs": 4,
        "train.batch_size": 8,
        "train.lr": 0.02,
        "train.threads": 1,
        "train.checkpoint_seconds": 0.0,
        **{key.replace("__", "."): value for key, value in changes.items()},
    }
    return configuration.override(ClassifierConfig(), values)


def train(settings: Any, out: Path, **options: Any) -> TrainedModel:
    return start(open_classifier(settings), out=out, **options)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text(toy.table(*toy.reviews()), encoding="utf-8")
    return path


class StopAt:
    """A reporter that interrupts after some updates."""

    def __init__(self, update: int) -> None:
        self.update = update

    def due(self) -> bool:
        return True

    def progress(self, report: Any) -> None:
        if report.update == self.update:
            os.kill(os.getpid(), signal.SIGINT)

    def validated(self, report: Any) -> None: ...

    def note(self, sentence: str) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("update", [1, 9, 20])
def test_a_run_resumed_after_an_interruption_ends_with_the_same_bytes(
    source: Path, tmp_path: Path, update: int
) -> None:
    settings = config(source, model__token_dropout=0.2)
    train(settings, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt, match=r"go on with: remy train -o .* --resume"):
        train(settings, tmp_path / "stopped", reporter=StopAt(update))
    resume(tmp_path / "stopped")
    whole, stopped = (tmp_path / name / "model.safetensors" for name in ("whole", "stopped"))
    assert whole.read_bytes() == stopped.read_bytes()


def test_data_of_python_are_kept_with_the_run(tmp_path: Path) -> None:
    from remy.tasks.classification.examples import from_python
    from remy.tasks.classification.opening import open_examples

    texts, labels = toy.reviews()
    several = [(label, "x ") if number % 3 else () for number, label in enumerate(labels)]
    for name, data, changes in (
        ("texts", (["", *texts[1:]], labels), {}),
        ("several", (texts, several), {"data__separator": "|"}),
        ("numbers", toy.recordings(), {}),
    ):
        examples = from_python(*data)
        settings = config(Path(), train__epochs=1, **changes)
        start(open_examples(settings, examples, examples), out=tmp_path / name)
        assert (
            evaluate_run(tmp_path / name)["notes"]
            == [f"{len(examples)} of {len(examples)} records of data are in the training data too"]
            * examples.are_texts
        )
        before = model_file.read(tmp_path / name / "model.safetensors")
        resume(tmp_path / name, changes={"train.epochs": 2})
        after = model_file.read(tmp_path / name / "model.safetensors")
        assert after.metrics["data"]["sha256"] == before.metrics["data"]["sha256"]


def test_a_run_of_sub_words_goes_on_with_the_ones_it_began_with(source: Path, tmp_path: Path) -> None:
    settings = config(source, data__tokens="subwords")
    with pytest.raises(KeyboardInterrupt):
        train(settings, tmp_path / "run", reporter=StopAt(9))
    path = tmp_path / "run" / "data" / "encoder.json"
    before = path.read_text(encoding="utf-8")
    resume(tmp_path / "run")
    model = model_file.read(tmp_path / "run" / "model.safetensors")
    assert model.tokenizer is not None
    assert {**model.tokenizer, "max_length": 0} == {**json.loads(before), "max_length": 0}


def test_baselines_of_an_evaluation_learn_from_the_training_part(source: Path, tmp_path: Path) -> None:
    """Every text a word of its own: whoever knew the held-out ones would be right on them."""
    words = [f"word{number}" for number in range(60)]
    source.write_text(toy.table(words, ["odd", "even"] * 30), encoding="utf-8")
    train(config(source, data__split=0.5), tmp_path / "run")
    found = evaluate_run(tmp_path / "run", str(source))
    assert "30 of 60 records" in found["notes"][0]
    assert all(baseline["accuracy"] < 0.8 for baseline in found["baselines"])


def test_what_is_held_out_is_never_learned_from(tmp_path: Path) -> None:
    """Other labels in the file to validate on change the scores, and not one update."""
    texts, labels = toy.reviews()
    (tmp_path / "a.csv").write_text(toy.table(texts, labels), encoding="utf-8")
    histories: list[list[str]] = []
    for name, held in (("same", labels), ("other", labels[::-1])):
        (tmp_path / f"{name}.csv").write_text(toy.table(texts, held), encoding="utf-8")
        settings = config(tmp_path / "a.csv", data__valid=str(tmp_path / f"{name}.csv"), train__patience=None)
        run = train(settings, tmp_path / name).run
        assert run is not None
        assert run.read_config().data.valid == str(tmp_path / f"{name}.csv")
        histories.append(run.history.read_text(encoding="utf-8").splitlines())
    losses = [[json.loads(line)["train_loss"] for line in history] for history in histories]
    assert losses[0] == losses[1]
    assert histories[0] != histories[1]


def test_the_split_is_the_same_every_time_and_keeps_rare_labels_in_both_parts(tmp_path: Path) -> None:
    texts, labels = toy.reviews(100)
    labels[:10] = ["rare"] * 10
    (tmp_path / "a.csv").write_text(toy.table(texts, labels), encoding="utf-8")
    parts = [open_classifier(config(tmp_path / "a.csv")).job.parts for _ in range(2)]
    assert parts[0].fingerprint() == parts[1].fingerprint()
    assert parts[0].valid.labels.count("rare") == 1
    assert len(parts[0].valid) == 10
    assert not set(parts[0].valid.places) & set(parts[0].train.places)


def test_a_changed_file_is_refused_when_resuming(source: Path, tmp_path: Path) -> None:
    train(config(source), tmp_path / "run")
    source.write_text(toy.table(*toy.reviews(seed=5)), encoding="utf-8")
    with pytest.raises(DataError, match="the data changed since the run began"):
        resume(tmp_path / "run")


def test_what_would_make_it_another_run_is_refused(source: Path, tmp_path: Path) -> None:
    train(config(source), tmp_path / "run")
    with pytest.raises(UsageError, match=r"--units: a resumed run keeps model.units = 6, got 7"):
        resume(tmp_path / "run", changes={"model.units": 7}, names={"model.units": "--units"})


def test_the_written_configuration_is_fully_resolved(source: Path, tmp_path: Path) -> None:
    settings = config(source, train__epochs=None)
    run = train(settings.model_copy(), tmp_path / "run").run
    assert run is not None
    found = run.read_config()
    assert isinstance(found, ClassifierConfig)
    assert (found.data.text, found.data.label) == ("text", "label")
    assert found.train.epochs == 100.0


def test_the_metrics_of_the_run_are_those_of_the_runtime(source: Path, tmp_path: Path) -> None:
    trained = train(config(source), tmp_path / "run")
    model = runtime.load_as(tmp_path / "run", runtime.Classifier)
    parts = open_classifier(config(source)).job.parts
    found = model.predict(parts.valid.inputs)
    expected = np.mean([one == other for one, other in zip(found, parts.valid.labels, strict=True)])
    assert trained.metrics["model"]["accuracy"] == expected
    assert trained.metrics["training"]["validation_score"] == pytest.approx(expected)
    assert trained.run is not None
    lines = map(json.loads, trained.run.history.read_text(encoding="utf-8").splitlines())
    (best,) = [line for line in lines if line["update"] == trained.metrics["training"]["best_update"]]
    assert best["valid_loss"] == pytest.approx(trained.metrics["model"]["nats_per_record"], rel=1e-4)
    assert model.verify() < 1e-6


def test_a_regressor_refuses_labels_that_are_no_numbers(source: Path) -> None:
    settings = configuration.override(RegressorConfig(), {"data.train": str(source)})
    with pytest.raises(DataError, match=r"csv:2: expected a number to learn in column 'label', got 'good'"):
        open_classifier(settings)


def test_a_validation_file_with_an_unknown_label_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text(toy.table(["a film"], ["godo"]), encoding="utf-8")
    with pytest.raises(DataError, match=r"v.csv:2: the label 'godo' is not .*; did you mean 'good'\?"):
        open_classifier(config(source, data__valid=str(tmp_path / "v.csv")))
