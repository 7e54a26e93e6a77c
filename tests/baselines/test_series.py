"""Naive, seasonal naive and drift forecasts, and intervals from the errors they would have made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from remy.baselines import Drift, Naive, SeasonalNaive
from remy.errors import DataError, ShapeError, UsageError
from remy.metrics import interval_coverage

HISTORY = np.array([[1.0, 10.0], [4.0, 20.0], [2.0, 10.0], [8.0, 40.0], [5.0, 10.0]])


def test_naive_repeats_the_last_step() -> None:
    assert Naive().forecast(HISTORY, 3).tolist() == [[5.0, 10.0]] * 3


def test_seasonal_naive_repeats_the_last_season_as_often_as_needed() -> None:
    assert SeasonalNaive(3).forecast(HISTORY, 7)[:, 0].tolist() == [2.0, 8.0, 5.0, 2.0, 8.0, 5.0, 2.0]
    assert SeasonalNaive(3).forecast(HISTORY, 2)[:, 1].tolist() == [10.0, 40.0]
    assert SeasonalNaive(5).forecast(HISTORY, 5).tolist() == HISTORY.tolist()


def test_drift_goes_on_along_the_line_from_the_first_to_the_last_step() -> None:
    assert Drift().forecast(HISTORY, 3).tolist() == [[6.0, 10.0], [7.0, 10.0], [8.0, 10.0]]


def test_a_forecast_is_not_a_view_of_the_history() -> None:
    history = HISTORY.copy()
    for forecast in (Naive().forecast(history, 2), SeasonalNaive(2).forecast(history, 2)):
        forecast[:] = -1.0
    assert (history == HISTORY).all()


def test_quantiles_are_the_forecast_plus_those_of_the_errors_as_many_steps_ahead() -> None:
    found = Naive().quantiles(HISTORY, 2, [0.0, 0.5, 1.0])
    assert found.shape == (3, 2, 2)
    # One step ahead the first channel erred by 3, -2, 6, -3, and two steps ahead by 1, 4, 3.
    assert found[:, 0, 0].tolist() == [5 - 3, 5 + 0.5, 5 + 6]
    assert found[:, 1, 0].tolist() == [5 + 1, 5 + 3, 5 + 4]
    # The second by 10, -10, 30, -30, and by 0, 20, 0.
    assert found[:, 0, 1].tolist() == [10 - 30, 10 + 0, 10 + 30]
    assert found[:, 1, 1].tolist() == [10 + 0, 10 + 0, 10 + 20]


def test_a_seasonal_quantile_takes_errors_one_or_more_whole_seasons_ahead() -> None:
    found = SeasonalNaive(2).quantiles(HISTORY, 3, [0.0, 1.0])[:, :, 0]
    # One season ahead the errors are 1, 4, 3; two seasons ahead there is 4.
    assert found[:, 0].tolist() == [8 + 1, 8 + 4]
    assert found[:, 1].tolist() == [5 + 1, 5 + 4]
    assert found[:, 2].tolist() == [8 + 4, 8 + 4]


def test_intervals_of_a_random_walk_cover_what_they_promise_and_widen() -> None:
    steps = np.random.default_rng(0).normal(size=(5000, 1)).cumsum(axis=0)
    covered = []
    for stop in range(600, 4900, 100):
        low, high = Naive().quantiles(steps[:stop], 8, [0.1, 0.9])
        covered.append(interval_coverage(steps[stop : stop + 8], low, high))
        assert high[7, 0] - low[7, 0] > 1.5 * (high[0, 0] - low[0, 0])
    assert np.mean(covered) == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize("model", [Naive(), SeasonalNaive(2), Drift()])
def test_histories_and_horizons_that_mean_nothing_are_refused(model: Any) -> None:
    name = type(model).__name__
    with pytest.raises(UsageError, match=f"^{name}: expected a horizon of at least 1, got 0"):
        model.forecast(HISTORY, 0)
    with pytest.raises(
        ShapeError, match=rf"^{name}: expected history of shape \(T, K\), got \(5,\); a single"
    ):
        model.forecast(HISTORY[:, 0], 1)
    with pytest.raises(DataError, match=rf"^{name}: expected a history of at least \d steps, got 0"):
        model.forecast(HISTORY[:0], 1)
    gap = HISTORY.copy()
    gap[3, 1] = np.nan
    with pytest.raises(
        DataError, match=f"^{name}: expected finite numbers, got nan at step 3, channel 1; fill"
    ):
        model.forecast(gap, 1)


def test_a_history_too_short_for_the_season_or_for_an_error_is_refused() -> None:
    with pytest.raises(DataError, match="SeasonalNaive: expected a history of at least 6 steps, got 5"):
        SeasonalNaive(6).forecast(HISTORY, 1)
    with pytest.raises(DataError, match="Drift: expected a history of at least 2 steps, got 1"):
        Drift().forecast(HISTORY[:1], 1)
    with pytest.raises(DataError) as caught:
        SeasonalNaive(2).quantiles(HISTORY, 5, [0.5])
    assert str(caught.value) == (
        "SeasonalNaive: expected a history of more than 6 steps to have an error 5 steps ahead, got 5; "
        "take a shorter horizon or a longer history."
    )


def test_seasons_and_levels_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match="SeasonalNaive: expected a season of at least 1, got 0"):
        SeasonalNaive(0)
    with pytest.raises(UsageError, match=r"Naive: expected quantile levels from 0 to 1, got 1.5"):
        Naive().quantiles(HISTORY, 1, [0.5, 1.5])
