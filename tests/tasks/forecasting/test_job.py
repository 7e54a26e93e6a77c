"""Training: it learns what there is, resumes to the last bit, and leaves a complete run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy import runtime
from remy.errors import DataError
from remy.tasks.forecasting import opening
from remy.tasks.forecasting.opening import open_forecaster
from remy.tasks.forecasting.reading import KEPT, Table
from remy.tasks.job import run_job
from remy.tasks.registry import resume
from remy.tasks.starting import start
from remy.training import Interrupted
from remy.training.progress import Report, Silent
from tests.tasks.forecasting import small


class _StopsAfter(Silent):
    """Presses Ctrl-C at the n-th validation."""

    def __init__(self, validations: int) -> None:
        self.left = validations

    def validated(self, report: Report) -> None:
        self.left -= 1
        if self.left == 0:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)


def test_a_promotion_that_is_known_ahead_is_learned(finished: Path) -> None:
    import json

    metrics = json.loads((finished / "metrics.json").read_text())
    best = min(one["mase"] for one in metrics["baselines"])
    assert metrics["model"]["mase"] < 0.7 * best
    assert metrics["verdict"].startswith("the model beats")
    made = {path.name for path in (finished / "plots").iterdir()}
    assert made == {"learning_curve.png", "learning_curve.svg", "forecast.png", "forecast.svg"}


@pytest.mark.parametrize("output", ["quantiles", "student_t"])
@pytest.mark.parametrize("decoding", ["direct", "autoregressive"])
def test_every_output_and_decoding_trains_and_verifies(output: str, decoding: str, shops: Path) -> None:
    found = small.trained(shops, model__output=output, model__decoding=decoding, train__epochs=3)
    assert found.metrics["model"]["mase"] < 1.5
    assert runtime.Forecaster(found.model).verify() < 1e-3


def test_the_same_seed_gives_the_same_weights_and_another_one_others(shops: Path) -> None:
    ours, again, other = (small.trained(shops, train__seed=seed).model for seed in (1, 1, 2))
    same = [np.array_equal(ours.tensors[name], again.tensors[name]) for name in ours.tensors]
    assert all(same)
    assert not np.array_equal(ours.tensors["dense/kernel"], other.tensors["dense/kernel"])


def test_a_run_that_was_stopped_and_resumed_is_the_unbroken_one_to_the_last_bit(
    shops: Path, tmp_path: Path
) -> None:
    config = small.config(shops, train__epochs=4)
    start(open_forecaster(config), out=tmp_path / "whole")
    with pytest.raises(Interrupted):
        start(open_forecaster(config), out=tmp_path / "broken", reporter=_StopsAfter(2))
    resume(tmp_path / "broken")
    whole, broken = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "broken"))
    assert whole == broken


def test_series_from_memory_are_kept_with_the_run_and_read_back_the_same(shops: Path, tmp_path: Path) -> None:
    read = opening.read_table(str(shops), small.config(shops).data)
    table = Table(read.tracks, read.columns, "data")
    config = small.config("", train__epochs=1)
    start(opening.open_series(config, table), out=tmp_path / "run")
    assert (tmp_path / "run" / KEPT).is_file()
    changes: dict[str, Any] = {"train.epochs": 2}
    again = resume(tmp_path / "run", changes=changes)
    assert again.metrics["training"]["updates"] > 0
    assert again.metrics["data"]["name"] == "data"


def test_early_stopping_goes_by_the_named_metric(shops: Path) -> None:
    found = run_job(small.job(shops, train__metric="mae", train__epochs=3))
    assert found.metrics["training"]["metric"] == "mae"


@pytest.mark.slow
def test_tomorrows_temperature_is_forecast_better_than_by_todays() -> None:
    from remy import config as configuration
    from remy.config import ForecasterConfig

    errors, coverage = [], []
    for seed in range(3):
        values = {"data.train": "weather", "data.target": ["temp_max"], "train.seed": seed}
        opened = open_forecaster(configuration.override(ForecasterConfig(), values))
        metrics = start(opened).metrics
        naive = metrics["baselines"][0]["rmse"]
        errors.append(metrics["model"]["rmse"] / naive)
        coverage.append(metrics["model"]["coverage_80"])
    assert np.mean(errors) < 0.95
    assert 0.75 <= np.mean(coverage) <= 0.85


def test_a_run_does_not_go_on_with_other_numbers(tmp_path: Path) -> None:
    path = small.write(tmp_path / "shops.csv")
    start(open_forecaster(small.config(path, train__epochs=1)), out=tmp_path / "run")
    small.write(path, [(day, shop, sales + 1.0, promo) for day, shop, sales, promo in small.rows()])
    with pytest.raises(DataError, match="the data changed since the run began"):
        resume(tmp_path / "run", changes={"train.epochs": 2})
