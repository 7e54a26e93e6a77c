"""Scoring a trained tagger on a file, beside the baseline. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import TaggerConfig
from remy.errors import RemyError, UsageError
from remy.tasks.own_config import own_config
from remy.tasks.tagging.corpus import Corpus, read_corpus, reopen
from remy.tasks.tagging.prediction import column_for
from remy.tasks.tagging.scoring import score_tagger
from remy.tasks.tagging.splitting import split_corpus


def evaluate_run(path: str | Path, location: str | None = None) -> dict[str, Any]:
    """Score the model of a run on a file.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file or ``-``. Without it, what the run was scored on when it ended.

    Returns
    -------
    dict
        As :func:`remy.tasks.tagging.scoring.score_tagger`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable tagger at `path`.
    DataError
        If the file cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.Tagger)
    train, held, missing = _of_run(path, model)
    if location is not None:
        scored = read_corpus(location, tag=column_for(model, location))
    elif held is not None:
        scored = held
    else:
        raise UsageError(f"{path}: give a file to score, because {missing}")
    found = score_tagger(model, train, scored)
    if train is None:
        found["notes"].append(f"no baseline and no unknown words, because {missing}")
    elif location is not None and scored.sha256 == train.sha256:
        found["notes"].append(
            f"{scored.name} holds what the run learned from; leave it out to score the held-out part"
        )
    return {"task": model.model_file.task, **found}


def _of_run(path: Path, model: runtime.Tagger) -> tuple[Corpus | None, Corpus | None, str]:
    """Return what the run learned from and what it was scored on, or why they are not at hand."""
    config, missing = own_config(path, TaggerConfig)
    if config is None:
        return None, None, missing
    data = config.data
    try:
        train = _read(path, data.train, "train", data.tag)
        valid = _read(path, data.valid, "valid", data.tag) if data.valid is not None else None
        test = _read(path, data.test, "test", data.tag) if data.test is not None else None
    except RemyError as error:
        return None, None, f"the sentences the run learned from cannot be read ({str(error).rstrip('.')})"
    if valid is None:
        train, valid = split_corpus(train, data.split)
    if train.sha256 != model.model_file.metrics.get("data", {}).get("sha256"):
        return None, None, f"{train.name} does not hold what the run learned from any more"
    return train, test if test is not None else valid, ""


def _read(path: Path, location: str, part: str, tag: str | None) -> Corpus:
    if location:
        return read_corpus(location, tag=tag)
    return reopen(path / "data" / f"{part}.conllu", tag=tag)
