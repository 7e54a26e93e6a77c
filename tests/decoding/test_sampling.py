"""Sampling: which tokens may be drawn, how often, and what options are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.decoding import Sampling, greedy, next_token
from remy.errors import DataError, ShapeError, UsageError

LOGITS = np.array([1.0, 3.0, -2.0, 2.0, 0.5])
some_logits = st.lists(st.floats(-50, 50), min_size=1, max_size=20)


def softmax(values: np.ndarray) -> np.ndarray:
    weights = np.exp(values - values.max())
    return weights / weights.sum()


def test_without_options_the_probabilities_are_the_softmax() -> None:
    np.testing.assert_allclose(Sampling().probabilities(LOGITS), softmax(LOGITS), rtol=1e-14)


def test_the_temperature_divides_the_logits() -> None:
    np.testing.assert_allclose(
        Sampling(temperature=0.5).probabilities(LOGITS), softmax(LOGITS / 0.5), rtol=1e-14
    )


def test_tokens_are_drawn_as_often_as_their_probability_says() -> None:
    generator = np.random.default_rng(0)
    draws = [next_token(LOGITS, generator=generator) for _ in range(20_000)]
    expected = softmax(LOGITS)
    spread = np.sqrt(expected * (1 - expected) / len(draws))
    frequencies = np.bincount(draws, minlength=5) / len(draws)
    assert (np.abs(frequencies - expected) < 5 * spread).all()


def test_temperature_zero_takes_the_likeliest_and_draws_nothing() -> None:
    generator = np.random.default_rng(0)
    before = generator.bit_generator.state
    assert next_token(LOGITS, temperature=0, generator=generator) == 1
    assert generator.bit_generator.state == before
    np.testing.assert_array_equal(Sampling(temperature=0).probabilities(LOGITS), [0, 1, 0, 0, 0])


def test_a_tiny_temperature_takes_the_likeliest_without_overflow() -> None:
    np.testing.assert_array_equal(Sampling(temperature=1e-308).probabilities(LOGITS), [0, 1, 0, 0, 0])


def test_a_huge_temperature_makes_all_tokens_alike() -> None:
    np.testing.assert_allclose(Sampling(temperature=1e9).probabilities(LOGITS), np.full(5, 0.2), rtol=1e-8)


def test_top_k_keeps_the_k_likeliest() -> None:
    probabilities = Sampling(top_k=2).probabilities(LOGITS)
    assert np.flatnonzero(probabilities).tolist() == [1, 3]
    np.testing.assert_allclose(probabilities[[1, 3]], softmax(LOGITS[[1, 3]]))


def test_top_k_keeps_the_smaller_ids_of_equals_and_may_exceed_the_vocabulary() -> None:
    assert np.flatnonzero(Sampling(top_k=2).probabilities(np.zeros(4))).tolist() == [0, 1]
    np.testing.assert_allclose(Sampling(top_k=99).probabilities(LOGITS), softmax(LOGITS))


@pytest.mark.parametrize(("top_p", "kept"), [(0.01, 1), (0.5, 1), (0.51, 2), (0.75, 2), (0.76, 3), (1.0, 4)])
def test_top_p_keeps_the_fewest_that_reach_it(top_p: float, kept: int) -> None:
    logits = np.log([0.5, 0.25, 0.125, 0.125])
    assert np.count_nonzero(Sampling(top_p=top_p).probabilities(logits)) == kept


def test_top_p_counts_what_top_k_left() -> None:
    logits = np.log([0.4, 0.3, 0.2, 0.1])  # of the first two, renormalised, the first has 4/7
    assert np.count_nonzero(Sampling(top_k=2, top_p=0.55).probabilities(logits)) == 1
    assert np.count_nonzero(Sampling(top_k=2, top_p=0.6).probabilities(logits)) == 2


@given(
    logits=some_logits,
    temperature=st.floats(0.05, 10),
    top_k=st.none() | st.integers(1, 25),
    top_p=st.none() | st.floats(0.001, 1),
    seed=st.integers(0, 99),
)
def test_a_drawn_token_always_has_a_positive_probability(
    logits: list[float], temperature: float, top_k: int | None, top_p: float | None, seed: int
) -> None:
    sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p)
    probabilities = sampling.probabilities(logits)
    assert probabilities.sum() == pytest.approx(1)
    assert 1 <= np.count_nonzero(probabilities) <= (top_k or len(logits))
    assert probabilities[np.argmax(logits)] == probabilities.max()
    assert probabilities[sampling.next_token(logits, np.random.default_rng(seed))] > 0


def test_a_forbidden_token_is_never_drawn() -> None:
    generator = np.random.default_rng(1)
    draws = {next_token([-np.inf, 0.0, -np.inf, 0.0], generator=generator) for _ in range(200)}
    assert draws == {1, 3}


def test_the_largest_random_number_still_draws_a_possible_token() -> None:
    class Highest(np.random.Generator):
        def random(self, *_: object, **__: object) -> float:  # type: ignore[override]
            return float(np.nextafter(1.0, 0.0))

    logits = np.r_[np.zeros(7), -np.inf]
    assert Sampling().next_token(logits, Highest(np.random.PCG64(0))) == 6


def test_the_same_seed_draws_the_same_tokens() -> None:
    first, second = (np.random.default_rng(7) for _ in range(2))
    for _ in range(50):
        assert next_token(LOGITS, generator=first, top_k=4) == next_token(LOGITS, generator=second, top_k=4)


def test_greedy_takes_the_first_of_equals() -> None:
    assert greedy([1.0, 5.0, 5.0]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature: expected a number of at least 0, got -0.1."),
        ({"temperature": float("nan")}, "temperature: expected a number of at least 0, got nan."),
        ({"temperature": float("inf")}, "temperature: expected a number of at least 0, got inf."),
        ({"top_k": 0}, "top_k: expected at least 1, got 0; leave it out to keep every token."),
        ({"top_p": 0.0}, "top_p: expected more than 0 and at most 1, got 0.0."),
        ({"top_p": 1.5}, "top_p: expected more than 0 and at most 1, got 1.5."),
        ({"top_p": float("nan")}, "top_p: expected more than 0 and at most 1, got nan."),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        next_token(LOGITS, generator=np.random.default_rng(0), **options)  # type: ignore[arg-type]
    assert str(caught.value) == message


@pytest.mark.parametrize("bad", [[0.0, np.nan], [0.0, np.inf], [-np.inf, -np.inf]])
def test_logits_without_a_meaning_are_refused(bad: list[float]) -> None:
    with pytest.raises(DataError, match="expected finite logits"):
        Sampling().probabilities(bad)
    with pytest.raises(DataError, match="expected finite logits"):
        greedy(bad)


def test_logits_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"got \(2, 2\)"):
        Sampling().probabilities(np.zeros((2, 2)))
    with pytest.raises(ShapeError, match=r"got \(0,\)"):
        greedy([])
