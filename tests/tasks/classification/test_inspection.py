"""Trained classifiers and regressors can be traced."""

from typing import Any

import numpy as np
import pytest

from remy.errors import DataError
from remy.inspect import trace
from remy.tasks import Classifier, Regressor
from tests.tasks.classification import toy
from tests.tasks.traced import checked_trace, loss_of, refuses

REVIEW = "the film was lovely and GREAT"
QUICK: dict[str, Any] = {**toy.QUICK, "epochs": 4, "options": toy.SMALL}


@pytest.fixture(scope="module")
def of_texts() -> Classifier:
    return Classifier(**QUICK).fit(*toy.reviews())


@pytest.fixture(scope="module")
def of_numbers() -> Classifier:
    return Classifier(**QUICK).fit(*toy.recordings())


@pytest.fixture(scope="module")
def several() -> Classifier:
    texts, labels = toy.reviews()
    return Classifier(**QUICK).fit(texts, [[label, "all"] for label in labels])


@pytest.fixture(scope="module")
def regressor() -> Regressor:
    values, _ = toy.recordings()
    return Regressor(**QUICK).fit(values, [1000.0 + 50.0 * float(value[-1, 0]) for value in values])


def test_a_classifier_of_texts_agrees_with_its_runtime_and_the_reference(of_texts: Classifier) -> None:
    found = checked_trace(of_texts, REVIEW, "good")
    assert [(layer.name, layer.direction) for layer in found.layers] == [
        ("rnn_0", "forward"),
        ("rnn_0", "backward"),
    ]
    assert found.scores.shape == (1, 2)
    assert found.outputs == ("bad", "good")
    assert found.items_of(found.layers[0]) == tuple(REVIEW.lower().split())
    assert found.probabilities is not None
    np.testing.assert_allclose(found.probabilities, of_texts.predict_proba([REVIEW]), atol=1e-5)


@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
def test_every_pooling_is_traced(pooling: str) -> None:
    model = Classifier(**{**QUICK, "epochs": 1}, pooling=pooling, cell="gru").fit(*toy.reviews())
    checked_trace(model, REVIEW, "good")


def test_unknown_words_stand_among_the_items_as_they_were_written(of_texts: Classifier) -> None:
    found = trace(of_texts, "a zebra , lovely")
    assert found.items_of(found.layers[0]) == ("a", "zebra", ",", "lovely")
    nothing = trace(of_texts, "  ")
    assert nothing.items_of(nothing.layers[0]) == ("<unk>",)


def test_a_classifier_of_numbers_agrees_with_its_runtime_and_the_reference(of_numbers: Classifier) -> None:
    values = toy.recordings(seed=5)[0][0]
    found = checked_trace(of_numbers, values, "down")
    assert found.outputs == ("down", "up")
    assert found.items_of(found.layers[0]) == tuple(map(str, range(len(values))))
    assert found.probabilities is not None
    np.testing.assert_allclose(found.probabilities, of_numbers.predict_proba([values]), atol=1e-5)


def test_several_labels_each_have_a_probability_of_their_own(several: Classifier) -> None:
    found = checked_trace(several, REVIEW, ["good", "all"])
    assert found.probabilities is not None
    chances = several.predict_proba([REVIEW])[0]
    np.testing.assert_allclose(found.probabilities[0], chances, atol=1e-5)
    right = np.array([label in ("good", "all") for label in several.labels])
    assert found.loss == pytest.approx(-np.log(np.where(right, chances, 1 - chances)).sum(), rel=1e-4)
    assert loss_of(several, REVIEW, "good|all") == found.loss
    assert loss_of(several, REVIEW, []) > found.loss


def test_a_regressor_is_wrong_by_the_square_of_what_it_is_off(regressor: Regressor) -> None:
    values, _ = toy.recordings(seed=5)
    found = checked_trace(regressor, values[0], 1100.0)
    assert found.probabilities is None
    answer = float(regressor.predict(values[:1])[0])
    off = [abs(answer - right) for right in (1100.0, 900.0)]
    losses = [loss_of(regressor, values[0], right) for right in (1100.0, 900.0)]
    assert losses[0] / losses[1] == pytest.approx((off[0] / off[1]) ** 2, rel=1e-3)
    assert loss_of(regressor, values[0], answer) == pytest.approx(0.0, abs=1e-8)


def test_another_label_costs_something_else(of_texts: Classifier) -> None:
    chances = of_texts.predict_proba([REVIEW])[0]
    for label, chance in zip(of_texts.labels, chances, strict=True):
        assert loss_of(of_texts, REVIEW, label) == pytest.approx(-np.log(chance), rel=1e-3)


def test_what_cannot_be_traced_is_refused_in_a_sentence(
    of_texts: Classifier, of_numbers: Classifier, regressor: Regressor
) -> None:
    refuses(of_texts, "", None, DataError, "at least one character")
    refuses(of_texts, np.zeros((3, 2)), None, DataError, "expected x as a text, got ndarray")
    refuses(of_texts, "fine", "goood", DataError, "target: the label 'goood' .*did you mean 'good'")
    refuses(of_texts, "fine", ["good"], DataError, "expected one label as the target, got 1 in a list")
    refuses(of_numbers, "fine", None, DataError, r"numbers of shape \(T, F\) = \(T, 2\), got str")
    refuses(of_numbers, np.zeros((0, 2)), None, DataError, r"with T at least 1, got \(0, 2\)")
    refuses(of_numbers, np.zeros((4, 3)), None, DataError, r"got \(4, 3\)")
    refuses(regressor, np.zeros((4, 2)), "much", DataError, "a finite number, got 'much'")
    refuses(regressor, np.zeros((4, 2)), float("nan"), DataError, "a finite number, got nan")
