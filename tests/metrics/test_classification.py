"""Scores of classes agree with scikit-learn, and with numbers worked out by hand where it says nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from remy import metrics
from remy.errors import DataError, ShapeError

pairs = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=40)
tables = st.tuples(st.integers(1, 8), st.integers(1, 4), st.integers(0, 10_000))
# Of class a 2 of 3 are found, and c is taken for a once.
EXPECTED = ["a", "a", "a", "b", "b", "c"]
PREDICTED = ["a", "a", "b", "b", "b", "a"]


@given(pairs)
def test_accuracy_and_confusion_are_those_of_scikit_learn(drawn: list[tuple[str, str]]) -> None:
    expected, predicted = map(list, zip(*drawn, strict=True))
    assert metrics.accuracy(expected, predicted) == pytest.approx(theirs.accuracy_score(expected, predicted))
    labels = sorted({*expected, *predicted, "e"})  # it warns of a single one
    found = metrics.confusion_matrix(expected, predicted, labels=labels)
    np.testing.assert_array_equal(found, theirs.confusion_matrix(expected, predicted, labels=labels))
    np.testing.assert_array_equal(metrics.confusion_matrix(expected, predicted), found[:-1, :-1])


@given(pairs, st.none() | st.permutations("abcde"))
def test_scores_of_each_class_are_those_of_scikit_learn(
    drawn: list[tuple[str, str]], labels: list[str] | None
) -> None:
    expected, predicted = map(list, zip(*drawn, strict=True))
    found = metrics.class_scores(expected, predicted, labels=labels)
    assert list(found) == (labels or sorted({*expected, *predicted}))
    columns = theirs.precision_recall_fscore_support(expected, predicted, labels=labels, zero_division=0.0)
    for scores, row in zip(found.values(), zip(*columns, strict=True), strict=True):
        assert (scores.precision, scores.recall, scores.f1, scores.support) == pytest.approx(row)


@given(pairs, st.none() | st.permutations("abcde"))
def test_macro_and_weighted_f1_are_those_of_scikit_learn(
    drawn: list[tuple[str, str]], labels: list[str] | None
) -> None:
    expected, predicted = map(list, zip(*drawn, strict=True))
    for average, function in (("macro", metrics.macro_f1), ("weighted", metrics.weighted_f1)):
        right = theirs.f1_score(expected, predicted, labels=labels, average=average, zero_division=0.0)
        assert function(expected, predicted, labels=labels) == pytest.approx(right)


@given(tables)
def test_scores_of_several_labels_are_those_of_scikit_learn(drawn: tuple[int, int, int]) -> None:
    items, labels, seed = drawn
    generator = np.random.default_rng(seed)
    expected, predicted = generator.integers(0, 2, (2, items, labels))
    found = metrics.multi_label_scores(expected, predicted.astype(bool))
    # A single column would be taken for a plain problem of two classes.
    names = {"labels": list(range(labels)), "zero_division": 0.0}
    if labels > 1:
        assert found.micro_f1 == pytest.approx(theirs.f1_score(expected, predicted, average="micro", **names))
        assert found.macro_f1 == pytest.approx(theirs.f1_score(expected, predicted, average="macro", **names))
        rows = zip(*theirs.precision_recall_fscore_support(expected, predicted, **names), strict=True)
        for scores, row in zip(found.labels, rows, strict=True):
            assert (scores.precision, scores.recall, scores.f1, scores.support) == pytest.approx(row)
    assert found.subset_accuracy == pytest.approx(theirs.accuracy_score(expected, predicted))


def test_the_scores_of_a_small_case_are_the_ones_worked_out_by_hand() -> None:
    assert metrics.accuracy(EXPECTED, PREDICTED) == 4 / 6
    assert metrics.confusion_matrix(EXPECTED, PREDICTED).tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    scores = metrics.class_scores(EXPECTED, PREDICTED)
    assert scores == {
        "a": metrics.ClassScores(precision=2 / 3, recall=2 / 3, f1=2 / 3, support=3),
        "b": metrics.ClassScores(precision=2 / 3, recall=1.0, f1=0.8, support=2),
        "c": metrics.ClassScores(precision=0.0, recall=0.0, f1=0.0, support=1),
    }
    assert metrics.macro_f1(EXPECTED, PREDICTED) == pytest.approx((2 / 3 + 0.8 + 0) / 3)
    assert metrics.weighted_f1(EXPECTED, PREDICTED) == pytest.approx((3 * 2 / 3 + 2 * 0.8 + 0) / 6)


def test_nought_of_nought_counts_as_nought() -> None:
    scores = metrics.class_scores(["a", "b"], ["a", "a"], labels=["a", "b", "c"])
    assert scores["b"] == metrics.ClassScores(precision=0.0, recall=0.0, f1=0.0, support=1)
    assert scores["c"] == metrics.ClassScores(precision=0.0, recall=0.0, f1=0.0, support=0)
    nothing = metrics.multi_label_scores([[0, 0]], [[0, 0]])
    assert (nothing.micro_f1, nothing.macro_f1, nothing.subset_accuracy) == (0.0, 0.0, 1.0)


def test_micro_macro_and_subset_differ_as_worked_out_by_hand() -> None:
    # Label 0: 3 right of 3. Label 1: 1 expected, missed; 1 given, wrong.
    scores = metrics.multi_label_scores([[1, 1], [1, 0], [1, 0]], [[1, 0], [1, 1], [1, 0]])
    assert (scores.micro_f1, scores.macro_f1, scores.subset_accuracy) == (6 / 8, 0.5, 1 / 3)


def test_labels_may_be_numbers_and_arrays_and_come_back_plain() -> None:
    expected, predicted = np.array([3, 1, 3]), np.array([3, 3, 3])
    scores = metrics.class_scores(expected, predicted)
    assert list(scores) == [1, 3]
    assert {type(label) for label in scores} == {int}
    assert scores[3] == metrics.ClassScores(precision=2 / 3, recall=1.0, f1=0.8, support=2)
    assert metrics.accuracy(expected, predicted) == 2 / 3
    assert list(metrics.class_scores([3, 1], [1, 1], labels=np.array([3, 1]))) == [3, 1]


@pytest.mark.parametrize(
    "function",
    [metrics.accuracy, metrics.confusion_matrix, metrics.class_scores, metrics.macro_f1, metrics.weighted_f1],
)
def test_sides_that_do_not_fit_and_empty_ones_are_refused(function: Any) -> None:
    with pytest.raises(ShapeError) as caught:
        function(["a", "b"], ["a"])
    assert str(caught.value) == f"{function.__name__}: expected 2 predicted labels, got 1."
    with pytest.raises(DataError) as empty:
        function([], [])
    assert str(empty.value) == f"{function.__name__}: expected at least one of the labels, got none."


def test_a_label_that_is_not_listed_is_named() -> None:
    with pytest.raises(DataError) as caught:
        metrics.macro_f1(["a", "b"], ["a", "c"], labels=["a", "b"])
    assert str(caught.value) == "macro_f1: predicted label 'c' at 1 is not among the labels."


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"two arrays of shape \(N, K\), got \(1, 2\) and \(2, 1\)"):
        metrics.multi_label_scores([[1, 0]], [[1], [0]])
    with pytest.raises(DataError, match="at least one item and one label"):
        metrics.multi_label_scores(np.zeros((0, 3)), np.zeros((0, 3)))
    with pytest.raises(
        DataError, match="predicted: expected only 0 and 1; turn probabilities into decisions"
    ):
        metrics.multi_label_scores([[1, 0]], [[0.9, 0.1]])
