"""TF-IDF under a linear model: labels, sets of labels and numbers of texts, the same at every fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier

from remy.baselines import TfidfLogistic, TfidfMultiLabel, TfidfRidge
from remy.errors import DataError, ShapeError, UsageError

TEXTS = [
    "a good and funny film",
    "not good at all",
    "very funny, I laughed",
    "dull and not funny",
    "I liked it: good!",
    "dull, dull, dull",
]
LABELS = ["good", "bad", "good", "bad", "good", "bad"]
NEW = ["a funny one", "not funny", "so dull", "all good", "unheard-of nonsense"]


def features() -> tuple[Any, Any]:
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\b\w+\b")
    return vectorizer.fit_transform(TEXTS), vectorizer.transform(NEW)


@pytest.mark.parametrize("C", [0.3, 1.0])
def test_labels_are_those_of_scikit_learns_logistic_regression(C: float) -> None:
    train, new = features()
    right = LogisticRegression(C=C, max_iter=1000).fit(train, LABELS)
    model = TfidfLogistic(C=C).fit(TEXTS, LABELS)
    assert model.labels == ("bad", "good")
    assert model.predict(NEW) == right.predict(new).tolist()
    np.testing.assert_allclose(model.probabilities(NEW), right.predict_proba(new), rtol=1e-9)


def test_c_is_one_if_left_out() -> None:
    probabilities = [
        model.fit(TEXTS, LABELS).probabilities(NEW) for model in (TfidfLogistic(), TfidfLogistic(C=1))
    ]
    np.testing.assert_array_equal(*probabilities)


def test_pairs_of_words_and_words_of_one_letter_tell_texts_apart() -> None:
    pairs = TfidfLogistic(C=100).fit(["x y z", "z y x"], [0, 1])  # the same words in another order
    assert pairs.predict(["x y", "y x"]) == [0, 1]
    assert {type(label) for label in pairs.predict(["x y"])} == {int}
    assert TfidfLogistic().fit(["I", "a"], [True, False]).predict(["a", "i"]) == [False, True]


def test_three_labels_share_their_probability() -> None:
    model = TfidfLogistic().fit(["red", "green", "blue"], ["r", "g", "b"])
    assert model.predict(["blue", "red", "green"]) == ["b", "r", "g"]
    np.testing.assert_allclose(model.probabilities(["red", "pink"]).sum(axis=1), 1.0, rtol=1e-12)


def test_several_labels_a_text_are_one_logistic_regression_each() -> None:
    table = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]])
    train, new = features()
    right = OneVsRestClassifier(LogisticRegression(max_iter=1000)).fit(train, table)
    model = TfidfMultiLabel().fit(TEXTS, table)
    np.testing.assert_allclose(model.probabilities(NEW), right.predict_proba(new), rtol=1e-9)
    np.testing.assert_array_equal(model.predict(NEW), right.predict(new).astype(bool))
    assert model.predict(NEW).dtype == np.bool_


def test_a_label_of_every_text_or_of_none_stays_that_way() -> None:
    model = TfidfMultiLabel().fit(["a", "b"], [[1, 0, 1], [1, 0, 0]])
    np.testing.assert_array_equal(model.predict(["a", "b"])[:, :2], [[True, False]] * 2)
    np.testing.assert_array_equal(model.probabilities(["c"])[:, :2], [[1.0, 0.0]])


def test_numbers_are_those_of_scikit_learns_ridge() -> None:
    train, new = features()
    values = np.array([4.0, 2.0, 5.0, 1.5, 4.5, 1.0])
    model = TfidfRidge(alpha=0.5).fit(TEXTS, values)
    right = Ridge(alpha=0.5, solver="lsqr", tol=1e-12).fit(train.toarray(), values)
    np.testing.assert_allclose(model.predict(NEW), right.predict(new.toarray()), rtol=1e-6)
    both = TfidfRidge(alpha=0.5).fit(TEXTS, np.stack([values, -values], axis=1)).predict(NEW)
    np.testing.assert_allclose(both, np.stack([model.predict(NEW), -model.predict(NEW)], axis=1), rtol=1e-6)


def test_the_same_texts_give_the_same_model() -> None:
    values = np.arange(6.0)
    for make, targets in (
        (TfidfLogistic, LABELS),
        (TfidfMultiLabel, np.eye(6, 2, dtype=int)),
        (TfidfRidge, values),
    ):
        first, second = (make().fit(TEXTS, targets) for _ in range(2))  # type: ignore[attr-defined]
        name = "predict" if make is TfidfRidge else "probabilities"
        np.testing.assert_array_equal(getattr(first, name)(NEW), getattr(second, name)(NEW))


@pytest.mark.parametrize(
    ("model", "targets"),
    [(TfidfLogistic(), [0, 1]), (TfidfMultiLabel(), [[0], [1]]), (TfidfRidge(), [0.0, 1.0])],
)
def test_what_cannot_be_learned_from_is_refused(model: Any, targets: Any) -> None:
    name = type(model).__name__
    with pytest.raises(UsageError, match=f"^{name}: call fit first"):
        model.predict(["a"])
    with pytest.raises(ShapeError, match=rf"^{name}: expected as many targets as texts \(3\), got 2"):
        model.fit(["a", "b", "c"], targets)
    with pytest.raises(DataError, match=f"^{name}: none of the 2 texts has a word in it"):
        model.fit(["", " ?!"], targets)
    with pytest.raises(DataError, match=f"^{name}: expected at least one text, got none"):
        model.fit(["a", "b"], targets).predict([])


def test_targets_that_mean_nothing_are_refused() -> None:
    with pytest.raises(
        DataError, match=r"^TfidfLogistic: expected at least 2 different labels to tell apart, got"
    ):
        TfidfLogistic().fit(["a", "b"], ["x", "x"])
    with pytest.raises(ShapeError, match=r"^TfidfMultiLabel: expected labels of shape \(N, K\), got \(2,\)"):
        TfidfMultiLabel().fit(["a", "b"], [0, 1])
    with pytest.raises(DataError, match=r"^TfidfMultiLabel: expected labels of only 0 and 1"):
        TfidfMultiLabel().fit(["a", "b"], [[0.5], [1]])
    with pytest.raises(DataError, match=r"^TfidfRidge: 1 of the numbers are not finite"):
        TfidfRidge().fit(["a", "b"], [np.nan, 1.0])


def test_penalties_that_mean_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="TfidfLogistic: expected C above 0, got 0"):
        TfidfLogistic(C=0)
    with pytest.raises(UsageError, match="TfidfMultiLabel: expected C above 0, got -1"):
        TfidfMultiLabel(C=-1)
    with pytest.raises(UsageError, match="TfidfRidge: expected alpha above 0, got nan"):
        TfidfRidge(alpha=float("nan"))
