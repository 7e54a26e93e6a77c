"""The drawn problems: what is drawn, and what it takes to be better than nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from remy.errors import UsageError
from remy.tasks.comparison.problems import Adding, Copy


def test_one_number_of_each_half_is_marked_and_their_sum_is_right() -> None:
    x, target = Adding(21).sample(500, np.random.default_rng(1))
    assert (x[:, :10, 1].sum(axis=1) == 1).all()
    assert (x[:, 10:, 1].sum(axis=1) == 1).all()
    for row, right in zip(x, target, strict=True):
        first, second = np.flatnonzero(row[:, 1])
        assert right == pytest.approx(float(row[first, 0]) + float(row[second, 0]))
    assert set(x[..., 1].argmax(axis=1)) == set(range(10)), "every step of the half can be marked"
    assert 0 <= x[..., 0].min() < 0.01 < 0.99 < x[..., 0].max() <= 1


def test_always_answering_1_has_a_squared_error_of_a_sixth() -> None:
    problem = Adding(10)
    _, target = problem.sample(40_000, np.random.default_rng(0))
    # The squared error has the variance 1/15 - 1/36: five deviations of the mean.
    assert problem.baseline(target) == pytest.approx(1 / 6, abs=5 * math.sqrt((1 / 15 - 1 / 36) / 40_000))
    always = torch.ones(len(target), 1)
    assert float(problem.loss(always, torch.from_numpy(target))) == pytest.approx(problem.baseline(target))


def test_what_is_kept_is_written_after_the_sign_and_blanks_before() -> None:
    x, target = Copy(7).sample(50, np.random.default_rng(2))
    read = x.argmax(axis=2)
    assert (x.sum(axis=2) == 1).all()
    assert read.shape == target.shape == (50, 27)
    assert (read[:, :10] < 8).all()
    assert (read[:, 10:16] == 8).all()
    assert (read[:, 16] == 9).all()
    assert (read[:, 17:] == 8).all()
    assert (target[:, :17] == 8).all()
    np.testing.assert_array_equal(target[:, 17:], read[:, :10])


def test_blanks_and_then_an_even_guess_score_as_the_baseline_of_the_copy_problem() -> None:
    problem = Copy(7)
    _, target = problem.sample(20, np.random.default_rng(2))
    scores = torch.full((20, 27, 9), -1e9)
    scores[:, :17, 8] = 0.0
    scores[:, 17:, :8] = 0.0
    found = float(problem.loss(scores, torch.from_numpy(target)))
    assert found == pytest.approx(10 * math.log(8) / 27)
    assert problem.baseline(target) == pytest.approx(found)


def test_the_same_generator_draws_the_same_sequences() -> None:
    for problem in (Adding(12), Copy(3)):
        one, two = (problem.sample(4, np.random.default_rng((1, 2))) for _ in range(2))
        np.testing.assert_array_equal(one[0], two[0])
        other = problem.sample(4, np.random.default_rng((1, 3)))
        assert not np.array_equal(one[0], other[0])


@pytest.mark.parametrize(("kind", "steps"), [(Adding, 1), (Copy, 0)])
def test_too_few_steps_are_refused(kind: type[Adding] | type[Copy], steps: int) -> None:
    with pytest.raises(UsageError, match=rf"steps: the {kind.name} problem needs at least {steps + 1}, got"):
        kind(steps)
