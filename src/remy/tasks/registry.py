"""From a task's name to what reads its data: to add a task, add a line here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from remy.config import Config
from remy.tasks import starting
from remy.tasks.captioning.opening import open_captioner
from remy.tasks.classification.opening import open_classifier
from remy.tasks.forecasting.opening import open_forecaster
from remy.tasks.job import TrainedModel
from remy.tasks.language.opening import open_language_model
from remy.tasks.opened import Opened
from remy.tasks.polyphony.opening import open_piano_roll
from remy.tasks.tagging.opening import open_tagger
from remy.tasks.translation.opening import open_translator
from remy.training import Reporter, RunDirectory

#: Task -> reads the data that a configuration names; for a run that exists, as they were.
OPENERS: Final[Mapping[str, Any]] = {
    "language_model": open_language_model,
    "classifier": open_classifier,
    "regressor": open_classifier,
    "forecaster": open_forecaster,
    "tagger": open_tagger,
    "translator": open_translator,
    "piano_roll": open_piano_roll,
    "captioner": open_captioner,
}


def open_job(config: Config, run: RunDirectory | None = None) -> Opened:
    """Read the data that `config` names and resolve what is left open.

    Raises
    ------
    DataError
        If the data are missing or cannot be used.
    """
    opened: Opened = OPENERS[config.task](config, run)
    return opened


def resume(
    out: Path,
    *,
    changes: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    reporter: Reporter | None = None,
) -> TrainedModel:
    """Go on with the run at `out`, whatever its task; see :func:`remy.tasks.starting.resume`."""
    return starting.resume(out, open_job, changes=changes, names=names, reporter=reporter)
