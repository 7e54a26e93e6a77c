"""Regular steps: found through gaps, and continued."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data import Step
from remy.data.steps import find_spacing
from remy.errors import UsageError


def moments(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[s]")


@pytest.mark.parametrize(
    ("times", "code"),
    [
        (moments("2012-01-01", "2012-01-02", "2012-01-03"), "D"),
        (moments("2012-01-01", "2012-01-08", "2012-01-15"), "7D"),
        (moments("2012-01-01T00:00", "2012-01-01T06:00", "2012-01-01T12:00"), "6h"),
        (moments("2012-01-01T00:00", "2012-01-01T00:30"), "30min"),
        (moments("2012-01-01T00:00:00", "2012-01-01T00:00:10"), "10s"),
        (moments("2012-01-01", "2012-02-01", "2012-03-01", "2012-04-01"), "M"),
        (moments("2012-01-15", "2012-04-15", "2012-07-15"), "3M"),
        (moments("2012-01-31", "2012-02-29", "2012-03-31", "2012-04-30"), "ME"),
        (moments("2011-06-01", "2012-06-01", "2013-06-01"), "12M"),
        (moments("2024-03-07", "2024-03-08", "2024-03-11"), "B"),
        (np.array([5, 6, 7]), "1"),
        (np.array([2000, 2010, 2020]), "10"),
    ],
)
def test_a_regular_step_is_found_named_and_continued(times: np.ndarray, code: str) -> None:
    spacing = find_spacing(times)
    assert spacing.step is not None
    assert spacing.step.code == code
    assert spacing.breaks.size == 0
    assert Step.parse(code) == spacing.step
    np.testing.assert_array_equal(spacing.step.following(times[0], times.size - 1), times[1:])


@pytest.mark.parametrize(
    ("times", "code", "breaks"),
    [
        (moments("2012-01-01", "2012-01-02", "2012-01-03", "2012-01-06", "2012-01-07"), "D", [2]),
        # Good Friday 2024 is no day of trade
        (
            moments("2024-03-22", "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28", "2024-04-01"),
            "B",
            [4],
        ),
        (moments("2012-01-01", "2012-02-01", "2012-05-01", "2012-06-01", "2012-07-01"), "M", [1]),
        (np.array([1, 2, 3, 5, 6]), "1", [2]),
    ],
)
def test_gaps_are_told_from_the_step(times: np.ndarray, code: str, breaks: list[int]) -> None:
    spacing = find_spacing(times)
    assert spacing.step is not None
    assert spacing.step.code == code
    assert spacing.breaks.tolist() == breaks


@pytest.mark.parametrize(
    "times",
    [
        moments("2012-01-01T00:00", "2012-01-01T01:00", "2012-01-01T02:00", "2012-01-01T02:10"),
        moments("2012-01-01", "2012-01-02", "2012-01-07", "2012-01-30", "2012-03-01"),
        np.array([1, 2, 5, 9, 20]),
    ],
)
def test_disorder_is_no_step(times: np.ndarray) -> None:
    spacing = find_spacing(times)
    assert spacing.step is None
    assert spacing.usual is not None
    assert spacing.breaks.size > 0


def test_a_single_time_has_no_step() -> None:
    assert find_spacing(moments("2012-01-01")).step is None


@given(st.sampled_from(["s", "min", "h", "D", "B", "M", "ME", "1"]), st.integers(1, 5), st.integers(0, 2000))
def test_what_follows_has_the_step_it_was_made_with(unit: str, count: int, shift: int) -> None:
    step = Step(count, unit)
    last = (
        np.int64(shift) if unit == "1" else np.datetime64("2020-01-01T00:00:00") + np.timedelta64(shift, "D")
    )
    if unit == "B":
        last = np.busday_offset(last.astype("datetime64[D]"), 0, roll="forward").astype("datetime64[s]")
    later = step.following(last, 6)
    assert later.shape == (6,)
    assert (np.diff(later).astype(np.int64) > 0).all()
    assert later[0] > last
    np.testing.assert_array_equal(step.following(last, 2), later[:2])


def test_the_thirty_first_becomes_the_last_day_of_shorter_months() -> None:
    later = Step(1, "M").following(np.datetime64("2023-01-31T12:00:00"), 3)
    assert later.tolist() == moments("2023-02-28T12:00", "2023-03-31T12:00", "2023-04-30T12:00").tolist()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(1, "D"), "1 day"),
        (Step(7, "D"), "7 days"),
        (Step(1, "B"), "1 business day"),
        (Step(10, "1"), "10"),
        (Step(2, "ME"), "2 months' ends"),
    ],
)
def test_a_step_is_said_in_words(step: Step, said: str) -> None:
    assert str(step) == said


@pytest.mark.parametrize("code", ["", "0D", "-1D", "fortnight", "D2"])
def test_a_code_that_is_none_is_refused(code: str) -> None:
    with pytest.raises(UsageError, match="expected one such as D, 2h, B, M or 1"):
        Step.parse(code)
