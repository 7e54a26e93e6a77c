"""Starting a training run in a directory, and going on with one: what is the same for every task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from remy import config as configuration
from remy.config import Config
from remy.errors import DataError, UsageError
from remy.tasks.job import TrainedModel, expect_buildable, run_job
from remy.tasks.opened import Opened
from remy.training import Reporter, RunDirectory, checkpoint

#: What may differ between a run and its resumption without making it another run.
CHANGEABLE = (
    "train.epochs",
    "train.patience",
    "train.max_time",
    "train.checkpoint_seconds",
    "train.watch_gradients",
    "train.tensorboard",
    "train.threads",
    "train.device",
)

#: Where the data lie may change too, but not what they are.
_PLACES = ("data.train", "data.valid", "data.test")


def start(
    opened: Opened, *, out: Path | None = None, force: bool = False, reporter: Reporter | None = None
) -> TrainedModel:
    """Run a job from its beginning.

    Parameters
    ----------
    opened
        What to train.
    out
        The run's directory; without one nothing is written.
    force
        Replace the run at `out`.
    reporter
        Who is told how far it is.

    Raises
    ------
    UsageError
        If there is something at `out`.
    DataError
        If training diverges, or the disk cannot be written.
    Interrupted
        After Ctrl-C, when everything is saved.
    """
    job = opened.job
    expect_buildable(job)  # before anything is written
    if out is None:
        return run_job(job, reporter=reporter)
    for source in opened.sources:
        # A packaged data set may be called as the run is.
        if source and Path(source).exists() and Path(source).resolve().is_relative_to(out.resolve()):
            raise UsageError(f"{out}: holds the data {source}; choose another directory for the run")
    with RunDirectory(out).lock():
        run = RunDirectory.create(out, job.config, force=force, fill=opened.keep)
        return run_job(job, run=run, reporter=reporter)


def resume(
    out: Path,
    open_again: Callable[[Config, RunDirectory], Opened],
    *,
    changes: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
    reporter: Reporter | None = None,
) -> TrainedModel:
    """Go on with the run at `out` from its last checkpoint.

    The updates are the same, to the last bit, as if it had never been stopped.

    Parameters
    ----------
    out
        The run's directory.
    open_again
        Reads the run's data again; it is given the run's configuration with the changes.
    changes
        Options that differ from the run's, dotted; only those of `CHANGEABLE` may.
    names
        What the person wrote for a key (for messages).
    reporter
        Who is told how far it is.

    Raises
    ------
    DataError
        If there is no run, or its data are gone or others.
    UsageError
        If `changes` would make it another run.
    """
    run = RunDirectory.existing(out)
    with run.lock():
        config = _changed(run.read_config(), changes or {}, names or {})
        job = open_again(config, run).job
        saved = checkpoint.read(run.checkpoint) if run.checkpoint.exists() else None
        if saved is None and run.metrics.exists():
            raise DataError(
                f"{run.checkpoint}: is missing, and the run has a finished model; "
                "train into another directory, or replace the run with --force"
            )
        if saved is not None and saved.record.get("data") != job.fingerprint():
            name = job.record()["name"]
            raise DataError(
                f"{run.path}: the data changed since the run began ({name} or what is held out); "
                "resume with the same data or start another run"
            )
        expect_buildable(job)
        run.save_config(job.config)
        return run_job(job, run=run, saved=saved, reporter=reporter)


def _changed(config: Config, changes: Mapping[str, Any], names: Mapping[str, str]) -> Config:
    changed = configuration.override(config, changes, names=names)
    before, after = configuration.flat(config), configuration.flat(changed)
    for key, value in after.items():
        if value != before[key] and key not in (*CHANGEABLE, *_PLACES):
            name = names.get(key, key)
            raise UsageError(
                f"{name}: a resumed run keeps {key} = {before[key]!r}, got {value!r}; "
                f"only {', '.join(CHANGEABLE)} may change"
            )
    return changed
