"""The estimators: three lines of Python from data to answers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy.errors import DataError, UsageError
from remy.tasks.classification import Classifier, Regressor
from tests.tasks.classification import toy


def fitted(*data: Any, **changes: Any) -> Classifier:
    options = {**toy.SMALL, **changes.pop("options", {})}
    return Classifier(**{**toy.QUICK, **changes}, options=options).fit(*data)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
def test_it_learns_from_texts(cell: str, pooling: str) -> None:
    model = fitted(*toy.reviews(), cell=cell, pooling=pooling, epochs=25)
    texts, labels = toy.reviews(seed=9)
    found = model.predict(texts)
    assert np.mean([one == other for one, other in zip(found, labels, strict=True)]) > 0.95
    assert model.evaluate(texts, labels)["accuracy"] > 0.95


def test_it_learns_from_numbers_and_says_so_beside_the_baselines() -> None:
    model = fitted(*toy.recordings(), epochs=25)
    assert model.evaluate(*toy.recordings(seed=4))["accuracy"] > 0.95
    names = [baseline["name"] for baseline in model.metrics["baselines"]]
    assert names == ["majority class", "logistic regression on means and deviations"]
    assert model.metrics["model"]["confusion"]["labels"] == ["down", "up"]


def test_baselines_learn_from_the_training_part_only() -> None:
    """Every text is a word of its own: whoever knew the held-out ones would be right on all of them."""
    texts = [f"word{number}" for number in range(60)]
    model = fitted(texts, ["odd", "even"] * 30, epochs=1)
    assert all(baseline["accuracy"] <= 0.5 for baseline in model.metrics["baselines"])


def test_several_labels_each_are_learned() -> None:
    texts, labels = toy.reviews(160)
    shouted = [f"{text} wow" if number % 4 < 2 else text for number, text in enumerate(texts)]
    several = [[label, "loud"] if number % 4 < 2 else [label] for number, label in enumerate(labels)]
    model = fitted(shouted, several, epochs=25)
    assert model.labels == ("bad", "good", "loud")
    assert model.predict(["the film was good wow", "so bad"]) == [("good", "loud"), ("bad",)]
    assert model.metrics["model"]["micro_f1"] > 0.9
    assert model.metrics["baselines"][0]["name"].startswith("TF-IDF")


def test_rare_classes_weigh_more_where_that_is_asked_for() -> None:
    """Noise in every text: without weights the rare label is never worth predicting."""
    texts, labels = toy.reviews(200)
    rare = [label if number < 10 or label == "good" else None for number, label in enumerate(labels)]
    kept = [(text, label) for text, label in zip(texts, rare, strict=True) if label is not None]
    blind = [" ".join("x" for _ in text.split()) for text, _ in kept]
    options = {"data.min_count": 1}
    plain = fitted(blind, [label for _, label in kept], epochs=4, options=options)
    weighted = fitted(
        blind, [label for _, label in kept], epochs=4, class_weights="balanced", options=options
    )
    assert plain.predict_proba(["x x x"])[0, 0] < 0.2
    assert 0.3 < weighted.predict_proba(["x x x"])[0, 0] < 0.7


def test_a_live_model_answers_after_every_step() -> None:
    values, labels = toy.recordings()
    model = fitted(values, labels, live=True, epochs=25)
    steps = model.predict_prefixes(values[0])
    assert steps.shape == (len(values[0]), 2)
    np.testing.assert_allclose(steps[-1], model.predict_proba(values[:1])[0], atol=1e-5)
    with pytest.raises(UsageError, match="live reads no future, so bidirectional has to be false"):
        Classifier(live=True, bidirectional=True)


def test_a_regressor_answers_in_the_unit_it_learned() -> None:
    values, _ = toy.recordings(120)
    ends = [1000.0 + 50.0 * float(value[-1, 0]) for value in values]
    model = Regressor(**{**toy.QUICK, "epochs": 60}, options=toy.SMALL).fit(values, ends)
    errors = model.predict(values) - np.array(ends)
    assert np.sqrt(np.mean(errors**2)) < 0.3 * np.std(ends)
    assert model.metrics["model"]["rmse"] < 0.5 * model.metrics["baselines"][0]["rmse"]
    assert model.evaluate(values, ends)["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)


def test_it_comes_back_from_its_file_and_from_its_run(tmp_path: Path) -> None:
    texts, labels = toy.reviews()
    model = Classifier(**toy.QUICK, options=toy.SMALL).fit(texts, labels, out=tmp_path / "run")
    model.save(tmp_path / "model.safetensors")
    for place in (tmp_path / "run", tmp_path / "model.safetensors"):
        again = remy.load(place)
        assert isinstance(again, Classifier)
        assert np.array_equal(again.predict_proba(texts), model.predict_proba(texts))


def test_a_file_is_learned_from_as_its_records_are(tmp_path: Path) -> None:
    texts, labels = toy.reviews()
    (tmp_path / "a.csv").write_text(toy.table(texts, labels), encoding="utf-8")
    of_file = fitted(tmp_path / "a.csv", epochs=3)
    of_lists = fitted(texts, labels, epochs=3)
    assert np.array_equal(of_file.predict_proba(texts), of_lists.predict_proba(texts))


@pytest.mark.parametrize(
    ("inputs", "labels", "error", "message"),
    [
        (["a", "b"], ["x"], UsageError, "expected 2 labels, one a sequence, got 1"),
        ([], [], UsageError, "expected at least one sequence in a list, got none"),
        (["a", np.zeros((2, 2))], ["x", "y"], UsageError, "all texts or all numbers, got both"),
        (["a", "b", "c"], ["x", "x", "x"], DataError, "at least two classes to tell apart, got only 'x'"),
        (["a", "b"], None, UsageError, "expected labels"),
        ("no.csv", ["x"], UsageError, "a file has its own labels"),
        ([np.zeros((2, 2)), np.zeros((2, 3))] * 4, ["x", "y"] * 4, DataError, "as many features"),
    ],
)
def test_data_that_cannot_be_used_are_refused(inputs: Any, labels: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        Classifier(**toy.QUICK).fit(inputs, labels)


def test_numbers_far_from_zero_are_learned_as_well_as_near_ones() -> None:
    values, _ = toy.recordings(60)
    ends = np.array([float(value[-1, 0]) for value in values])
    near, far = (
        Regressor(**{**toy.QUICK, "epochs": 5}, options=toy.SMALL).fit(values, ends + shift)
        for shift in (0.0, 1e7)
    )
    assert far.metrics["model"]["rmse"] == pytest.approx(near.metrics["model"]["rmse"], rel=1e-3)
    assert far.metrics["training"]["validation_score"] == pytest.approx(
        far.metrics["model"]["rmse"], rel=1e-3
    )


def test_several_labels_are_scored_from_python_the_file_and_the_run(tmp_path: Path) -> None:
    texts, labels = toy.reviews(40)
    several = [[label, "loud"] if number % 4 < 2 else [label] for number, label in enumerate(labels)]
    model = Classifier(**toy.QUICK, options=toy.SMALL).fit(texts, several, out=tmp_path / "run")
    expected = model.evaluate(texts, several)
    assert remy.load(tmp_path / "run").evaluate(texts, several) == expected
    assert remy.load(tmp_path / "run" / "model.safetensors").evaluate(texts, several) == expected


def test_numpy_labels_replace_an_older_run_and_a_failure_brings_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, _ = toy.reviews(40)
    labels = np.arange(40) % 2
    for _ in range(2):
        model = Classifier(**toy.QUICK, options=toy.SMALL)
        model.fit(texts, labels, out=tmp_path / "run", force=True)
    before = {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}

    def full(*arguments: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("remy.tasks.classification.opening.write_kept", full)
    with pytest.raises(DataError, match="No space left"):
        Classifier(**toy.QUICK, options=toy.SMALL).fit(texts, labels, out=tmp_path / "run", force=True)
    assert {path: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()} == before


def test_options_are_checked_before_anything_is_read() -> None:
    with pytest.raises(UsageError, match=r"^Classifier: pooling: expected one of .* did you mean 'mean'"):
        Classifier(pooling="meen")
    with pytest.raises(TypeError, match="unexpected keyword argument 'unit'"):
        Classifier(unit=3)
    with pytest.raises(UsageError, match="call fit first"):
        Classifier().predict(["a"])
