"""Backtests: the same forecasts whatever came later, beside honest baselines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from remy import runtime
from remy.errors import DataError, UsageError
from remy.tasks.forecasting.backtest import backtest_run
from remy.tasks.forecasting.evaluation import evaluate_run, open_run
from remy.tasks.forecasting.scoring import make_backtest
from remy.tasks.forecasting.skill import difference, verdict
from tests.tasks.forecasting import small


def test_evaluating_a_run_gives_the_scores_it_ended_with(finished: Path) -> None:
    kept = json.loads((finished / "metrics.json").read_text())
    again = evaluate_run(finished)
    for key in ("model", "baselines", "verdict", "by_step", "by_series", "scored_on"):
        assert again[key] == kept[key], key
    assert [one["name"] for one in again["baselines"]] == ["naive", "seasonal naive (7)", "drift"]


def test_a_forecast_does_not_change_with_what_comes_after_its_present(finished: Path) -> None:
    run = open_run(finished)
    tracks = list(run.own().table.tracks)
    presents = np.array([[0, 150], [1, 150]])
    before = make_backtest(run.model, tracks, presents, horizon=3, learned=[126, 126])
    for track in tracks:
        track.target[150:] = -1e9
    after = make_backtest(run.model, tracks, presents, horizon=3, learned=[126, 126])
    np.testing.assert_array_equal(before.model.point, after.model.point)
    for ours, theirs in zip(before.baselines, after.baselines, strict=True):
        np.testing.assert_array_equal(ours.point, theirs.point)
        if ours.quantiles is not None and theirs.quantiles is not None:
            np.testing.assert_array_equal(ours.quantiles, theirs.quantiles)


def test_baselines_repeat_the_last_step_and_the_last_season(finished: Path) -> None:
    run = open_run(finished)
    tracks = run.own().table.tracks
    test = make_backtest(run.model, tracks, np.array([[1, 150]]), horizon=3, learned=[126, 126])
    naive, seasonal, _ = test.baselines
    np.testing.assert_array_equal(naive.point[0], tracks[1].target[[149, 149, 149]])
    np.testing.assert_array_equal(seasonal.point[0], tracks[1].target[143:146])
    np.testing.assert_array_equal(test.true[0], tracks[1].target[150:153])


def test_windows_and_steps_choose_the_last_presents(finished: Path) -> None:
    found = backtest_run(finished, horizon=2, step=5, windows=3)
    ends = found.test.presents
    assert ends[ends[:, 0] == 0, 1].tolist() == [168, 173, 178]
    assert found.scores["scored_on"]["records"] == 6
    assert found.scores["notes"] == []
    rows = list(found.rows())
    assert len(rows) == 12
    assert list(rows[0])[:6] == ["series", "known_until", "time", "step", "true", "forecast"]
    assert {"q0.1", "q0.5", "q0.9", "naive", "drift"} <= set(rows[0])


def test_a_backtest_over_what_was_learned_from_says_so(finished: Path) -> None:
    notes = backtest_run(finished, step=3, windows=20).scores["notes"]
    assert "begin before the part of the series that was held out" in notes[0]
    assert "are of times the model learned from: they flatter it" in notes[1]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"horizon": 0}, UsageError, "horizon: expected at least 1 step, got 0"),
        ({"horizon": 4}, UsageError, r"forecasts up to 3 steps, got 4; train with --horizon 4"),
        ({"step": 0}, UsageError, "step: expected at least 1, got 0"),
        ({"windows": 0}, UsageError, "windows: expected at least 1, got 0"),
        ({"windows": 1000}, DataError, "1000 windows of 3 steps, 3 apart, .* do not fit into its 180 steps"),
    ],
)
def test_an_option_that_cannot_be_is_refused(
    options: dict[str, int], error: type[Exception], message: str, finished: Path
) -> None:
    with pytest.raises(error, match=message):
        backtest_run(finished, **options)


def test_a_file_with_an_unknown_series_or_another_step_is_refused(finished: Path, tmp_path: Path) -> None:
    unknown = small.write(
        tmp_path / "c.csv", [(d, "ab", s, p) for d, shop, s, p in small.rows() if shop == "a"]
    )
    with pytest.raises(DataError, match=r"series 'ab': the model has not learned from it .* it knows a, b"):
        evaluate_run(finished, str(unknown))
    weekly = small.write(tmp_path / "w.csv", [r for r in small.rows() if r[1] == "a"][::7])
    with pytest.raises(DataError, match="has steps of 7 days, the model is for steps of 1 day"):
        evaluate_run(finished, str(weekly))


def test_a_model_file_alone_scores_a_file_but_has_no_series_of_its_own(finished: Path, shops: Path) -> None:
    alone = finished / "model.safetensors"
    with pytest.raises(UsageError, match="this is a model file without its run directory"):
        evaluate_run(alone)
    assert evaluate_run(alone, str(shops))["model"]["rmse"] > 0.0


def test_a_shifted_series_is_not_sold_as_skill() -> None:
    random = np.random.default_rng(0)
    walk = np.cumsum(random.normal(size=400))
    ours = (walk[1:] - walk[:-1] * 0.999) ** 2
    naive = (walk[1:] - walk[:-1]) ** 2
    scores = {"rmse": float(np.sqrt(ours.mean()))}
    rival = {"name": "naive", "rmse": float(np.sqrt(naive.mean()))}
    said = verdict("rmse", scores, [rival], {"naive": difference(ours, naive, lags=0)})
    assert said is not None
    assert "NOT" in said
    better = difference(ours * 0.5, naive, lags=0)
    assert better[0] > 2 * better[1]
    said = verdict("rmse", {"rmse": 0.5 * rival["rmse"]}, [rival], {"naive": better})
    assert said is not None
    assert said.startswith("the model beats naive")


def test_overlapping_errors_widen_the_standard_error() -> None:
    steady = np.repeat(np.random.default_rng(0).normal(size=50), 5)
    zeros = np.zeros_like(steady)
    assert difference(zeros, steady, lags=4)[1] > 1.5 * difference(zeros, steady, lags=0)[1]


def test_a_run_of_another_task_is_refused(tmp_path: Path) -> None:
    from remy.errors import ModelFileError
    from remy.io import model_file as model_files
    from tests.runtime.small_models import model_file

    model_files.write(tmp_path / "model.safetensors", model_file())
    with pytest.raises(ModelFileError, match="expected a model of the task forecaster, got a language_model"):
        evaluate_run(tmp_path / "model.safetensors")
    assert issubclass(runtime.Forecaster, object)


def test_the_scaled_error_is_over_the_naive_one_of_what_was_learned_from(finished: Path) -> None:
    run = open_run(finished)
    tracks = run.own().table.tracks
    found = backtest_run(finished, step=7)
    each = []
    for number, track in enumerate(tracks):
        rows = found.test.presents[:, 0] == number
        error = np.abs(found.test.true[rows] - found.test.model.point[rows]).mean()
        each.append(error / np.abs(np.diff(track.target[:126, 0])).mean())
    assert found.scores["model"]["mase"] == pytest.approx(np.mean(each), rel=1e-9)
