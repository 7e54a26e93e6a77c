"""Sequences drawn from a network's probabilities."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from remy.decoding import Sampling, draw_sequences
from remy.errors import UsageError
from tests.decoding.tables import BEGIN, END, Table, everything, random_scores


def drawn(scores: np.ndarray, longest: int, seed: int = 0, **options: float) -> list:  # type: ignore[type-arg]
    return draw_sequences(
        Table(scores),
        longest=np.full(len(scores), longest),
        begin=BEGIN,
        end=END,
        sampling=Sampling(**options),  # type: ignore[arg-type]
        generator=np.random.default_rng(seed),
    )


def test_sequences_come_as_often_as_they_are_likely() -> None:
    one = random_scores(1, 4, seed=2)
    many = np.repeat(one, 4000, axis=0)
    found = drawn(many, 3)
    shares = Counter(tuple(each.ids.tolist()) for each in found if each.ended)
    for value, tokens in everything(one[0], 3)[:6]:
        chance = float(np.exp(value))
        assert shares[tokens] / 4000 == pytest.approx(chance, abs=4 * (chance / 4000) ** 0.5)
    chances = {tokens: value for value, tokens in everything(one[0], 3)}
    for each in found[:50]:
        if each.ended:
            assert each.log_probability == pytest.approx(chances[tuple(each.ids.tolist())], abs=1e-5)


def test_without_temperature_the_likeliest_token_is_drawn() -> None:
    scores = random_scores(3, 6, seed=4)
    for source, found in enumerate(drawn(scores, 5, temperature=0.0)):
        before, last = BEGIN, BEGIN
        for token in found.ids.tolist():
            assert token == int(scores[source, before, last].argmax())
            before, last = last, token


def test_what_does_not_end_is_cut() -> None:
    scores = random_scores(2, 5)
    scores[..., END] = -np.inf
    for found in drawn(scores, 4):
        assert len(found.ids) == 4
        assert not found.ended
        assert found.attention is not None
        assert found.attention.shape == (4, 3)
    with pytest.raises(UsageError, match="max_length: expected at least 1, got 0"):
        drawn(scores, 0)
