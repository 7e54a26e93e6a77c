"""Rhythms told by the time: their phases, and which of them data are long and fine enough for."""

import numpy as np

from remy.data.calendar import calendar_features, usable_rhythms, width
from remy.data.steps import Step


def test_a_week_begins_on_monday_a_day_at_midnight_and_a_year_in_january() -> None:
    monday = np.array(["2024-01-01", "2018-01-01"], "datetime64[s]")
    for rhythm in ("day", "week", "year"):
        found = calendar_features(monday, [rhythm])
        np.testing.assert_allclose(found, np.tile([0.0, 1.0, 0.0, 1.0], (2, 1)), atol=1e-12)
        assert found.shape[1] == width([rhythm])


def test_a_year_has_its_own_length_and_times_before_1970_go_on_the_same_way() -> None:
    middle = np.array(["2024-07-02", "1960-07-02"], "datetime64[s]")  # 183 of 366 days, both leap years
    np.testing.assert_allclose(calendar_features(middle, ["year"])[:, 1], [-1.0, -1.0], atol=1e-12)
    thursdays = np.array(["1969-12-25", "1970-01-01"], "datetime64[s]")
    first, second = calendar_features(thursdays, ["week"])
    np.testing.assert_allclose(first, second, atol=1e-12)


def test_a_rhythm_needs_two_rounds_and_four_steps_a_round() -> None:
    hours = Step(1, "h").following(np.datetime64("2020-01-01"), 24 * 30)
    assert usable_rhythms(hours, Step(1, "h")) == ["day", "week"]
    assert usable_rhythms(hours[:40], Step(1, "h")) == []
    months = Step(1, "M").following(np.datetime64("2020-01-01"), 36)
    assert usable_rhythms(months, Step(1, "M")) == ["year"]
    assert usable_rhythms(np.arange(9000), Step(1, "1")) == []
