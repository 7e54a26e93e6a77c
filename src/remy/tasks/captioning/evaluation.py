"""Scoring a trained captioner on a table, beside the baselines. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import CaptionerConfig
from remy.config.captioner import CaptionsConfig
from remy.data.tables import open_table
from remy.errors import DataError, UsageError
from remy.runtime import Search
from remy.tasks.captioning.corpus import Corpus, kept_at, read_corpus, reopen
from remy.tasks.captioning.parts import cut_corpus
from remy.tasks.captioning.scoring import score_captioner
from remy.tasks.locations import find_file
from remy.tasks.writing.held_out import own_parts


def evaluate_run(
    path: str | Path, location: str | None = None, *, search: Search | None = None
) -> dict[str, Any]:
    """Score the model of a run on a table of pictures and captions.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        A table, a data set or ``-``. Without it, what the run was scored on when it ended.
    search
        How captions are looked for; None for the usual way.

    Returns
    -------
    dict
        As :func:`remy.tasks.captioning.scoring.score_captioner`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable captioner at `path`.
    DataError
        If the file cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.Captioner)
    config, train, held, missing = own_parts(
        path,
        model.model_file,
        CaptionerConfig,
        what="pictures",
        read=lambda place, part, config: (
            read_corpus(place, config.data) if place else reopen(kept_at(path, part))
        ),
        cut=cut_corpus,
    )
    if location is not None:
        scored = _read_like(location, model)
    elif held is not None:
        scored = held
    else:
        raise UsageError(f"{path}: give pictures and captions to score, because {missing}")
    metric = config.train.metric if config is not None else "word_f1"
    found = score_captioner(
        model,
        train,
        scored,
        figure=metric if metric not in ("loss", "auto") else "word_f1",
        search=search,
    )
    found["notes"] = [*(scored.notes if location is not None else ()), *found["notes"]]
    if train is None:
        found["notes"].append(f"no baselines, because {missing}")
    elif location is not None and not set(scored.keys).isdisjoint(train.keys):
        found["notes"].append(
            f"{scored.name} holds pictures that the run learned from; leave it out to score the held-out part"
        )
    return {"task": model.model_file.task, **found}


def read_as(model: runtime.Captioner, **columns: str | None) -> CaptionsConfig:
    """Return how pictures are read for a model."""
    return CaptionsConfig(size=model.size, colour=model.channels == 3, **columns)  # type: ignore[arg-type]


def check_kind(model: runtime.Captioner, corpus: Corpus) -> Corpus:
    """Return a corpus that the model can read.

    Raises
    ------
    DataError
        If it holds pictures and the model reads vectors, or the other way round, or vectors of another size.
    """
    got = f"vectors of {corpus.values.shape[-1]} numbers" if corpus.are_vectors else "pictures"
    wanted = f"vectors of {model.vector_size} numbers" if model.reads_vectors else "pictures"
    if got != wanted:
        raise DataError(f"{corpus.name}: expected {wanted}, as the model was trained on, got {got}.")
    return corpus


def _read_like(location: str, model: runtime.Captioner) -> Corpus:
    """Read from the columns of training where a table has them, else from those that can be meant."""
    image, caption = model.model_file.metrics.get("data", {}).get("columns") or (None, None)
    columns: dict[str, str | None] = {}
    if image is not None and location != "-":
        has = open_table(find_file(location), tabs=True).columns
        if image in has and caption in has:
            columns = {"image": image, "caption": caption}
    return check_kind(model, read_corpus(location, read_as(model, **columns)))
