"""Training the cells side by side: equal budgets, the runs' own figures, failures that cost little."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from remy.errors import DataError, UsageError
from remy.tasks.comparison import Comparison, compare, trained
from remy.tasks.comparison.problem_lesson import ProblemLesson
from tests.tasks.classification import toy
from tests.training import tiny

QUICK: dict[str, Any] = {"units": 4, "epochs": 0.04, "steps": 8, "options": {"train.threads": 1}}
TEXT = {"model.embedding": 4, "train.steps": 16, "train.batch_size": 2, "train.threads": 1}


@pytest.fixture(scope="module")
def adding() -> Comparison:
    """Three cells, two seeds, four updates each."""
    return compare("adding", seeds=2, **QUICK)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("comparison") / "text.txt"
    path.write_text(tiny.text(), encoding="utf-8")
    return path


def test_parameters_are_those_of_the_network(adding: Comparison) -> None:
    # Two features, four units: kernel, recurrent kernel and bias a gate; a GRU has two biases; dense 4 + 1.
    assert [row.parameters for row in adding.rows] == [
        (8 + 16 + 4) + 5,
        4 * (8 + 16 + 4) + 5,
        3 * (8 + 16 + 8) + 5,
    ]


def test_every_variant_makes_the_same_updates_with_every_seed(adding: Comparison) -> None:
    assert [row.name for row in adding.rows] == ["simple_rnn", "lstm", "gru"]
    for row in adding.rows:
        assert [each.seed for each in row.trainings] == [0, 1]
        assert [each.updates for each in row.trainings] == [4, 4]
    assert adding.fairness == "Every training made 4 updates."


def test_seeds_give_a_spread_and_the_same_seed_the_same_scores(adding: Comparison) -> None:
    again = compare("adding", seeds=1, **QUICK)
    for row, other in zip(adding.rows, again.rows, strict=True):
        assert len(set(row.scores)) == 2
        assert other.scores == row.scores[:1]


def test_every_cell_learns_from_the_same_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[float] = []
    whole = ProblemLesson.loss

    def noted(self: ProblemLesson, update: int) -> Any:
        read.append(float(self._draw(self._batch, 0, self._seed, update)[0].sum()))
        return whole(self, update)

    monkeypatch.setattr(ProblemLesson, "loss", noted)
    compare("adding", cells=["gru", "lstm"], seeds=1, **QUICK)
    assert len(read) == 8
    assert read[:4] == read[4:]
    assert len(set(read)) == 4


def test_the_baseline_is_measured_on_what_is_scored(adding: Comparison) -> None:
    assert adding.scale.baseline == pytest.approx(1 / 6, abs=0.01)
    assert adding.scale.baseline_name == "always 1"


def test_every_measure_has_a_number_for_every_seed(adding: Comparison) -> None:
    for row in adding:
        assert all(len(values) == 2 for values in row.measures.values())
        assert set(row.units) == set(row.measures)
        assert min(row.measures["one step"]) > 0
        assert min(row.measures["sequences/s"]) > 0
        assert all(1 <= each <= 8 for each in row.measures["memory horizon"])
    simple, lstm, gru = adding.rows
    assert "forget gate" in lstm.measures
    assert "update gate" in gru.measures
    assert "saturated gates" not in simple.measures
    # Untrained but for four updates: sigmoid(1) and sigmoid(0).
    assert lstm.median("forget gate") == pytest.approx(0.73, abs=0.08)
    assert gru.median("update gate") == pytest.approx(0.5, abs=0.08)


def test_the_json_is_of_one_schema(adding: Comparison) -> None:
    found = json.loads(json.dumps(adding.to_json(), allow_nan=False))
    assert set(found) == {
        "schema", "version", "data", "task", "budget", "seeds", "looked_at", "score", "baseline", "rows",
        "left_out", "verdict", "fairness", "notes", "starts",
    }  # fmt: skip
    assert found["schema"] == "remy-comparison/1"
    assert set(found["budget"]) == {"epochs", "batch_size", "lr", "units", "max_time", "threads"}
    row = found["rows"][1]
    assert set(row) == {
        "name", "cell", "layers", "bidirectional", "parameters", "measures", "trainings", "sentence",
    }  # fmt: skip
    assert set(row["measures"]["memory horizon"]) == {"unit", "values", "median"}
    training = row["trainings"][0]
    assert set(training) == {
        "seed", "score", "updates", "ended_by", "seconds", "items_per_second", "step_microseconds",
        "reaches", "gates",
    }  # fmt: skip
    assert set(training["reaches"][0]) == {
        "layer",
        "direction",
        "lags",
        "horizon",
        "decay",
        "last",
        "hidden_horizon",
    }
    assert set(training["gates"][0]) == {"layer", "direction", "name", "mean", "closed", "open"}
    assert row["sentence"] == adding.sentences[1]


def test_the_copy_problem_is_scored_at_every_step() -> None:
    found = compare("copy", cells=["gru"], seeds=1, **{**QUICK, "steps": 3})
    assert found.scale.name == "nats/step"
    assert found.rows[0].trainings[0].reaches[0].lags == 23
    # Ten features in; nine symbols out.
    assert found.rows[0].parameters == 3 * (40 + 16 + 8) + 9 * (4 + 1)


def test_directions_and_layers_are_variants(adding: Comparison) -> None:
    found = compare("adding", cells=["gru"], layers=(1, 2), bidirectional=(False, True), seeds=1, **QUICK)
    assert [row.name for row in found.rows] == [
        "gru", "2-layer gru", "bidirectional gru", "2-layer bidirectional gru",
    ]  # fmt: skip
    both = found.rows[2].trainings[0]
    assert [(reach.layer, reach.direction) for reach in both.reaches] == [
        ("rnn_0", "forward"), ("rnn_0", "backward"),
    ]  # fmt: skip
    assert both.parameters == 2 * 3 * (8 + 16 + 8) + 9


def test_a_text_is_compared_as_remy_train_learns_it(text: Path) -> None:
    from remy.tasks.language.opening import open_language_model
    from remy.tasks.starting import start

    options = {**TEXT, "train.seed": 5}
    found = compare(text, cells=["gru"], units=8, seeds=2, epochs=1, options=options)
    row = found.rows[0]
    assert (found.task, found.scale.name, found.scale.more_is_better) == (
        "language_model",
        "nats/char",
        False,
    )
    assert found.seeds == (5, 6)
    changes = {key.replace(".", "__"): value for key, value in options.items()}
    config = tiny.config(
        data__train=str(text), model__units=8, model__layers=1, model__cell="gru", train__epochs=1.0,
        train__patience=None, model__dropout=None, train__lr=0.006, train__evaluations=20, **changes,
    )  # fmt: skip
    alone = start(open_language_model(config)).metrics
    assert row.scores[0] == pytest.approx(alone["model"]["nats_per_character"], rel=1e-6)
    assert row.trainings[0].updates == alone["training"]["updates"]
    assert row.parameters == alone["training"]["parameters"]
    assert found.scale.baseline == alone["baseline"]["nats_per_character"]


def test_a_direction_the_task_cannot_have_is_left_out_and_said(text: Path) -> None:
    found = compare(
        text, cells=["gru"], bidirectional=(False, True), units=4, seeds=1, epochs=0.1, options=TEXT
    )
    assert [row.name for row in found.rows] == ["gru"]
    (left,) = found.left_out
    assert (left.name, left.reason) == (
        "bidirectional gru", "the task language_model has no choice of directions"
    )  # fmt: skip


def test_a_cell_that_an_option_rules_out_is_left_out(text: Path) -> None:
    found = compare(
        text, cells=["lstm", "simple_rnn"], units=4, seeds=1, epochs=0.1,
        options={**TEXT, "model.activation": "relu"},
    )  # fmt: skip
    assert [row.name for row in found.rows] == ["simple_rnn"]
    assert "an activation other than tanh needs the cell simple_rnn" in found.left_out[0].reason


def test_held_out_records_are_the_same_for_every_seed(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(toy.table(*toy.reviews()), encoding="utf-8")
    found = compare(
        file, cells=["gru"], bidirectional=(False, True), units=8, seeds=2, epochs=12,
        options={"train.threads": 1, "model.embedding": 8, "data.min_count": 1, "train.lr": 0.02},
    )  # fmt: skip
    assert (found.task, found.scale.name, found.scale.more_is_better) == ("classifier", "accuracy", True)
    assert found.scale.baseline == 1.0
    assert found.looked_at == "a batch of what is held out"
    one, both = found.rows
    assert both.parameters > one.parameters
    assert max(one.scores) > 0.5


def test_a_training_that_fails_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained.ProblemGround.train

    def failing(self: trained.ProblemGround, config: Any) -> Any:
        if config.model.cell == "lstm" or (config.model.cell == "gru" and config.train.seed == 1):
            raise DataError("training: the loss is no longer a number")
        return whole(self, config)

    monkeypatch.setattr(trained.ProblemGround, "train", failing)
    found = compare("adding", seeds=2, **QUICK)
    assert [(row.name, len(row.trainings)) for row in found.rows] == [("simple_rnn", 2), ("gru", 1)]
    assert [each.name for each in found.left_out] == ["lstm"]
    assert "gru, seed 1: training: the loss is no longer a number" in found.notes
    with pytest.raises(DataError, match=r"no training came to its end; lstm: .*no longer a number"):
        compare("adding", cells=["lstm"], seeds=1, **QUICK)


def test_early_stopping_is_off_unless_asked_for() -> None:
    wild = {"train.threads": 1, "train.lr": 1.0, "train.evaluations": 10}
    words = {**QUICK, "cells": ["gru"], "seeds": 1, "epochs": 0.2}
    (usual,) = compare("adding", **{**words, "options": wild}).rows[0].trainings
    assert (usual.ended_by, usual.updates) == ("epochs", 20)
    found = compare("adding", **{**words, "options": {**wild, "train.patience": 1}})
    (patient,) = found.rows[0].trainings
    assert patient.ended_by == "patience"
    assert patient.updates < 20


@pytest.mark.parametrize(("words", "message"), [
    ({"seeds": 0}, "seeds: expected at least 1, got 0"),
    ({"cells": ["lstn"]}, "cell: expected one of .*got 'lstn'; did you mean 'lstm'"),
    ({"cells": []}, "cells: expected at least one, got none"),
    ({"layers": [0]}, "layers: expected at least 1, got 0"),
    ({"steps": 1}, "steps: the adding problem needs at least 2, got 1"),
    ({"units": 0}, "units: expected .*got 0"),
    ({"task": "classifier"}, "--task: adding is a problem of its own"),
    ({"options": {"model.cell": "gru"}}, "model.cell is what is compared; give cells instead"),
    ({"options": {"model.unitz": 4}}, "unknown key 'model.unitz'; did you mean 'model.units'"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(words: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compare("adding", **words)


def test_steps_are_for_the_problems_only(text: Path) -> None:
    with pytest.raises(UsageError, match="steps: only the problems adding and copy have it, got 9"):
        compare(text, steps=9)


def test_a_comparison_is_written_once(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    quick = {**QUICK, "cells": ["gru"], "seeds": 1}
    found = compare("adding", out=tmp_path / "a", **quick)
    assert json.loads((tmp_path / "a" / "comparison.json").read_text("utf-8")) == found.to_json()
    assert (tmp_path / "a" / "comparison.svg").read_bytes().startswith(b"<?xml")
    with pytest.raises(UsageError, match=r"comparison.json: exists; give --force to replace it"):
        compare("adding", out=tmp_path / "a", **quick)
    compare("adding", out=tmp_path / "a", force=True, **quick)


@pytest.mark.slow
def test_gated_cells_solve_a_short_adding_problem() -> None:
    found = compare("adding", cells=["gru", "lstm"], seeds=1, steps=40, units=32, epochs=15)
    assert all(row.scores[0] < 0.02 for row in found.rows)
