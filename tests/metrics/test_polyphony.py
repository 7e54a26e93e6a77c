"""Scores of predicted keys."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score, jaccard_score, precision_score, recall_score

from remy.errors import DataError, ShapeError
from remy.metrics import frame_scores


def test_scores_are_those_of_scikit_learn_over_all_keys_together() -> None:
    random = np.random.default_rng(0)
    expected = [random.random((frames, 88)) < 0.1 for frames in (1, 3, 63)]
    predicted = [one ^ (random.random(one.shape) < 0.05) for one in expected]
    found = frame_scores(expected, predicted)
    flat = [np.concatenate(side).ravel() for side in (expected, predicted)]
    assert found.accuracy == pytest.approx(jaccard_score(*flat))
    assert found.precision == pytest.approx(precision_score(*flat))
    assert found.recall == pytest.approx(recall_score(*flat))
    assert found.f1 == pytest.approx(f1_score(*flat))


def test_silence_that_is_predicted_counts_for_nothing() -> None:
    found = frame_scores([np.zeros((3, 88))], [np.zeros((3, 88))])
    assert (found.accuracy, found.precision, found.recall, found.f1) == (0.0, 0.0, 0.0, 0.0)
    with_silence = frame_scores([[[1, 0]], np.zeros((9, 2))], [[[1, 0]], np.zeros((9, 2))])
    assert with_silence.accuracy == 1.0


def test_sides_that_differ_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected shape \(2, 88\) for piece 0, got \(3, 88\)"):
        frame_scores([np.zeros((2, 88))], [np.zeros((3, 88))])
    with pytest.raises(ShapeError, match="expected 1 predicted pieces, got 2"):
        frame_scores([np.zeros((2, 88))], [np.zeros((2, 88))] * 2)
    with pytest.raises(DataError, match="at least one"):
        frame_scores([], [])
