"""Which figure of ``metrics.json`` a task is judged by, and the best of its baselines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.tasks.comparison.rows import Scale

#: Of these figures less is better.
_LESS = frozenset({"nats_per_character", "nats_per_frame", "rmse", "mase"})

#: Figures that have another name for people.
_NAMES = {
    "nats_per_character": "nats/char",
    "nats_per_frame": "nats/frame",
    "rmse": "RMSE",
    "mase": "MASE",
    "bleu": "BLEU",
    "chrf": "chrF",
    "micro_f1": "micro F1",
    "span_f1": "span F1",
    "word_f1": "word F1",
    "exact_match": "exactly right",
}


def score_of(metrics: Mapping[str, Any]) -> tuple[float, Scale]:
    """Return the score of a model by ``metrics.json``, and what it is: the figure its own verdict goes by.

    Examples
    --------
    >>> score, scale = score_of({"task": "regressor", "model": {"rmse": 2.0}, "baselines": []})
    >>> score, scale.name, scale.more_is_better
    (2.0, 'RMSE', False)
    """
    figure = _figure(metrics)
    given = metrics.get("baselines", [metrics.get("baseline")])
    baselines = [one for one in given if one is not None and one.get(figure) is not None]
    less = figure in _LESS
    best = (min if less else max)(baselines, key=lambda one: float(one[figure]), default=None)
    scale = Scale(
        _NAMES.get(figure, figure.replace("_", " ")),
        not less,
        None if best is None else str(best["name"]),
        None if best is None else float(best[figure]),
    )
    return float(metrics["model"][figure]), scale


def _figure(metrics: Mapping[str, Any]) -> str:
    task, model = metrics["task"], metrics["model"]
    if task in ("translator", "captioner"):
        return str(metrics["figure"])
    if task == "forecaster":
        return "mase" if "by_series" in metrics and model["mase"] is not None else "rmse"
    if task == "tagger":
        baseline = metrics["baseline"]
        return "span_f1" if "span_f1" in model and "span_f1" in (baseline or model) else "accuracy"
    if task == "classifier":
        return "micro_f1" if "micro_f1" in model else "accuracy"
    return {
        "language_model": "nats_per_character",
        "regressor": "rmse",
        "piano_roll": "nats_per_frame",
    }[task]
