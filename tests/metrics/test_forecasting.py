"""Scores of forecasts are those worked out by hand, and scikit-learn's pinball loss where it has one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss

from remy import metrics
from remy.errors import DataError, ShapeError, UsageError

numbers = st.integers(-40, 40).map(lambda number: number / 4)
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30)
HISTORY = [1.0, 4.0, 2.0, 8.0, 5.0, 9.0]


def test_the_scale_is_the_mean_step_within_the_history() -> None:
    assert metrics.naive_scale(HISTORY) == pytest.approx((3 + 2 + 6 + 3 + 4) / 5)
    assert metrics.naive_scale(HISTORY, season=2) == pytest.approx((1 + 4 + 3 + 1) / 4)
    assert metrics.naive_scale(HISTORY, season=5) == 8.0


def test_mase_is_the_one_worked_out_by_hand() -> None:
    found = metrics.mean_absolute_scaled_error([10.0, 20.0, 5.0], [8.0, 21.0, 5.0], history=HISTORY)
    assert found == pytest.approx((2 + 1 + 0) / 3 / (18 / 5))
    seasonal = metrics.mean_absolute_scaled_error([10.0, 20.0], [8.0, 21.0], history=HISTORY, season=2)
    assert seasonal == pytest.approx(1.5 / (9 / 4))


def test_mase_is_one_for_the_naive_forecasts_of_the_history_itself() -> None:
    generator = np.random.default_rng(0)
    history = generator.normal(size=(50, 3)).cumsum(axis=0)
    for season in (1, 7):
        found = metrics.mean_absolute_scaled_error(
            history[season:], history[:-season], history=history, season=season
        )
        assert found == pytest.approx(1.0)


def test_each_channel_has_its_own_scale_in_mase() -> None:
    history = np.array([[0.0, 0.0], [1.0, 100.0], [0.0, 0.0]])
    found = metrics.mean_absolute_scaled_error([[2.0, 50.0]], [[0.0, 0.0]], history=history)
    assert found == pytest.approx((2 / 1 + 50 / 100) / 2)


def test_mase_does_not_change_with_the_unit_or_the_spread_of_the_forecast_part() -> None:
    plain = metrics.mean_absolute_scaled_error([10.0, 20.0], [8.0, 21.0], history=HISTORY)
    cents = metrics.mean_absolute_scaled_error(
        [1000.0, 2000.0], [800.0, 2100.0], history=100 * np.array(HISTORY)
    )
    level = metrics.mean_absolute_scaled_error([10.0, 10.0], [8.0, 11.0], history=HISTORY)
    assert plain == pytest.approx(cents) == pytest.approx(level)


def test_a_history_without_scale_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        metrics.mean_absolute_scaled_error([1.0], [2.0], history=[3.0, 3.0, 3.0])
    assert str(caught.value) == (
        "mean_absolute_scaled_error: the history repeats exactly after 1 steps, so its scale is 0; "
        "leave it out or use mean_absolute_error."
    )
    with pytest.raises(DataError, match="channel 1 of the history repeats exactly after 2 steps"):
        metrics.mean_absolute_scaled_error(
            [[1.0, 1.0]], [[2.0, 2.0]], history=[[1.0, 5.0], [2.0, 6.0], [3.0, 5.0]], season=2
        )


def test_a_history_that_is_too_short_or_of_another_shape_is_refused() -> None:
    with pytest.raises(DataError, match="a history of more than one season of 6 steps, got 6"):
        metrics.naive_scale(HISTORY, season=6)
    with pytest.raises(UsageError, match="naive_scale: expected a season of at least 1, got 0"):
        metrics.naive_scale(HISTORY, season=0)
    with pytest.raises(ShapeError, match=r"\(T,\) or \(T, K\), got \(1, 2, 3\)"):
        metrics.naive_scale(np.zeros((1, 2, 3)))
    with pytest.raises(DataError, match=r"naive_scale: 1 of 3 history numbers are not finite, the first at"):
        metrics.naive_scale([1.0, np.nan, 2.0])
    with pytest.raises(ShapeError, match=r"got \(1, 2\) and \(6,\)"):
        metrics.mean_absolute_scaled_error([[1.0, 2.0]], [[1.0, 2.0]], history=HISTORY)


def test_smape_is_the_one_worked_out_by_hand() -> None:
    found = metrics.symmetric_mean_absolute_percentage_error([1.0, 0.0, -2.0, 0.0], [3.0, 0.0, 2.0, 5.0])
    assert found == pytest.approx((2 * 2 / 4 + 0 + 2 * 4 / 4 + 2 * 5 / 5) / 4)


@given(pairs)
def test_smape_lies_from_nought_to_two_and_does_not_care_which_side_is_which(
    drawn: list[tuple[float, float]],
) -> None:
    expected, predicted = map(list, zip(*drawn, strict=True))
    found = metrics.symmetric_mean_absolute_percentage_error(expected, predicted)
    assert 0.0 <= found <= 2.0
    assert found == metrics.symmetric_mean_absolute_percentage_error(predicted, expected)
    assert (found == 0) == (expected == predicted)


@given(pairs.filter(lambda drawn: any(pair[0] for pair in drawn)), st.sampled_from([0.05, 0.3, 0.5, 0.9]))
def test_the_quantile_loss_is_scikit_learns_pinball_loss_over_the_size(
    drawn: list[tuple[float, float]], quantile: float
) -> None:
    expected, predicted = map(np.array, zip(*drawn, strict=True))
    pinball = mean_pinball_loss(expected, predicted, alpha=quantile)
    right = 2 * pinball * len(drawn) / np.abs(expected).sum()
    assert metrics.weighted_quantile_loss(expected, predicted, quantile=quantile) == pytest.approx(right)


def test_the_quantile_loss_is_gluonts_formula() -> None:
    expected, predicted = np.array([4.0, -6.0, 1.0]), np.array([2.0, -5.0, 1.0])
    for q in (0.1, 0.5, 0.8):
        written = 2 * np.abs((expected - predicted) * ((expected <= predicted) - q)).sum() / 11.0
        assert metrics.weighted_quantile_loss(expected, predicted, quantile=q) == pytest.approx(written)


def test_at_one_half_the_quantile_loss_is_the_summed_error_over_the_size() -> None:
    assert metrics.weighted_quantile_loss([4.0, 6.0], [2.0, 7.0], quantile=0.5) == pytest.approx(3 / 10)


def test_a_high_quantile_is_punished_more_for_being_too_low() -> None:
    low = metrics.weighted_quantile_loss([10.0], [9.0], quantile=0.9)
    high = metrics.weighted_quantile_loss([10.0], [11.0], quantile=0.9)
    assert (low, high) == pytest.approx((0.18, 0.02))


def test_the_mean_over_quantiles_is_their_mean() -> None:
    expected, quantiles = [4.0, 6.0], {0.1: [1.0, 2.0], 0.9: [5.0, 5.0]}
    each = [metrics.weighted_quantile_loss(expected, values, quantile=q) for q, values in quantiles.items()]
    assert metrics.mean_weighted_quantile_loss(expected, quantiles) == pytest.approx(sum(each) / 2)
    with pytest.raises(DataError, match="expected at least one quantile, got none"):
        metrics.mean_weighted_quantile_loss(expected, {})


@pytest.mark.parametrize("quantile", [0.0, 1.0, -0.1, float("nan")])
def test_a_quantile_outside_nought_and_one_is_refused(quantile: float) -> None:
    with pytest.raises(UsageError) as caught:
        metrics.weighted_quantile_loss([1.0], [1.0], quantile=quantile)
    assert str(caught.value) == (
        f"weighted_quantile_loss: expected a quantile between 0 and 1, got {quantile}."
    )


def test_a_series_of_noughts_has_no_size_to_weigh_with() -> None:
    with pytest.raises(DataError, match="all expected numbers are 0, so there is nothing to divide by"):
        metrics.weighted_quantile_loss([0.0, 0.0], [1.0, 2.0], quantile=0.5)


def test_coverage_counts_the_bounds_as_within() -> None:
    found = metrics.interval_coverage(
        [1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 0.0, 3.1, 0.0, 6.0], [9.0, 2.0, 4.0, 3.9, 7.0]
    )
    assert found == pytest.approx(2 / 5)
    assert metrics.interval_coverage([[1.0, 2.0]], [[0.0, 0.0]], [[3.0, 1.0]]) == 0.5


def test_bounds_that_cross_are_named() -> None:
    with pytest.raises(DataError) as caught:
        metrics.interval_coverage([1.0, 1.0], [0.0, 3.0], [2.0, 2.0])
    assert str(caught.value) == "interval_coverage: the lower bound 3.0 at (1,) is above the upper 2.0."


@pytest.mark.parametrize(
    "score",
    [
        lambda left, right: metrics.mean_absolute_scaled_error(left, right, history=HISTORY),
        metrics.symmetric_mean_absolute_percentage_error,
        lambda left, right: metrics.weighted_quantile_loss(left, right, quantile=0.5),
        lambda left, right: metrics.interval_coverage(left, right, left),
        lambda left, right: metrics.interval_coverage(left, left, right),
    ],
)
def test_sides_that_do_not_fit_are_refused(score: Any) -> None:
    with pytest.raises(ShapeError, match=r"of shape \(2,\), got \(3,\)"):
        score([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="expected at least one number, got none"):
        score([], [])
    with pytest.raises(DataError, match=r"1 of 2 \w+ numbers are not finite, the first at \(1,\)"):
        score([1.0, 2.0], [1.0, np.nan])
