"""Scoring a trained classifier or regressor on a file, beside the baselines. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import ClassifierConfig, RegressorConfig
from remy.errors import DataError, RemyError, UsageError
from remy.tasks.classification.data import AnyConfig, split_at_random
from remy.tasks.classification.examples import Examples, read_examples
from remy.tasks.classification.kept import read_kept
from remy.tasks.classification.scoring import score_parts
from remy.tasks.own_config import own_config


def evaluate_run(path: str | Path, location: str | None = None) -> dict[str, Any]:
    """Score the model of a run on a file.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file, a data set or ``-``. Without it, what the run was scored on when it ended.

    Returns
    -------
    dict
        As :func:`remy.tasks.classification.scoring.score_parts`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`.
    DataError
        If the data cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.SequenceModel)
    config, train, missing = _learned_from(path, model)
    if location is not None:
        scored = read_examples(location, config.data)
        name = scored.name
    elif train is not None:
        scored, name = _held_out(path, config, train)
    else:
        raise UsageError(f"{path}: give a file to score, because {missing}")
    if scored.are_texts != model.reads_text:
        wanted, got = ("texts", "numbers") if model.reads_text else ("numeric sequences", "texts")
        raise DataError(f"{name}: the model reads {wanted}, got {got}")
    if train is not None and config.data.valid is None:
        train, _ = split_at_random(config, train)
    found = score_parts(model.model_file, train, scored, name)
    if train is None:
        found["notes"].append(f"no baselines, because {missing}")
    return {"task": model.model_file.task, **found}


def _learned_from(path: Path, model: runtime.SequenceModel) -> tuple[AnyConfig, Examples | None, str]:
    """Return the run's configuration and what it learned from, or why that is not at hand."""
    found, missing = own_config(path, ClassifierConfig, RegressorConfig)
    if not isinstance(found, ClassifierConfig | RegressorConfig):
        usual = RegressorConfig() if isinstance(model, runtime.Regressor) else ClassifierConfig()
        return usual, None, missing
    try:
        train = _read(path, found, found.data.train, "train")
    except RemyError as error:
        return found, None, f"the data the run learned from cannot be read ({str(error).rstrip('.')})"
    expected = model.model_file.metrics.get("data", {}).get("sha256")
    learned = train if found.data.valid is not None else split_at_random(found, train)[0]
    if learned.sha256 != expected:
        return found, None, f"{train.name} does not hold what the run learned from any more"
    return found, train, ""


def _held_out(path: Path, config: AnyConfig, train: Examples) -> tuple[Examples, str]:
    for location, part in ((config.data.test, "test"), (config.data.valid, "valid")):
        if location is not None:
            examples = _read(path, config, location, part)
            return examples, examples.name
    return split_at_random(config, train)[1], f"a random {1.0 - config.data.split:.3g} of {train.name}"


def _read(path: Path, config: AnyConfig, location: str, part: str) -> Examples:
    return read_examples(location, config.data) if location else read_kept(path, part)
