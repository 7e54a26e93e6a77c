"""The likeliest tokens, and the probabilities of given ones."""

from __future__ import annotations

import numpy as np
import pytest

from remy.decoding.likeliest import likeliest, log_probabilities


def logs(scores: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    values = scores.astype(np.float64)
    top = values.max(axis=1, keepdims=True)
    return values - top - np.log(np.exp(values - top).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("size", [3, 64, 65, 1000, 4003])
@pytest.mark.parametrize("count", [1, 2, 10])
def test_it_is_what_sorting_everything_gives(size: int, count: int) -> None:
    scores = np.random.default_rng(size + count).normal(0, 4, (7, size)).astype(np.float32)
    scores[0, ::2] = -np.inf
    # The last tokens are of no whole block.
    scores[1, -1], scores[2, size // 2] = 50.0, 50.0
    values, ids = likeliest(scores, count)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    assert ids.shape == (7, min(count, size))
    np.testing.assert_array_equal(ids, expected)
    np.testing.assert_allclose(values, np.take_along_axis(logs(scores), expected, axis=1), atol=1e-5)


def test_of_equal_scores_each_comes_once() -> None:
    values, ids = likeliest(np.zeros((2, 5000), np.float32), 3)
    assert all(len(set(row)) == 3 for row in ids.tolist())
    np.testing.assert_allclose(values, -np.log(5000), atol=1e-5)


def test_given_tokens_have_their_probability() -> None:
    scores = np.random.default_rng(0).normal(0, 3, (5, 40)).astype(np.float32)
    ids = np.array([3, 0, 39, 7, 7])
    np.testing.assert_allclose(log_probabilities(scores, ids), logs(scores)[np.arange(5), ids], atol=1e-5)
