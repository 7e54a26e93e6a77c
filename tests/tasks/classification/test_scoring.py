"""What is said of a model beside its baselines."""

import pytest

from remy.tasks.classification.scoring import verdict


@pytest.mark.parametrize(
    ("figure", "model", "baselines", "more", "said"),
    [
        ("accuracy", 0.9, [0.5, 0.8], True, "the model beats b1: accuracy 0.9000 against 0.8000"),
        ("accuracy", 0.8, [0.5, 0.8], True, "the model does NOT beat b1: accuracy 0.8000 against 0.8000"),
        ("accuracy", 0.6, [0.7, 0.5], True, "the model does NOT beat b0: accuracy 0.6000 against 0.7000"),
        ("rmse", 1.0, [3.0, 2.0], False, "the model beats b1: rmse 1.0000 against 2.0000"),
        ("rmse", 2.5, [3.0, 2.0], False, "the model does NOT beat b1: rmse 2.5000 against 2.0000"),
    ],
)
def test_the_verdict_is_against_the_best_baseline(
    figure: str, model: float, baselines: list[float], more: bool, said: str
) -> None:
    others = [{"name": f"b{place}", figure: value} for place, value in enumerate(baselines)]
    assert verdict({figure: model}, others, figure, more=more) == said


def test_without_a_baseline_there_is_no_verdict() -> None:
    assert verdict({"accuracy": 1.0}, [], "accuracy", more=True) is None
