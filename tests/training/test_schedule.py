"""The learning rate as a function of the update's number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.training.schedule import learning_rate


def test_the_rate_rises_in_a_line_and_reaches_the_peak_at_the_end_of_the_warm_up() -> None:
    rates = [learning_rate(n, updates=100, peak=2.0, warmup=0.1, final=0.0) for n in range(11)]
    assert rates[:10] == pytest.approx([0.2 * (n + 1) for n in range(10)])
    assert rates[10] == 2.0


def test_the_rate_ends_at_the_final_share() -> None:
    assert learning_rate(99, updates=100, peak=2.0, warmup=0.1, final=0.05) == pytest.approx(0.1)


def test_half_of_the_way_down_the_rate_is_the_mean_of_peak_and_end() -> None:
    assert learning_rate(50, updates=101, peak=1.0, warmup=0.0, final=0.2) == pytest.approx(0.6)


def test_updates_beyond_the_plan_keep_the_final_rate() -> None:
    assert learning_rate(500, updates=100, peak=1.0, warmup=0.1, final=0.3) == pytest.approx(0.3)


@given(
    update=st.integers(0, 2000),
    updates=st.integers(1, 1000),
    warmup=st.floats(0.0, 0.99),
    final=st.floats(0.0, 1.0),
)
def test_the_rate_is_never_negative_and_never_above_the_peak(
    update: int, updates: int, warmup: float, final: float
) -> None:
    assert 0.0 <= learning_rate(update, updates=updates, peak=1.0, warmup=warmup, final=final) <= 1.0 + 1e-12
