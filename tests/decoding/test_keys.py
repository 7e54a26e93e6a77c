"""Drawing keys from scores."""

from __future__ import annotations

import numpy as np
import pytest

from remy.decoding.keys import draw_keys, key_probabilities
from remy.errors import UsageError


def test_probabilities_are_sigmoids_however_large_the_score() -> None:
    scores = np.array([-1e5, -3.0, 0.0, 0.7, 1e5])
    expected = [0.0, 1 / (1 + np.exp(3.0)), 0.5, 1 / (1 + np.exp(-0.7)), 1.0]
    np.testing.assert_allclose(key_probabilities(scores), expected, rtol=1e-12)


def test_temperature_divides_the_scores() -> None:
    scores = np.array([-2.0, 1.0, 4.0])
    np.testing.assert_allclose(key_probabilities(scores, 2.0), key_probabilities(scores / 2.0))
    assert key_probabilities(scores, 0.0).tolist() == [0.0, 1.0, 1.0]
    np.testing.assert_allclose(key_probabilities(scores, 1e-300), [0.0, 1.0, 1.0])


@pytest.mark.parametrize("temperature", [-0.1, np.nan, np.inf])
def test_a_temperature_that_is_none_is_refused(temperature: float) -> None:
    with pytest.raises(UsageError, match="temperature: expected a number of at least 0"):
        key_probabilities([0.0], temperature)


def test_keys_are_drawn_as_often_as_they_are_likely() -> None:
    generator, scores = np.random.default_rng(3), np.array([-2.0, 0.0, 2.0])
    drawn = np.mean([draw_keys(scores, generator) for _ in range(4000)], axis=0)
    np.testing.assert_allclose(drawn, key_probabilities(scores), atol=0.03)


def test_keys_are_drawn_each_by_itself() -> None:
    generator = np.random.default_rng(3)
    drawn = np.array([draw_keys(np.zeros(2), generator) for _ in range(4000)])
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.05


def test_the_same_generator_draws_the_same_keys_and_as_many_numbers_at_any_temperature() -> None:
    first, second = np.random.default_rng(1), np.random.default_rng(1)
    draw_keys(np.zeros(5), first, 0.0)
    draw_keys(np.zeros(5), second, 2.0)
    assert np.array_equal(draw_keys(np.zeros(88), first), draw_keys(np.zeros(88), second))
