"""Starting a training run of a language model, and going on with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from remy import config as configuration
from remy.config import Config
from remy.errors import DataError, UsageError
from remy.tasks.corpus import Corpus, make_corpus
from remy.tasks.language_run import TrainedModel, fingerprint, make_network, run_training
from remy.tasks.plan import plan
from remy.tasks.sources import Source, open_source
from remy.training import Reporter, RunDirectory, checkpoint
from remy.training.machine import find_device, own_randomness

#: What may differ between a run and its resumption without making it another run.
CHANGEABLE = (
    "train.epochs",
    "train.patience",
    "train.max_time",
    "train.checkpoint_seconds",
    "train.threads",
    "train.device",
)


def train_language_model(
    config: Config,
    source: Source,
    valid: Source | None = None,
    *,
    out: Path | None = None,
    force: bool = False,
    reporter: Reporter | None = None,
) -> TrainedModel:
    """Train a language model on a text.

    Parameters
    ----------
    config
        How. The text is `source`, whatever ``config.data.train`` says.
    source, valid
        The text, and another one to measure on; without it the end of `source` is held out.
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
        If the text cannot be used, training diverges, or the disk cannot be written.
    Interrupted
        After Ctrl-C, when everything is saved.
    """
    if out is not None:
        RunDirectory.check_free(out, force=force)
    corpus = make_corpus(source, valid, split=config.data.split)
    data = config.data.model_copy(
        update={"train": source.location, "valid": valid.location if valid is not None else None}
    )
    config = plan(config, len(corpus.train_text)).model_copy(update={"data": data})
    _expect_buildable(config, corpus)  # before anything is written
    if out is None:
        return run_training(config, corpus, reporter=reporter)
    for text in (source, valid):
        if text is not None and text.location and Path(text.location).resolve().is_relative_to(out.resolve()):
            raise UsageError(f"{out}: holds the text {text.location}; choose another directory for the run")
    with RunDirectory(out).lock():
        run = RunDirectory.create(out, config, force=force)
        if not source.location:
            run.write(run.train_text, source.text)
        if valid is not None and not valid.location:
            run.write(run.valid_text, valid.text)
        return run_training(config, corpus, run=run, reporter=reporter)


def _expect_buildable(config: Config, corpus: Corpus) -> None:
    """Raise what making the network would raise, so that a run is not replaced by one that cannot be."""
    device = find_device(config.train.device)
    with own_randomness(config.train.seed, device):
        make_network(config, corpus)


def resume_language_model(
    out: Path,
    *,
    source: Source | None = None,
    valid: Source | None = None,
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
    source, valid
        The texts, where they lie elsewhere now.
    changes
        Options that differ from the run's, dotted; only those of `CHANGEABLE` may.
    names
        What the person wrote for a key (for messages).

    Raises
    ------
    DataError
        If there is no run, or its text is gone or another one.
    UsageError
        If `changes` would make it another run.
    """
    run = RunDirectory.existing(out)
    with run.lock():
        config = _changed(run.read_config(), changes or {}, names or {})
        source = source or _reopen(run, config.data.train, run.train_text)
        if valid is None and (config.data.valid is not None):
            valid = _reopen(run, config.data.valid, run.valid_text)
        corpus = make_corpus(source, valid, split=config.data.split)
        saved = checkpoint.read(run.checkpoint) if run.checkpoint.exists() else None
        if saved is None and run.metrics.exists():
            raise DataError(
                f"{run.checkpoint}: is missing, and the run has a finished model; "
                "train into another directory, or replace the run with --force"
            )
        if saved is not None and saved.record.get("data") != fingerprint(corpus):
            raise DataError(
                f"{run.path}: the text changed since the run began ({source.name} or what is held out); "
                "resume with the same text or start another run"
            )
        _expect_buildable(config, corpus)
        run.save_config(config)
        return run_training(config, corpus, run=run, saved=saved, reporter=reporter)


def _changed(config: Config, changes: Mapping[str, Any], names: Mapping[str, str]) -> Config:
    changed = configuration.override(config, changes, names=names)
    before, after = configuration.flat(config), configuration.flat(changed)
    for key, value in after.items():
        if value != before[key] and key not in CHANGEABLE and not key.startswith("data."):
            name = names.get(key, key)
            raise UsageError(
                f"{name}: a resumed run keeps {key} = {before[key]!r}, got {value!r}; "
                f"only {', '.join(CHANGEABLE)} may change"
            )
    if after["data.split"] != before["data.split"]:
        raise UsageError(f"--split: a resumed run keeps its split of {before['data.split']}")
    return changed


def _reopen(run: RunDirectory, location: str, kept: Path) -> Source:
    if location:
        try:
            return open_source(location)
        except DataError as error:
            raise DataError(
                f"{error} The run was trained on it; say where it is now: "
                f"remy train FILE -o {run.path} --resume"
            ) from None
    if not kept.is_file():
        raise DataError(f"{run.path}: the run's own copy of its text, {kept}, is missing")
    return replace(open_source(kept), name="text", location="")
