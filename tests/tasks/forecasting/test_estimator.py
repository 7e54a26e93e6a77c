"""The estimator: tables in memory and files, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest

from remy.errors import DataError, UsageError
from remy.tasks.forecasting import Forecaster
from remy.tasks.forecasting.evaluation import open_run
from tests.tasks.forecasting import small

OPTIONS: dict[str, Any] = {"units": 4, "window": 8, "epochs": 1, "threads": 1, "horizon": 2}


def columns(**more: Any) -> dict[str, Any]:
    """One series of 60 days."""
    days = np.arange("2021-01-01", "2021-03-02", dtype="datetime64[D]")
    return {"date": days, "y": np.arange(60.0) % 7, **more}


def test_a_dictionary_a_data_frame_and_an_array_are_the_same_series() -> None:
    table = columns()
    one = Forecaster(**OPTIONS, calendar=[]).fit(table, target="y").predict()[0]
    frame = polars.DataFrame(table)
    two = Forecaster(**OPTIONS, calendar=[]).fit(frame, target="y").predict()[0]  # type: ignore[arg-type]
    three = Forecaster(**OPTIONS, calendar=[], season=7).fit(table["y"]).predict()[0]
    np.testing.assert_array_equal(one.quantiles, two.quantiles)
    np.testing.assert_array_equal(one.quantiles, three.quantiles)
    assert three.times.tolist() == [60, 61]


def test_what_is_known_ahead_is_given_by_columns() -> None:
    promo = (np.arange(60) % 3 == 0).astype(float)
    model = Forecaster(**OPTIONS, known="promo").fit(columns(promo=promo), target="y")
    with pytest.raises(DataError, match="reads promo ahead of time; give them for the 2 steps from 2021"):
        model.predict()
    future = {"date": np.array(["2021-03-02", "2021-03-03"], "datetime64[D]"), "promo": [1.0, 0.0]}
    assert model.predict(future=future)[0].point.shape == (2, 1)
    late = {**future, "date": np.array(["2021-03-03", "2021-03-04"], "datetime64[D]")}
    with pytest.raises(DataError, match="promo for 2021-03-02 is missing; expected the 2 steps"):
        model.predict(future=late)


def test_a_loaded_run_forecasts_as_the_one_that_was_fitted(finished: Path, shops: Path) -> None:
    model = Forecaster._of(open_run(finished).model)
    future = {"date": ["2020-06-29"] * 2, "shop": ["a", "b"], "promo": [1.0, 0.0]}
    shop_a, shop_b = model.predict(horizon=1, future=future)
    again = model.predict(shops, horizon=1, future=future)
    np.testing.assert_array_equal(shop_b.quantiles, again[1].quantiles)
    assert abs(shop_a.point[0, 0] - 10.0) < 10.0
    assert abs(shop_b.point[0, 0] - 5000.0) < 3000.0
    assert model.backtest(windows=2)["scored_on"]["records"] == 4


def test_saving_and_loading_gives_the_same_forecast(tmp_path: Path) -> None:
    from remy import runtime

    table = columns()
    model = Forecaster(**OPTIONS).fit(table, target="y")
    model.save(tmp_path / "model.safetensors")
    loaded = Forecaster._of(runtime.load_as(tmp_path / "model.safetensors", runtime.Forecaster))
    np.testing.assert_array_equal(model.predict()[0].quantiles, loaded.predict(table)[0].quantiles)
    with pytest.raises(UsageError, match="give a file of series"):
        loaded.predict()


def test_another_model_file_in_a_run_directory_is_itself_loaded(finished: Path, shops: Path) -> None:
    from dataclasses import replace

    from remy import runtime
    from remy.io import model_file

    trained = runtime.load_as(finished, runtime.Forecaster).model_file
    tensors = {name: np.zeros_like(tensor) for name, tensor in trained.tensors.items()}
    other = finished / "other.safetensors"
    model_file.write(other, replace(trained, tensors=tensors))
    try:
        loaded = Forecaster._of(runtime.load_as(other, runtime.Forecaster))
        future = {"date": ["2020-06-29"] * 2, "shop": ["a", "b"], "promo": [1.0, 0.0]}
        found = loaded.predict(shops, horizon=1, future=future)
    finally:
        other.unlink()
    expected = Forecaster._of(runtime.load_as(finished, runtime.Forecaster)).predict(
        shops, horizon=1, future=future
    )
    assert not np.array_equal(found[0].quantiles, expected[0].quantiles)


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (
            {"date": [1, 2], "y": [1.0, float("nan")]},
            {"target": "y"},
            "a finite number, got nan in row 1",
        ),
        ({"when": [1, 2], "y": [1.0, 2.0]}, {"target": "y"}, r"which of when, y is the time\?"),
        ({"date": [1, 2], "y": [1.0, 2.0]}, {}, r"which of date, y is to be forecast\?"),
        ({"date": [1, 2], "y": [1.0, 2.0]}, {"target": "z"}, "expected a column 'z', got date, y"),
        ({"date": [1, 1], "y": [1.0, 2.0]}, {"target": "y"}, "sort the rows, and give each time once"),
        ({"date": [1, 2, 3], "y": [1.0, 2.0]}, {"target": "y"}, r"column 'y' has \(2,\), the times \(3,\)"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(
    data: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises((DataError, UsageError), match=message):
        Forecaster(**OPTIONS, **options).fit(data)


def test_an_option_that_is_none_and_a_model_without_learning_are_refused() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'horizont'"):
        Forecaster(horizont=3)
    with pytest.raises(UsageError, match="Forecaster: horizon"):
        Forecaster(horizon=0)
    with pytest.raises(UsageError, match=r"Forecaster\.predict: the model has learned nothing yet"):
        Forecaster().predict()


def test_two_channels_are_forecast_together() -> None:
    table = columns(other=100.0 + np.arange(60.0) % 5)
    found = Forecaster(**OPTIONS).fit(table, target=["y", "other"]).predict()[0]
    assert found.quantiles.shape == (2, 2, 3)
    assert (np.diff(found.quantiles, axis=2) >= 0.0).all()
    assert found.point[0, 0] < 50.0 < found.point[0, 1]


def test_rows_of_shops_are_what_the_other_tests_take_them_for() -> None:
    assert len(small.rows()) == 2 * 180


def test_each_series_reads_its_own_future(finished: Path) -> None:
    model = Forecaster._of(open_run(finished).model)
    table = {"date": ["2020-06-29"] * 2, "shop": ["a", "b"]}
    none, only_b = (
        model.predict(horizon=1, future={**table, "promo": promo}) for promo in ([0.0, 0.0], [0.0, 1.0])
    )
    np.testing.assert_array_equal(none[0].quantiles, only_b[0].quantiles)
    assert only_b[1].point[0, 0] > none[1].point[0, 0]
