"""The learning curve."""

import pytest

from remy.training.figures import learning_curve

HISTORY = [
    {"epoch": 0.5, "train_loss": 3.0, "valid_loss": 2.9},
    {"epoch": 1.0, "train_loss": None, "valid_loss": 2.5},
]


@pytest.mark.parametrize(("form", "beginning"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_picture_has_the_form_that_was_asked_for(form: str, beginning: bytes) -> None:
    assert learning_curve(HISTORY, baseline=2.7, form=form).startswith(beginning)


def test_the_baseline_and_the_best_score_are_written_in_the_picture() -> None:
    picture = learning_curve(HISTORY, baseline=2.7, baseline_name="n-gram", form="svg")
    assert b"n-gram 2.700" in picture
    assert b"best 2.500" in picture


def test_one_validation_is_enough() -> None:
    assert learning_curve(HISTORY[:1])


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_same_picture_gives_the_same_file(form: str) -> None:
    assert learning_curve(HISTORY, form=form) == learning_curve(HISTORY, form=form)
