"""The figure a task is judged by, and the best of its baselines."""

from __future__ import annotations

from typing import Any

import pytest

from remy.tasks.comparison.scores import score_of

NAIVE = {"name": "naive", "rmse": 3.0, "mase": 1.2}
SEASONAL = {"name": "seasonal", "rmse": 2.0, "mase": None}


@pytest.mark.parametrize(("metrics", "score", "name", "more", "baseline"), [
    ({"task": "language_model", "model": {"nats_per_character": 1.5},
      "baseline": {"name": "n-gram", "nats_per_character": 1.8}}, 1.5, "nats/char", False, ("n-gram", 1.8)),
    ({"task": "classifier", "model": {"accuracy": 0.8, "macro_f1": 0.7},
      "baselines": [{"name": "a", "accuracy": 0.5}, {"name": "b", "accuracy": 0.6}]},
     0.8, "accuracy", True, ("b", 0.6)),
    ({"task": "classifier", "model": {"micro_f1": 0.9, "accuracy": 0.8}, "baselines": []},
     0.9, "micro F1", True, (None, None)),
    ({"task": "forecaster", "model": {"rmse": 1.0, "mase": 0.7}, "baselines": [NAIVE, SEASONAL]},
     1.0, "RMSE", False, ("seasonal", 2.0)),
    ({"task": "forecaster", "model": {"rmse": 1.0, "mase": 0.7}, "by_series": {},
      "baselines": [NAIVE, SEASONAL]}, 0.7, "MASE", False, ("naive", 1.2)),
    ({"task": "tagger", "model": {"accuracy": 0.9, "span_f1": 0.8},
      "baseline": {"name": "usual", "accuracy": 0.7, "span_f1": 0.4}}, 0.8, "span F1", True, ("usual", 0.4)),
    ({"task": "tagger", "model": {"accuracy": 0.9}, "baseline": None}, 0.9, "accuracy", True, (None, None)),
    ({"task": "translator", "figure": "exact_match", "model": {"exact_match": 0.3, "bleu": 20.0},
      "baselines": [{"name": "copy", "exact_match": 0.1, "bleu": 30.0}]},
     0.3, "exactly right", True, ("copy", 0.1)),
    ({"task": "piano_roll", "model": {"nats_per_frame": 7.0},
      "baselines": [{"name": "a", "nats_per_frame": 9.0}, {"name": "b", "nats_per_frame": 8.0}]},
     7.0, "nats/frame", False, ("b", 8.0)),
])  # fmt: skip
def test_the_score_is_the_one_the_verdict_of_the_task_goes_by(
    metrics: dict[str, Any], score: float, name: str, more: bool, baseline: tuple[str | None, float | None]
) -> None:
    found, scale = score_of(metrics)
    assert (found, scale.name, scale.more_is_better) == (score, name, more)
    assert (scale.baseline_name, scale.baseline) == baseline
