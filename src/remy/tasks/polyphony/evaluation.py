"""Scoring a trained model of piano rolls on a file, beside the baselines. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import PianoRollConfig
from remy.errors import RemyError, UsageError
from remy.tasks.own_config import own_config
from remy.tasks.polyphony.parts import Parts, divide
from remy.tasks.polyphony.pieces import Source, read_source, reopen
from remy.tasks.polyphony.scoring import score_rolls


def evaluate_run(path: str | Path, location: str | None = None) -> dict[str, Any]:
    """Score the model of a run on a file or folder.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A file or folder; of a divided file its test part counts. Without it, what the run was scored on when
        it ended.

    Returns
    -------
    dict
        As :func:`remy.tasks.polyphony.scoring.score_rolls`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable model of piano rolls at `path`.
    DataError
        If the file cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.PianoRoll)
    parts, missing = _of_run(path, model)
    if location is not None:
        scored = read_source(location, step=model.step).held_out("test")
    elif parts is not None:
        scored = parts.scored
    else:
        raise UsageError(f"{path}: give a file to score, because {missing}")
    found = score_rolls(model, parts.train if parts is not None else None, scored)
    if parts is None:
        found["notes"].append(f"no baselines, because {missing}")
    elif location is not None and scored.sha256 == parts.train.sha256:
        found["notes"].append(
            f"{scored.name} holds what the run learned from; leave it out to score the held-out part"
        )
    return {"task": model.model_file.task, **found}


def _of_run(path: Path, model: runtime.PianoRoll) -> tuple[Parts | None, str]:
    """Return the data of the run, or None and why they are not at hand."""
    config, missing = own_config(path, PianoRollConfig)
    if config is None:
        return None, missing
    data = config.data
    try:
        source = _read(path, data.train, "train", data.step)
        valid = _read(path, data.valid, "valid", data.step) if data.valid is not None else None
        test = _read(path, data.test, "test", data.step) if data.test is not None else None
        parts = divide(source, valid, test, data.split)
    except RemyError as error:
        return None, f"the pieces the run learned from cannot be read ({str(error).rstrip('.')})"
    if parts.train.sha256 != model.model_file.metrics.get("data", {}).get("sha256"):
        return None, f"{source.rolls.name} does not hold what the run learned from any more"
    return parts, ""


def _read(path: Path, location: str, part: str, step: float | None) -> Source:
    if location:
        return read_source(location, step=step)
    return reopen(path / "data" / f"{part}.npz", step=step)
