"""Durations as people write them."""

import pytest

from remy.duration import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), (" 8M ", 480.0), ("1h30m", 5400.0), ("1.5s", 1.5)]
)
def test_hours_minutes_and_seconds_add_up(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_a_number_stays_a_number() -> None:
    assert parse_duration(12) == 12


@pytest.mark.parametrize("text", ["", "soon", "8x", "m8", "1m1h"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="expected a duration such as 90s, 8m or 1h30m"):
        parse_duration(text)
