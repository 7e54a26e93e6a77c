"""Trained forecasters can be traced."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy.errors import DataError, ShapeError
from remy.inspect import trace
from remy.tasks import Forecaster, load
from tests.tasks.forecasting import small
from tests.tasks.traced import checked_trace, loss_of, refuses

DAYS = np.arange("2021-01-01", "2021-03-02", dtype="datetime64[D]")
OPTIONS: dict[str, Any] = {"units": 6, "window": 8, "epochs": 2, "threads": 1, "horizon": 3, "dropout": 0.0}


def series(stop: int = 60) -> dict[str, Any]:
    """A weekly pattern that grows."""
    return {"date": DAYS[:stop], "y": (np.arange(60.0) % 7 + 0.1 * np.arange(60.0))[:stop]}


CAME = series()["y"][50:53]


def made(**changes: Any) -> Forecaster:
    return Forecaster(**{**OPTIONS, **changes}).fit(series(), target="y")


@pytest.fixture(scope="module")
def direct() -> Forecaster:
    return made()


def test_a_forecaster_agrees_with_its_runtime_the_reference_and_finite_differences(
    direct: Forecaster,
) -> None:
    found = checked_trace(direct, series(50), CAME)
    assert [layer.name for layer in found.layers] == ["encoder_0", "decoder_0"]
    assert found.items_of(found.layer("encoder_0"))[::7] == ("2021-02-12", "2021-02-19")
    assert found.items_of(found.layer("decoder_0")) == ("+1", "+2", "+3")
    assert found.probabilities is None


def test_its_scores_are_the_quantiles_that_are_forecast(direct: Forecaster) -> None:
    found = trace(direct, series(50))
    assert found.outputs is not None
    levels = [float(name.removeprefix("q")) for name in found.outputs]
    mean, scale = direct._need("scale").model.scaler.target_scale("data")
    [ahead] = direct.predict(series(50), quantiles=levels)
    np.testing.assert_allclose(found.scores[0] * scale + mean, ahead.quantiles[:, 0], rtol=1e-5)


def test_the_loss_is_the_pinball_loss_of_every_step(direct: Forecaster) -> None:
    found = trace(direct, series(50), CAME)
    assert found.outputs is not None
    levels = np.array([float(name.removeprefix("q")) for name in found.outputs])
    mean, scale = direct._need("scale").model.scaler.target_scale("data")
    error = ((CAME - mean) / scale)[:, None] - found.scores[0]
    each = 2 * np.maximum(levels * error, (levels - 1) * error).mean(axis=1)
    assert found.loss == pytest.approx(each.mean(), rel=1e-4)
    assert trace(direct, series(50), CAME, at=1).loss == pytest.approx(each[1], rel=1e-4)
    assert loss_of(direct, series(50), CAME + 100) > 10 * each.mean()
    assert trace(direct, series(50), CAME[:2]).scores.shape[1] == 2


def test_an_autoregressive_decoder_reads_what_came_or_its_own_medians() -> None:
    model = made(decoding="autoregressive", output="student_t", cell="lstm", layers=2)
    found = checked_trace(model, series(50), CAME)
    assert found.outputs == ("location", "width", "freedom")
    assert {layer.name for layer in found.layers} == {
        "encoder_0", "encoder_1", "decoder_0", "decoder_1",
    }  # fmt: skip
    other = trace(model, series(50), CAME + np.array([9, 0, 0]))
    assert not np.allclose(other.scores[:, 1:], found.scores[:, 1:], atol=1e-3)
    assert np.array_equal(other.scores[:, :1], found.scores[:, :1])
    assert trace(model, series(50), series()["y"][50:55]).scores.shape == (1, 5, 3)
    [ahead] = model.predict(series(50))
    by_medians = trace(model, series(50), ahead.point[:, 0])
    np.testing.assert_allclose(trace(model, series(50)).scores, by_medians.scores, atol=1e-6)


def test_one_of_several_series_with_what_is_known_ahead(finished: Path, shops: Path) -> None:
    model = load(finished)
    table = [row for row in small.rows() if row[1] == "b"]
    names = ("date", "shop", "sales", "promo")
    columns = {name: np.array(each) for name, each in zip(names, zip(*table, strict=True), strict=True)}
    past = {name: each[:-3] for name, each in columns.items()}
    future = {name: each[-3:] for name, each in columns.items() if name != "sales"}
    found = checked_trace(model, (past, future), columns["sales"][-3:])
    sold = {**future, "promo": 1 - future["promo"]}
    assert not np.allclose(trace(model, (past, sold)).scores, found.scores, atol=1e-3)
    refuses(model, past, None, DataError, "reads promo ahead of time; give them for the 3 steps")
    refuses(model, shops, None, DataError, "expected x as one series, got 2: a, b; give the rows of one")


def test_what_cannot_be_traced_is_refused_in_a_sentence(direct: Forecaster) -> None:
    refuses(direct, series(5), None, DataError, "reads 8 steps of the past, got 5")
    refuses(direct, [], None, DataError, "at least one step, got an empty one")
    refuses(direct, series(0), None, DataError, "at least one step, got an empty one")
    refuses(direct, ["much"], None, DataError, "expected one series of numbers: .*'much'")
    refuses(direct, 3, None, DataError, "expected x as a series, as to predict, got int")
    refuses(direct, series(50), series()["y"][50:54], ShapeError, r"H from 1 to 3 .* K = 1 \(y\), got \(4,\)")
    refuses(direct, series(50), [], ShapeError, r"got \(0,\)")
    refuses(direct, series(50), "much", DataError, "the target as numbers, got str")
    refuses(direct, series(50), [1.0, np.nan, 2.0], DataError, "finite numbers")
