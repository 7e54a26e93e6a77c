"""Scoring a trained classifier or regressor on a file, beside the baselines. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import config as configuration
from remy import runtime
from remy.config import ClassifierConfig, RegressorConfig
from remy.errors import RemyError, UsageError
from remy.tasks.classification.data import AnyConfig
from remy.tasks.classification.examples import Examples, read_examples
from remy.tasks.classification.scoring import score_parts
from remy.tasks.classification.targets import held_out


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
    else:
        if train is None:
            raise UsageError(f"{path}: give a file to score, because {missing}")
        scored, name = _held_out(config, train)
        if config.data.test is None and config.data.valid is None:
            train = _learned_part(config, train)
    found = score_parts(model.model_file, train, scored, name, config)
    if train is None:
        found["notes"].append(f"no baselines, because {missing}")
    return {"task": model.model_file.task, **found}


def _learned_from(path: Path, model: runtime.SequenceModel) -> tuple[AnyConfig, Examples | None, str]:
    """Return the run's configuration and what it learned from, or why that is not at hand."""
    described = path / "config.yaml"
    regressor = isinstance(model, runtime.Regressor)
    config: AnyConfig = RegressorConfig() if regressor else ClassifierConfig()
    if not described.is_file():
        return config, None, "this is a model file without its run directory"
    found = configuration.read(described)
    if not isinstance(found, ClassifierConfig | RegressorConfig):
        return config, None, f"its configuration is for the task {found.task}"
    try:
        train = read_examples(found.data.train or _kept(path, "train"), found.data)
    except RemyError as error:
        return found, None, f"the data the run learned from cannot be read ({str(error).rstrip('.')})"
    expected = model.model_file.metrics.get("data", {}).get("sha256")
    learned = train if found.data.valid is not None else _learned_part(found, train)
    if learned.sha256 != expected:
        return found, None, f"{train.name} does not hold what the run learned from any more"
    return found, train, ""


def _held_out(config: AnyConfig, train: Examples) -> tuple[Examples, str]:
    for location in (config.data.test, config.data.valid):
        if location is not None:
            examples = read_examples(location, config.data)
            return examples, examples.name
    return _split(config, train)[1], f"a random {1.0 - config.data.split:.3g} of {train.name}"


def _learned_part(config: AnyConfig, train: Examples) -> Examples:
    return _split(config, train)[0]


def _split(config: AnyConfig, train: Examples) -> tuple[Examples, Examples]:
    by_label = isinstance(config, ClassifierConfig) and config.data.separator is None
    return held_out(train, config.data.split, config.train.seed, by_label=by_label)


def _kept(path: Path, part: str) -> str:
    texts = path / "data" / f"{part}.jsonl"
    return str(texts if texts.is_file() else path / "data" / f"{part}.npz")
