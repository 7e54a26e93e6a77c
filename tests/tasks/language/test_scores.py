"""Scores as dictionaries."""

import math

import pytest

from remy.tasks.language.scores import score_record


def test_bits_are_nats_over_the_logarithm_of_two() -> None:
    record = score_record(1.5, characters=10, dropped=2)
    assert record["bits_per_character"] == pytest.approx(1.5 / math.log(2.0))
    assert (record["characters"], record["dropped"]) == (10, 2)
