"""Viterbi, the partition and the marginals, held against every path written down."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.decoding import allowed_transitions, log_partition, marginals, spans, viterbi
from remy.errors import DataError, ShapeError
from tests.decoding.chains import SIZES, chain

BIO = ["I-A", "O", "B-A", "B-B", "I-B"]
BIOES = ["I-A", "O", "E-A", "B-A", "S-A", "S-B"]


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
def test_the_best_path_is_the_best_of_all_paths(steps: int, labels: int, lengths: tuple[int, ...]) -> None:
    for seed in range(5):
        small = chain(steps, labels, lengths, seed=seed)
        tags, scores = viterbi(**small.arguments())
        for row, length in enumerate(lengths):
            path, score = small.best(row)
            assert tuple(tags[:length, row].tolist()) == path
            assert scores[row] == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
def test_the_partition_is_the_sum_over_all_paths(steps: int, labels: int, lengths: tuple[int, ...]) -> None:
    small = chain(steps, labels, lengths)
    expected = [small.log_partition(row) for row in range(len(lengths))]
    np.testing.assert_allclose(log_partition(**small.arguments()), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
def test_the_marginals_are_the_shares_of_all_paths(steps: int, labels: int, lengths: tuple[int, ...]) -> None:
    small = chain(steps, labels, lengths)
    found = marginals(**small.arguments())
    expected = np.stack([small.marginals(row) for row in range(len(lengths))], axis=1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.sum(axis=2), ~small.padding(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("steps", "labels", "lengths"), SIZES)
def test_beyond_a_rows_length_the_tag_is_minus_one(steps: int, labels: int, lengths: tuple[int, ...]) -> None:
    small = chain(steps, labels, lengths)
    tags, _ = viterbi(**small.arguments())
    assert tags.dtype == np.int64
    np.testing.assert_array_equal(tags == -1, small.padding())


def test_score_less_partition_is_the_probability_of_the_path() -> None:
    small = chain(5, 3, (5, 0, 3))
    tags, scores = viterbi(**small.arguments())
    probabilities = np.exp(scores - log_partition(**small.arguments()))
    for row, length in enumerate(small.lengths):
        path = tuple(tags[:length, row].tolist())
        assert probabilities[row] == pytest.approx(small.probabilities(row)[path], abs=1e-12)
    assert probabilities[1] == 1.0  # of the empty path


@given(seed=st.integers(0, 10_000), labels=st.integers(1, 3))
def test_of_equal_paths_the_one_with_the_lower_last_tag_is_taken(seed: int, labels: int) -> None:
    # Whole numbers: sums are exact, and ties frequent.
    generator = np.random.default_rng(seed)
    plain = chain(4, labels, (4, 2, 0))
    tied = plain.with_weights(
        scores=generator.integers(0, 2, plain.scores.shape),
        transitions=generator.integers(0, 2, plain.transitions.shape),
        start=generator.integers(0, 2, labels),
        end=generator.integers(0, 2, labels),
    )
    tags, scores = viterbi(**tied.arguments())
    for row, length in enumerate(tied.lengths):
        assert (tuple(tags[:length, row].tolist()), scores[row]) == tied.best(row)


@pytest.mark.parametrize(("labels", "scheme"), [(BIO, "bio"), (BIOES, "bioes")])
def test_a_forbidden_transition_is_never_chosen_however_the_scores_beg(
    labels: list[str], scheme: Any
) -> None:
    start, transitions, end = allowed_transitions(labels, scheme)
    weights = {
        name: np.where(may, 0.0, -1e4)
        for name, may in (("start", start), ("transitions", transitions), ("end", end))
    }
    generator = np.random.default_rng(3)
    scores = generator.uniform(-400, 400, (6, 40, len(labels)))
    scores[:, 20:, 0] = 600.0  # I-A everywhere, from the first to the last step
    lengths = np.arange(40) % 7
    tags, _ = viterbi(scores, **weights, lengths=lengths)
    shares = marginals(scores, **weights, lengths=lengths)
    for row, length in enumerate(lengths):
        path = tags[:length, row]
        if length:
            assert start[path[0]]
            assert end[path[-1]]
            assert shares[0, row, ~start].max(initial=0.0) == 0.0
            assert shares[length - 1, row, ~end].max(initial=0.0) == 0.0
        assert all(transitions[before, after] for before, after in pairwise(path))
        assert isinstance(spans([labels[tag] for tag in path]), list)


def test_scores_too_large_for_exp_neither_overflow_nor_vanish() -> None:
    small = chain(4, 3, (4, 2, 0), spread=1e5)
    best = viterbi(**small.arguments())[1]
    np.testing.assert_allclose(log_partition(**small.arguments()), best, rtol=1e-12)
    np.testing.assert_allclose(
        marginals(**small.arguments()).sum(axis=2), ~small.padding(), rtol=0, atol=1e-12
    )


def test_float32_scores_are_added_up_in_float64() -> None:
    steps = 3000
    scores = np.full((steps, 1, 2), 0.1, np.float32)
    zeros = np.zeros(2, np.float32)
    _, score = viterbi(scores, np.zeros((2, 2), np.float32), zeros, zeros, [steps])
    log_z = log_partition(scores, np.zeros((2, 2), np.float32), zeros, zeros, [steps])
    assert score.dtype == log_z.dtype == np.float64
    assert score[0] == pytest.approx(steps * float(np.float32(0.1)), rel=1e-12)
    assert log_z[0] - score[0] == pytest.approx(steps * np.log(2), rel=1e-12)


def test_no_steps_and_no_rows_give_empty_answers() -> None:
    weights = {"transitions": np.zeros((3, 3)), "start": np.ones(3), "end": np.ones(3)}
    for steps, batch in ((0, 2), (4, 0), (0, 0)):
        scores, lengths = np.zeros((steps, batch, 3)), np.zeros(batch, np.int64)
        tags, best = viterbi(scores, **weights, lengths=lengths)
        assert (tags.shape, best.tolist()) == ((steps, batch), [0.0] * batch)
        assert log_partition(scores, **weights, lengths=lengths).tolist() == [0.0] * batch
        assert marginals(scores, **weights, lengths=lengths).shape == (steps, batch, 3)


@pytest.mark.parametrize("function", [viterbi, log_partition, marginals])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"scores": np.zeros((2, 3))},
            "expected scores of shape (T, B, K) with at least one tag, got (2, 3).",
        ),
        (
            {"scores": np.zeros((2, 2, 0))},
            "expected scores of shape (T, B, K) with at least one tag, got (2, 2, 0).",
        ),
        ({"transitions": np.zeros(3)}, "expected transitions of shape (K, K) = (3, 3), got (3,)."),
        ({"start": np.zeros(2)}, "expected start of shape (K,) = (3,), got (2,)."),
        ({"end": np.zeros((3, 1))}, "expected end of shape (K,) = (3,), got (3, 1)."),
        ({"lengths": [2]}, "expected lengths of shape (B,) = (2,), got (1,)."),
    ],
)
def test_shapes_that_do_not_fit_are_refused(function: Any, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        function(**{**chain(2, 3, (2, 1)).arguments(), **change})
    assert str(caught.value) == f"{function.__name__}: {message}"


@pytest.mark.parametrize("lengths", [[2, 3], [-1, 2], [1.0, 2.0]])
def test_lengths_that_mean_nothing_are_refused(lengths: list[float]) -> None:
    with pytest.raises(DataError) as caught:
        viterbi(**{**chain(2, 3, (2, 1)).arguments(), "lengths": lengths})
    assert str(caught.value) == f"viterbi: expected whole lengths from 0 to T = 2, got {lengths}."


def test_numbers_that_are_not_finite_are_refused_where_they_would_be_read() -> None:
    arguments = chain(2, 3, (2, 1)).arguments()
    assert np.isnan(arguments["scores"][1, 1]).all()
    scores = arguments["scores"].copy()
    scores[1, 0, 2] = np.nan
    with pytest.raises(
        DataError, match=r"^viterbi: expected finite scores, got nan at \(1, 0, 2\); forbid a"
    ):
        viterbi(**{**arguments, "scores": scores})
    with pytest.raises(DataError, match=r"^marginals: expected finite end, got -inf at \(1,\); .* -1e4.$"):
        marginals(**{**arguments, "end": [0.0, -np.inf, 0.0]})
