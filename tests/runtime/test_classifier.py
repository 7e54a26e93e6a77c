"""Classifiers and regressors without torch: the same answers as the network that was trained."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from remy.data.standardizer import Standardizer
from remy.data.tokenizer import Tokenizer
from remy.errors import ModelFileError, UsageError
from remy.io.model_file import ModelFile
from remy.runtime import Classifier, Regressor
from tests.models.test_classifier import POOLINGS, architecture, network

TEXTS = ["a b c d e f g h i j", "j", "c c c a", "a unknown e", "b d f h j a c e g i b d"]
TOKENIZER = Tokenizer.fit(TEXTS[:1])
RANDOM = np.random.default_rng(3)
NUMBERS = [RANDOM.normal(size=(steps, 2)).astype(np.float32) for steps in (5, 1, 9, 9, 3)]
SCALE = Standardizer([0.5, -1.0], [2.0, 0.5])
OF_NUMBERS = {"vocabulary_size": 0, "embedding_size": 0, "features": 2}


def model_file(**changes: Any) -> ModelFile:
    texts = "features" not in changes
    return ModelFile(
        task="classifier",
        architecture=architecture(**changes),
        tokenizer=TOKENIZER.to_json() if texts else SCALE.to_json(),
        labels=["no", "perhaps", "yes"],
        tensors=network(**changes).to_tensors(),
    )


def by_torch(inputs: list[Any], **changes: Any) -> np.ndarray:
    """Each input by itself through the network that is trained."""
    made = network(**changes)
    encoder = TOKENIZER if "features" not in changes else SCALE
    with torch.no_grad():
        rows = [made(torch.from_numpy(one)[None], torch.tensor([len(one)])) for one in encoder.encode(inputs)]
    return torch.cat(rows).numpy()


@pytest.mark.parametrize(
    ("pooling", "bidirectional", "cell"),
    [
        *itertools.product(POOLINGS, [True, False], ["lstm"]),
        ("max", True, "gru"),
        ("last", True, "simple_rnn"),
    ],
)
def test_texts_get_the_scores_of_the_trained_network(pooling: str, bidirectional: bool, cell: str) -> None:
    changes = {"pooling": pooling, "bidirectional": bidirectional, "cell": cell}
    found = Classifier(model_file(**changes)).scores(TEXTS)
    np.testing.assert_allclose(found, by_torch(TEXTS, **changes), rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_numbers_get_the_scores_of_the_trained_network(pooling: str) -> None:
    changes = {"pooling": pooling, **OF_NUMBERS}
    found = Classifier(model_file(**changes)).scores(NUMBERS)
    np.testing.assert_allclose(found, by_torch(NUMBERS, **changes), rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_live_model_s_answer_after_every_step_is_that_of_the_prefix(pooling: str) -> None:
    model = Classifier(model_file(pooling=pooling, bidirectional=False, **OF_NUMBERS))
    (one, *_) = NUMBERS[2:]
    prefixes = [one[: step + 1] for step in range(len(one))]
    np.testing.assert_allclose(model.prefix_scores(one), model.scores(prefixes), rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_live_model_s_earlier_answers_do_not_change_with_what_comes_later(pooling: str) -> None:
    model = Classifier(model_file(pooling=pooling, bidirectional=False, **OF_NUMBERS))
    one, other = NUMBERS[2].copy(), NUMBERS[2].copy()
    other[5:] = 100.0
    before, after = model.prefix_probabilities(one), model.prefix_probabilities(other)
    assert np.array_equal(before[:5], after[:5])
    assert not np.allclose(before[5:], after[5:])


def test_a_model_that_reads_both_ways_has_no_early_answer() -> None:
    with pytest.raises(UsageError, match="train it with --live"):
        Classifier(model_file()).prefix_scores(TEXTS[0])


def test_the_order_and_the_company_of_inputs_change_nothing() -> None:
    model = Classifier(model_file())
    whole = model.scores(TEXTS * 40)
    for place, text in enumerate(TEXTS):
        np.testing.assert_allclose(whole[place + 5 * 17], model.scores([text])[0], rtol=0.0, atol=1e-6)


def test_probabilities_add_up_and_the_likeliest_label_is_predicted() -> None:
    model = Classifier(model_file())
    probabilities = model.probabilities(TEXTS)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    expected = np.exp(by_torch(TEXTS).astype(np.float64))
    np.testing.assert_allclose(probabilities, expected / expected.sum(axis=1, keepdims=True), atol=1e-5)
    assert model.predict(TEXTS) == [model.labels[k] for k in probabilities.argmax(axis=1)]


def test_several_labels_are_those_of_one_half_or_more() -> None:
    model = Classifier(model_file(output="sigmoid"))
    assert model.multi_label
    probabilities = model.probabilities(TEXTS)
    np.testing.assert_allclose(probabilities, 1.0 / (1.0 + np.exp(-by_torch(TEXTS))), atol=1e-5)
    for row, chosen in zip(probabilities, model.predict(TEXTS), strict=True):
        assert chosen == tuple(label for label, p in zip(model.labels, row, strict=True) if p >= 0.5)


def test_no_input_is_no_answer() -> None:
    assert Classifier(model_file()).predict([]) == []


def test_a_long_input_is_read_up_to_the_length_of_training() -> None:
    model = model_file()
    assert model.tokenizer is not None
    short = Classifier(replace(model, tokenizer={**model.tokenizer, "max_length": 3}))
    np.testing.assert_allclose(
        short.scores(TEXTS), by_torch([" ".join(text.split()[:3]) for text in TEXTS]), atol=1e-5
    )


def test_the_golden_example_is_replayed_and_a_change_is_noticed() -> None:
    for inputs, changes in ((TEXTS, {}), (NUMBERS, OF_NUMBERS)):
        made = model_file(**changes)
        ready = Classifier(replace(made, golden=Classifier(made).golden(inputs[2])))
        assert ready.verify() <= 1e-6
        tensors = {**made.tensors, "dense/bias": made.tensors["dense/bias"] + np.float32(0.01)}
        with pytest.raises(ModelFileError, match="gives its golden example the score"):
            Classifier(replace(ready.model_file, tensors=tensors)).verify()
        with pytest.raises(ModelFileError, match="not a valid one"):
            Classifier(replace(made, golden={"input": 3, "scores": [1.0]})).verify()
        with pytest.raises(ModelFileError, match="has no golden example"):
            Classifier(made).verify()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ["no", "yes"]}, "has 2 labels, the network 3 outputs"),
        ({"tokenizer": None}, "the tokenizer is not a valid one"),
        ({"tokenizer": Tokenizer.fit(["a b"]).to_json()}, "its encoder has 3 tokens, the network 11"),
        ({"tokenizer": SCALE.to_json()}, "the tokenizer is not a valid one"),
    ],
)
def test_a_model_file_that_does_not_fit_together_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        Classifier(replace(model_file(), **changes))


def test_a_regressor_answers_in_its_unit_without_losing_digits() -> None:
    changes = {"outputs": 1, "output": "linear", **OF_NUMBERS}
    unit = {**SCALE.to_json(), "target": {"mean": 1e9, "deviation": 0.5}}
    made = replace(model_file(**changes), task="regressor", labels=None, tokenizer=unit)
    expected = by_torch(NUMBERS, **changes)[:, 0].astype(np.float64) * 0.5 + 1e9
    np.testing.assert_allclose(Regressor(made).predict(NUMBERS), expected, rtol=0.0, atol=1e-5)
    with pytest.raises(ModelFileError, match="what unit it answers in"):
        Regressor(replace(made, tokenizer=SCALE.to_json()))
