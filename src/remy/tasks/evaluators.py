"""From a task's name to what scores a run of it; torch is not needed. To add a task, add a line here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.tasks.captioning.evaluation import evaluate_run as evaluate_captioner
from remy.tasks.classification.evaluation import evaluate_run as evaluate_classifier
from remy.tasks.forecasting.evaluation import evaluate_run as evaluate_forecaster
from remy.tasks.language.evaluation import evaluate_run as evaluate_language_model
from remy.tasks.language.sources import open_source
from remy.tasks.tagging.evaluation import evaluate_run as evaluate_tagger
from remy.tasks.translation.evaluation import evaluate_run as evaluate_translator


def evaluate(path: str | Path, location: str | None = None) -> dict[str, Any]:
    """Score the model of a run on a file, or on what was held out from its training.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file, a data set or ``-``; None for what was held out.

    Returns
    -------
    dict
        ``task``, ``model``, baselines and ``notes``, as the task has them.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`.
    DataError
        If the data cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    found: dict[str, Any] = _EVALUATORS[runtime.task_of(path)](path, location)
    return found


def _language_model(path: str | Path, location: str | None) -> dict[str, Any]:
    source = open_source(location) if location is not None else None
    return {"task": "language_model", **evaluate_language_model(path, source)}


_EVALUATORS: dict[str, Any] = {
    "language_model": _language_model,
    "classifier": evaluate_classifier,
    "regressor": evaluate_classifier,
    "forecaster": evaluate_forecaster,
    "tagger": evaluate_tagger,
    "translator": evaluate_translator,
    "captioner": evaluate_captioner,
}
