"""The scores of a classifier or regressor beside its baselines, on the same records."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import metrics, runtime
from remy.baselines import MajorityClass, StatisticsLogistic, TfidfLogistic, TfidfMultiLabel, TfidfRidge
from remy.errors import RemyError
from remy.io.model_file import ModelFile
from remy.tasks.classification.examples import Examples
from remy.tasks.classification.targets import Classes, numbers_of, repeated_in, split_labels

#: Classes of which the confusion matrix is kept.
_MOST_CLASSES = 50


def score_parts(model: ModelFile, train: Examples | None, scored: Examples, name: str) -> dict[str, Any]:
    """Score a model with the runtime, and the baselines that `train` allows.

    Parameters
    ----------
    model
        A complete model file.
    train
        What it learned from; None where that is not at hand.
    scored, name
        What it is scored on, and how that is called.
    Returns
    -------
    dict
        ``scored_on``; ``model``; ``baselines``, each with a ``name``; ``verdict``, a sentence; ``notes``.
    """
    notes = []
    if train is not None and (repeated := repeated_in(train, scored)):
        notes.append(f"{repeated} of {len(scored)} records of {name} are in the training data too")
    if model.task == "regressor":
        found = _numbers(runtime.Regressor(model), train, scored)
    else:
        found = _classes(runtime.Classifier(model), train, scored)
    return {"scored_on": {"name": name, "records": len(scored)}, **found, "notes": notes}


def _classes(model: runtime.Classifier, train: Examples | None, scored: Examples) -> dict[str, Any]:
    known, separator = set(model.labels), model.separator
    expected = [split_labels(label, separator) for label in scored.labels]
    unseen = sorted({label for labels in expected for label in labels} - known)
    probabilities = model.probabilities(scored.inputs)
    scores = _class_scores(expected, model.choose(probabilities), separator)
    if not unseen:
        targets = Classes(model.labels, separator).encode(scored)
        scores["nats_per_record"] = _nats(probabilities, targets)
    if unseen:
        scores["labels_not_in_training"] = unseen
    baselines = []
    if train is not None:
        for name, chosen in _class_baselines(train, scored, separator):
            baselines.append({"name": name, **_class_scores(expected, chosen, separator, brief=True)})
    figure = "accuracy" if separator is None else "micro_f1"
    return {
        "model": scores,
        "baselines": baselines,
        "verdict": verdict(scores, baselines, figure, more=True),
    }


def _class_scores(
    expected: Sequence[Sequence[str]], chosen: Sequence[Any], separator: str | None, *, brief: bool = False
) -> dict[str, Any]:
    if separator is not None:
        labels = sorted({label for labels in (*expected, *chosen) for label in labels})
        several = metrics.multi_label_scores(_table(expected, labels), _table(chosen, labels))
        return {
            "micro_f1": several.micro_f1,
            "macro_f1": several.macro_f1,
            "accuracy": several.subset_accuracy,
        }
    single = [labels[0] for labels in expected]
    scores: dict[str, Any] = {
        "accuracy": metrics.accuracy(single, chosen),
        "macro_f1": metrics.macro_f1(single, chosen),
    }
    if brief:
        return scores
    labels = sorted({*single, *chosen})
    classes = metrics.class_scores(single, chosen, labels=labels)
    scores["classes"] = {label: vars(one) for label, one in classes.items()}
    if len(labels) <= _MOST_CLASSES:
        counts = metrics.confusion_matrix(single, chosen, labels=labels)
        scores["confusion"] = {"labels": labels, "counts": np.asarray(counts).tolist()}
    return scores


def _class_baselines(
    train: Examples, scored: Examples, separator: str | None
) -> list[tuple[str, Sequence[Any]]]:
    if separator is not None:
        labels = [split_labels(label, separator) for label in train.labels]
        names = sorted({label for each in labels for label in each})
        if not train.are_texts:
            return []
        several = TfidfMultiLabel().fit(_texts(train), _table(labels, names))
        rows = np.asarray(several.predict(_texts(scored)))
        return [(_TFIDF, [[names[k] for k in np.flatnonzero(row)] for row in rows])]
    single = [str(label) for label in train.labels]
    found: list[tuple[str, Sequence[Any]]] = [
        ("majority class", MajorityClass().fit(single).predict(len(scored)))
    ]
    if train.are_texts:
        found.append((_TFIDF, TfidfLogistic().fit(_texts(train), single).predict(_texts(scored))))
    else:
        statistics = StatisticsLogistic().fit(_arrays(train), single)
        found.append((_STATISTICS, statistics.predict(_arrays(scored))))
    return found


def _numbers(model: runtime.Regressor, train: Examples | None, scored: Examples) -> dict[str, Any]:
    expected = numbers_of(scored)
    scores = _number_scores(expected, model.predict(scored.inputs))
    baselines = []
    if train is not None:
        known = numbers_of(train)
        constant = np.full(len(expected), known.mean())
        baselines.append({"name": "mean of the training data", **_number_scores(expected, constant)})
        if train.are_texts:
            ridge = TfidfRidge().fit(_texts(train), known).predict(_texts(scored))
            baselines.append(
                {"name": "TF-IDF + ridge regression", **_number_scores(expected, np.asarray(ridge))}
            )
    return {
        "model": scores,
        "baselines": baselines,
        "verdict": verdict(scores, baselines, "rmse", more=False),
    }


def _number_scores(expected: NDArray[np.float64], found: NDArray[np.float64]) -> dict[str, Any]:
    scores = {
        "rmse": float(metrics.root_mean_squared_error(expected, found)),
        "mae": float(metrics.mean_absolute_error(expected, found)),
        "mse": float(np.mean((expected - found) ** 2)),
    }
    with contextlib.suppress(RemyError):  # all numbers are the same
        scores["r_squared"] = float(metrics.r_squared(expected, found))
    return scores


def verdict(
    scores: dict[str, Any], baselines: Sequence[dict[str, Any]], figure: str, *, more: bool
) -> str | None:
    """Say plainly whether the model is better than the best baseline."""
    if not baselines:
        return None
    best = (max if more else min)(baselines, key=lambda one: one[figure])
    ahead = scores[figure] - best[figure] if more else best[figure] - scores[figure]
    word = figure.replace("_", " ")
    if ahead > 0.0:
        return f"the model beats {best['name']}: {word} {scores[figure]:.4f} against {best[figure]:.4f}"
    return f"the model does NOT beat {best['name']}: {word} {scores[figure]:.4f} against {best[figure]:.4f}"


def _nats(probabilities: NDArray[np.float64], targets: NDArray[Any]) -> float:
    """Return the mean negative log-likelihood of the labels, in nats a record."""
    floor = np.finfo(np.float64).tiny
    if targets.ndim == 1:
        return float(-np.log(np.maximum(probabilities[np.arange(len(targets)), targets], floor)).mean())
    hit = np.where(targets > 0.5, probabilities, 1.0 - probabilities)
    return float(-np.log(np.maximum(hit, floor)).sum(axis=1).mean())


def _table(labels: Sequence[Sequence[str]], names: Sequence[str]) -> NDArray[np.bool_]:
    number = {name: place for place, name in enumerate(names)}
    table = np.zeros((len(labels), len(names)), bool)
    for row, each in enumerate(labels):
        for label in each:
            table[row, number[label]] = True
    return table


def _texts(examples: Examples) -> list[str]:
    return [str(one) for one in examples.inputs]


def _arrays(examples: Examples) -> list[NDArray[Any]]:
    return [np.asarray(one) for one in examples.inputs]


_TFIDF = "TF-IDF + logistic regression"
_STATISTICS = "logistic regression on means and deviations"
