"""Reading the text of a language model, starting a training run on it, and going on with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from remy.config import Config, LanguageModelConfig
from remy.errors import DataError, UsageError
from remy.tasks import starting
from remy.tasks.job import TrainedModel
from remy.tasks.language.corpus import make_corpus
from remy.tasks.language.job import LanguageJob
from remy.tasks.language.plan import plan
from remy.tasks.language.sources import Source, open_source
from remy.tasks.opened import Opened, asking_where
from remy.training import Reporter, RunDirectory


def open_language_model(
    config: LanguageModelConfig,
    run: RunDirectory | None = None,
    *,
    source: Source | None = None,
    valid: Source | None = None,
) -> Opened:
    """Read the text that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of a text that cannot be read again.
    source, valid
        The text and the one to measure on, where they are at hand or lie elsewhere now.

    Raises
    ------
    DataError
        If a text is missing or cannot be used.
    """
    text = source or _open(config.data.train, run, "train_text")
    held_out = valid
    if held_out is None and config.data.valid is not None:
        held_out = _open(config.data.valid, run, "valid_text")
    corpus = make_corpus(text, held_out, split=config.data.split)
    data = config.data.model_copy(
        update={"train": text.location, "valid": held_out.location if held_out is not None else None}
    )
    config = plan(config, len(corpus.train_text)).model_copy(update={"data": data})

    def keep(new: RunDirectory) -> None:
        if not text.location:
            new.write(new.train_text, text.text)
        if held_out is not None and not held_out.location:
            new.write(new.valid_text, held_out.text)

    sources = [each.location for each in (text, held_out) if each is not None]
    return Opened(LanguageJob(config, corpus), text.short_name, sources, keep, corpus.notes)


def train_language_model(
    config: LanguageModelConfig,
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
    out, force, reporter
        As in :func:`remy.tasks.starting.start`.

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
    if valid is None:
        config = config.model_copy(update={"data": config.data.model_copy(update={"valid": None})})
    opened = open_language_model(config, source=source, valid=valid)
    if reporter is not None:
        for note in opened.notes:
            reporter.note(note)
    return starting.start(opened, out=out, force=force, reporter=reporter)


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

    Parameters
    ----------
    out, changes, names, reporter
        As in :func:`remy.tasks.starting.resume`.
    source, valid
        The texts, where they lie elsewhere now.

    Raises
    ------
    DataError
        If there is no run, or its text is gone or another one.
    UsageError
        If `changes` would make it another run.
    """

    def open_again(config: Config, run: RunDirectory) -> Opened:
        if not isinstance(config, LanguageModelConfig):
            raise UsageError(f"{out}: a run of the task {config.task}, not of a language model")
        return open_language_model(config, run, source=source, valid=valid)

    return starting.resume(out, open_again, changes=changes, names=names, reporter=reporter)


def _open(location: str, run: RunDirectory | None, kept: str) -> Source:
    if run is None:
        return open_source(location)
    return _reopen(run, location, getattr(run, kept))


def _reopen(run: RunDirectory, location: str, kept: Path) -> Source:
    if location:
        with asking_where(run):
            return open_source(location)
    if not kept.is_file():
        raise DataError(f"{run.path}: the run's own copy of its text, {kept}, is missing")
    return replace(open_source(kept), name="text", location="")
