"""Errors of numbers agree with scikit-learn; what cannot be scored is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from remy import metrics
from remy.errors import DataError, ShapeError

# Quarters: their means are exact, so that a column is constant for both or for neither.
quarters = st.integers(-40, 40).map(lambda number: number / 4)
pairs = st.lists(st.tuples(quarters, quarters), min_size=2, max_size=30)
ALL = [metrics.mean_absolute_error, metrics.root_mean_squared_error, metrics.r_squared]


@given(pairs)
def test_the_errors_are_those_of_scikit_learn(drawn: list[tuple[float, float]]) -> None:
    expected, predicted = map(list, zip(*drawn, strict=True))
    assert metrics.mean_absolute_error(expected, predicted) == pytest.approx(
        theirs.mean_absolute_error(expected, predicted)
    )
    assert metrics.root_mean_squared_error(expected, predicted) == pytest.approx(
        theirs.root_mean_squared_error(expected, predicted)
    )
    assert metrics.r_squared(expected, predicted) == pytest.approx(theirs.r2_score(expected, predicted))


def test_the_errors_are_the_ones_worked_out_by_hand() -> None:
    expected, predicted = [1.0, 2.0, 6.0], [1.0, 4.0, 3.0]
    assert metrics.mean_absolute_error(expected, predicted) == pytest.approx(5 / 3)
    assert metrics.root_mean_squared_error(expected, predicted) == pytest.approx(np.sqrt(13 / 3))
    assert metrics.r_squared(expected, predicted) == pytest.approx(1 - 13 / 14)


def test_several_columns_are_scored_as_scikit_learn_scores_them() -> None:
    generator = np.random.default_rng(0)
    expected, predicted = generator.normal(size=(2, 20, 3))
    expected[:, 2] = 5.0
    assert metrics.r_squared(expected, predicted) == pytest.approx(theirs.r2_score(expected, predicted))
    assert metrics.mean_absolute_error(expected, predicted) == pytest.approx(
        theirs.mean_absolute_error(expected, predicted)
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e12])
def test_where_nothing_varies_r_squared_is_one_if_right_and_else_nought(constant: float) -> None:
    expected = [constant] * 3
    assert metrics.r_squared(expected, expected) == 1.0
    assert metrics.r_squared(expected, [constant, constant, constant + 1.0]) == 0.0


@pytest.mark.parametrize("function", ALL)
def test_sides_that_do_not_fit_are_refused(function: Any) -> None:
    with pytest.raises(ShapeError) as caught:
        function([1.0, 2.0], [1.0])
    assert str(caught.value) == f"{function.__name__}: expected predicted of shape (2,), got (1,)."
    with pytest.raises(DataError) as empty:
        function([], [])
    assert str(empty.value) == f"{function.__name__}: expected at least one number, got none."
    with pytest.raises(DataError) as odd:
        function([1.0, 2.0, 3.0], [1.0, np.nan, np.inf])
    assert str(odd.value) == (
        f"{function.__name__}: 2 of 3 predicted numbers are not finite, the first at (1,); "
        "leave those out on both sides."
    )


def test_r_squared_of_one_row_and_of_three_axes_is_refused() -> None:
    with pytest.raises(DataError, match="r_squared: expected at least 2 rows, got 1"):
        metrics.r_squared([1.0], [1.0])
    with pytest.raises(ShapeError, match=r"of shape \(N,\) or \(N, K\), got \(2, 2, 2\)"):
        metrics.r_squared(np.zeros((2, 2, 2)), np.zeros((2, 2, 2)))
