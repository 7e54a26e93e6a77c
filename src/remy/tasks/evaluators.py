"""From a task's name to what scores a run of it; torch is not needed. To add a task, add a line here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.errors import UsageError
from remy.tasks.captioning.evaluation import evaluate_run as evaluate_captioner
from remy.tasks.classification.evaluation import evaluate_run as evaluate_classifier
from remy.tasks.forecasting.evaluation import evaluate_run as evaluate_forecaster
from remy.tasks.language.evaluation import evaluate_run as evaluate_language_model
from remy.tasks.language.sources import open_source
from remy.tasks.polyphony.evaluation import evaluate_run as evaluate_piano_roll
from remy.tasks.tagging.evaluation import evaluate_run as evaluate_tagger
from remy.tasks.translation.evaluation import evaluate_run as evaluate_translator


def evaluate(path: str | Path, location: str | None = None, *, beam: int | None = None) -> dict[str, Any]:
    """Score the model of a run on a file, or on what was held out from its training.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file, a data set or ``-``; None for what was held out.
    beam
        Sequences alive at once, of a model that writes; None for the usual number.

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
        If there is no `location` and the run's own data are not at hand, or the model has no beam.
    """
    task = runtime.task_of(path)
    options = {}
    if beam is not None:
        if task not in _WRITERS:
            raise UsageError(f"beam: a {task} writes no sequence of its own; leave it out")
        options["search"] = runtime.Search(beam=beam)
    found: dict[str, Any] = _EVALUATORS[task](path, location, **options)
    return found


def _language_model(path: str | Path, location: str | None) -> dict[str, Any]:
    source = open_source(location) if location is not None else None
    return {"task": "language_model", **evaluate_language_model(path, source)}


#: Tasks whose models search for what they write.
_WRITERS = ("translator", "captioner")

_EVALUATORS: dict[str, Any] = {
    "language_model": _language_model,
    "classifier": evaluate_classifier,
    "regressor": evaluate_classifier,
    "forecaster": evaluate_forecaster,
    "tagger": evaluate_tagger,
    "translator": evaluate_translator,
    "piano_roll": evaluate_piano_roll,
    "captioner": evaluate_captioner,
}
