"""Scores of a classifier: one label an item, or several.

With tp, fp and fn the true positives, false positives and false negatives of a class::

    precision = tp / (tp + fp)    recall = tp / (tp + fn)    F1 = 2 tp / (2 tp + fp + fn)

0 / 0 counts as 0 throughout: a class that was never predicted has precision 0, one that never occurred has
recall 0, and one that did neither has F1 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ShapeError
from remy.metrics.pairs import Items, same_number

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class ClassScores:
    """Precision, recall and F1 of one class.

    Attributes
    ----------
    precision, recall, f1
        From 0 to 1; 0 where the formula gives 0 / 0.
    support
        How many items have the class.
    """

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def from_counts(cls, *, correct: int, predicted: int, expected: int) -> ClassScores:
        """Make the scores of tp, tp + fp and tp + fn items.

        Examples
        --------
        >>> ClassScores.from_counts(correct=1, predicted=2, expected=4)
        ClassScores(precision=0.5, recall=0.25, f1=0.3333333333333333, support=4)
        """
        return cls(
            precision=_ratio(correct, predicted),
            recall=_ratio(correct, expected),
            f1=_ratio(2 * correct, predicted + expected),
            support=expected,
        )


@dataclass(frozen=True)
class MultiLabelScores:
    """Scores of a classifier that may give an item several labels.

    Attributes
    ----------
    micro_f1
        F1 of the decisions of all labels together.
    macro_f1
        Mean of the labels' F1.
    subset_accuracy
        Share of the items whose labels are all right.
    labels
        The scores of each label, in the order of the columns.
    """

    micro_f1: float
    macro_f1: float
    subset_accuracy: float
    labels: tuple[ClassScores, ...]


def accuracy(expected: Items, predicted: Items) -> float:
    """Return the share of the N items whose predicted label is the expected one.

    Raises
    ------
    ShapeError
        If there are not as many predicted as expected labels.
    DataError
        If there are none.

    Examples
    --------
    >>> accuracy(["yes", "no", "no", "no"], ["yes", "no", "yes", "no"])
    0.75
    """
    same_number("accuracy", expected, predicted, of="labels")
    return sum(bool(left == right) for left, right in zip(expected, predicted, strict=True)) / len(expected)


def confusion_matrix(expected: Items, predicted: Items, *, labels: Sequence[Any] | None = None) -> Counts:
    """Count how often each label was predicted for each expected one.

    Parameters
    ----------
    expected, predicted
        N labels each, words or numbers.
    labels
        The K labels in the order of rows and columns; those that occur on either side, sorted, if left out.

    Returns
    -------
    array (K, K) int64
        ``matrix[a, b]``: items of label a that were taken for b.

    Raises
    ------
    ShapeError
        If there are not as many predicted as expected labels.
    DataError
        If there are none, or one is not among `labels`.

    Examples
    --------
    >>> confusion_matrix(["no", "no", "yes"], ["no", "yes", "yes"])
    array([[1, 1],
           [0, 1]])
    """
    return _confusion("confusion_matrix", expected, predicted, labels)[1]


def class_scores(
    expected: Items, predicted: Items, *, labels: Sequence[Any] | None = None
) -> dict[Any, ClassScores]:
    """Return precision, recall, F1 and support of each label, in the order of `labels`.

    Parameters, raises
        As for :func:`confusion_matrix`.

    Examples
    --------
    >>> class_scores(["no", "no", "yes"], ["no", "yes", "yes"])["yes"]
    ClassScores(precision=0.5, recall=1.0, f1=0.6666666666666666, support=1)
    """
    names, matrix = _confusion("class_scores", expected, predicted, labels)
    return dict(zip(names, _scores(matrix), strict=True))


def macro_f1(expected: Items, predicted: Items, *, labels: Sequence[Any] | None = None) -> float:
    """Return the mean of the labels' F1: each label counts alike, however rare.

    Parameters, raises
        As for :func:`confusion_matrix`. Labels given that never occur count with F1 0.

    Examples
    --------
    >>> macro_f1(["no", "no", "yes"], ["no", "yes", "yes"])
    0.6666666666666666
    """
    _, matrix = _confusion("macro_f1", expected, predicted, labels)
    return float(np.mean([scores.f1 for scores in _scores(matrix)]))


def weighted_f1(expected: Items, predicted: Items, *, labels: Sequence[Any] | None = None) -> float:
    """Return the mean of the labels' F1, each weighted with its number of expected items.

    Parameters, raises
        As for :func:`confusion_matrix`.

    Examples
    --------
    >>> weighted_f1(["no", "no", "no", "yes"], ["no", "no", "yes", "no"])  # (3 * 2/3 + 1 * 0) / 4
    0.5
    """
    _, matrix = _confusion("weighted_f1", expected, predicted, labels)
    scores = _scores(matrix)
    return float(np.average([one.f1 for one in scores], weights=[one.support for one in scores]))


def multi_label_scores(expected: ArrayLike, predicted: ArrayLike) -> MultiLabelScores:
    """Score decisions on K labels for each of N items.

    The micro-averaged F1 is ``2 Σ tp / Σ (2 tp + fp + fn)`` over all labels; the macro-averaged one is the
    mean of the labels' F1.

    Parameters
    ----------
    expected, predicted (N, K)
        1 or True where the item has the label, 0 or False where not.

    Raises
    ------
    ShapeError
        If both are not of one shape (N, K).
    DataError
        If there is nothing in them, or something else than 0 and 1.

    Examples
    --------
    >>> scores = multi_label_scores([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    >>> scores.micro_f1, scores.macro_f1, scores.subset_accuracy
    (0.8, 0.8333333333333333, 0.5)
    """
    left, right = np.asarray(expected), np.asarray(predicted)
    if left.ndim != 2 or left.shape != right.shape:
        raise ShapeError(
            f"multi_label_scores: expected two arrays of shape (N, K), got {left.shape} and {right.shape}."
        )
    if not left.size:
        raise DataError("multi_label_scores: expected at least one item and one label, got none.")
    for side, values in (("expected", left), ("predicted", right)):
        if not np.isin(values, (0, 1)).all():
            raise DataError(
                f"multi_label_scores: {side}: expected only 0 and 1; turn probabilities into decisions."
            )
    truth, guess = left.astype(bool), right.astype(bool)
    correct, given, wanted = (side.sum(axis=0) for side in (truth & guess, guess, truth))
    labels = _from_counts(correct, given, wanted)
    return MultiLabelScores(
        micro_f1=_ratio(2 * int(correct.sum()), int(given.sum() + wanted.sum())),
        macro_f1=float(np.mean([one.f1 for one in labels])),
        subset_accuracy=float((truth == guess).all(axis=1).mean()),
        labels=labels,
    )


def _confusion(
    metric: str, expected: Items, predicted: Items, labels: Sequence[Any] | None
) -> tuple[list[Hashable], Counts]:
    same_number(metric, expected, predicted, of="labels")
    # An array's numbers become Python's, so that the labels come out as they went in.
    wanted, given = np.asarray(expected).tolist(), np.asarray(predicted).tolist()
    names = sorted({*wanted, *given}) if labels is None else np.asarray(labels).tolist()
    numbers = {name: number for number, name in enumerate(names)}
    for side, values in (("expected", wanted), ("predicted", given)):
        for place, value in enumerate(values):
            if value not in numbers:
                raise DataError(f"{metric}: {side} label {value!r} at {place} is not among the labels.")
    cells = [numbers[row] * len(names) + numbers[column] for row, column in zip(wanted, given, strict=True)]
    counts = np.bincount(cells, minlength=len(names) ** 2)
    return names, counts.reshape(len(names), len(names)).astype(np.int64, copy=False)


def _scores(matrix: Counts) -> tuple[ClassScores, ...]:
    return _from_counts(np.diagonal(matrix), matrix.sum(axis=0), matrix.sum(axis=1))


def _from_counts(correct: Counts, predicted: Counts, expected: Counts) -> tuple[ClassScores, ...]:
    return tuple(
        ClassScores.from_counts(correct=right, predicted=given, expected=wanted)
        for right, given, wanted in zip(correct.tolist(), predicted.tolist(), expected.tolist(), strict=True)
    )


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
