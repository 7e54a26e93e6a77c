"""The n-gram baseline against a plain dictionary version of the same equations."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remy.data import NGram
from remy.errors import DataError, UsageError


def textbook(
    train: Sequence[int], context: Sequence[int], word: int, weights: Sequence[float], size: int
) -> float:
    """P(word | context) by the equation in remy.data.ngram, one dictionary an order."""
    probability = 1.0 / size
    for length, weight in enumerate(weights):
        if length > len(context):
            break
        wanted = tuple(context[len(context) - length :])
        followers: Counter[int] = Counter(
            train[t] for t in range(length, len(train)) if tuple(train[t - length : t]) == wanted
        )
        total = sum(followers.values())
        if total:
            spread = weight * len(followers)
            probability = (followers[word] + spread * probability) / (total + spread)
    return probability


ids = st.lists(st.integers(0, 3), min_size=2, max_size=40)


@settings(max_examples=60, deadline=None)
@given(train=ids, text=ids, order=st.integers(1, 5))
def test_probabilities_are_those_of_the_equation(train: list[int], text: list[int], order: int) -> None:
    model = NGram(order).fit(train, vocabulary_size=4)
    expected = [
        math.log(textbook(train, text[max(0, t - order + 1) : t], text[t], model.weights, 4))
        for t in range(1, len(text))
    ]
    np.testing.assert_allclose(model.log_probabilities(text), expected, rtol=1e-12)


def test_the_equation_also_holds_with_tuned_weights() -> None:
    generator = np.random.default_rng(3)
    train = np.cumsum(generator.integers(0, 2, 1500)) % 5
    text = np.cumsum(generator.integers(0, 2, 30)) % 5
    model = NGram(3).fit(train, vocabulary_size=5)
    assert model.weights != (1.0, 1.0, 1.0)
    expected = [
        math.log(textbook(train.tolist(), text[max(0, t - 2) : t].tolist(), text[t], model.weights, 5))
        for t in range(1, text.size)
    ]
    np.testing.assert_allclose(model.log_probabilities(text), expected, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(train=ids, context=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_probabilities_of_all_next_ids_add_up_to_one(train: list[int], context: list[int]) -> None:
    model = NGram(4).fit(train, vocabulary_size=4)
    total = sum(math.exp(model.log_probabilities([*context, word])[-1]) for word in range(4))
    assert total == pytest.approx(1.0, rel=1e-12)


def test_a_longer_order_predicts_a_text_of_long_patterns_better() -> None:
    text = np.array([ord(c) - 97 for c in "abcabdabeabf" * 60])
    nats = [NGram(order).fit(text[:600], 6).nats_per_character(text[600:]) for order in (1, 2, 3, 4)]
    assert nats == sorted(nats, reverse=True)
    assert nats[3] < 0.1


def test_tuned_weights_beat_the_plain_ones_on_a_skewed_source() -> None:
    chain: defaultdict[int, list[float]] = defaultdict(lambda: [0.97, 0.01, 0.01, 0.01])
    generator = np.random.default_rng(5)
    text = [0]
    for _ in range(4000):
        text.append(int((text[-1] + generator.choice(4, p=chain[text[-1]])) % 4))
    tuned = NGram(4).fit(text[:3000], 4)
    plain = NGram(4).fit(text[:3000], 4)
    plain.weights = (1.0,) * 4
    assert tuned.nats_per_character(text[3000:]) < plain.nats_per_character(text[3000:])


def test_an_unseen_context_falls_back_without_losing_probability() -> None:
    model = NGram(3).fit([0, 1, 0, 1, 0, 1], vocabulary_size=4)
    assert math.isfinite(model.nats_per_character([3, 2, 3, 2]))


def test_a_text_shorter_than_the_order_can_be_fitted() -> None:
    assert math.isfinite(NGram(4).fit([1], vocabulary_size=3).nats_per_character([0, 1, 2, 1]))


@pytest.mark.parametrize("call", [[0], []])
def test_fewer_than_two_ids_cannot_be_scored(call: list[int]) -> None:
    with pytest.raises(DataError, match=f"at least 2 ids to score, got {len(call)}"):
        NGram(2).fit([0, 1], 2).nats_per_character(call)


def test_misuse_is_refused_with_the_reason() -> None:
    with pytest.raises(UsageError, match="order of at least 1, got 0"):
        NGram(0)
    with pytest.raises(DataError, match="call fit before scoring"):
        NGram(2).nats_per_character([0, 1])
    with pytest.raises(DataError, match="at least one id, got none"):
        NGram(2).fit([], 2)
    with pytest.raises(DataError, match=r"ids from 0 to 1, got 0 \.\. 2"):
        NGram(2).fit([0, 2], 2)
    with pytest.raises(DataError, match="ids from 0 to 1"):
        NGram(2).fit([0, 1], 2).nats_per_character([0, -1])
