"""What was right, in a person's words, becomes what the model's task takes."""

from __future__ import annotations

import numpy as np
import pytest

from remy.errors import DataError, RemyError, UsageError
from remy.tasks import Classifier
from remy.tasks.in_words import Words, target_of
from tests.lab import trained
from tests.tasks.classification import toy


def of(name: str, words: Words) -> object:
    return target_of(trained.library().load(f"run:{name}")._need("trace"), words, what="--target")


@pytest.mark.parametrize(
    ("name", "words", "right"),
    [
        ("letters", "hey", "hey"),
        ("reviews", "good", "good"),
        ("reviews", ("good",), "good"),
        ("heights", "-1.5", -1.5),
        ("tags", " DET  NOUN ", ["DET", "NOUN"]),
        ("tags", ("DET", "NOUN"), ["DET", "NOUN"]),
        ("phrases", "el perro", "el perro"),
        ("shapes", "left square", "left square"),
        ("chords", "next", "next"),
    ],
)
def test_every_task_reads_its_own_words(name: str, words: Words, right: object) -> None:
    assert of(name, words) == right


def test_what_came_of_a_series_are_numbers_with_commas_between() -> None:
    np.testing.assert_array_equal(of("days", "1, 2.5,3"), [1.0, 2.5, 3.0])


def test_several_labels_have_the_models_separator_between_them() -> None:
    texts, labels = toy.reviews(24)
    several = [[label, "all"] for label in labels]
    model = Classifier(units=4, epochs=1, options=toy.SMALL).fit(texts, several)._need("trace")
    assert target_of(model, "good | all") == ["good", "all"]
    assert target_of(model, ["good", " all "]) == ["good", "all"]
    assert target_of(model, "") == []


@pytest.mark.parametrize(
    ("name", "words", "error", "sentence"),
    [
        ("heights", "tall", DataError, "--target: expected numbers such as 1.5, got 'tall'"),
        ("heights", "1,2", DataError, "--target: expected one number, got 2"),
        ("days", "1,x", DataError, "--target: expected numbers such as 1.5, got 'x'"),
        ("reviews", ("good", "bad"), UsageError, "--target: expected one text, got 2"),
    ],
)
def test_what_it_cannot_be_is_said(name: str, words: Words, error: type[RemyError], sentence: str) -> None:
    with pytest.raises(error) as caught:
        of(name, words)
    assert str(caught.value) == sentence
