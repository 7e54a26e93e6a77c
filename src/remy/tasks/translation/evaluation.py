"""Scoring a trained translator on a file, beside the baselines. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import TranslatorConfig
from remy.errors import UsageError
from remy.runtime import Search
from remy.tasks.translation.corpus import Corpus, read_corpus, reopen
from remy.tasks.translation.parts import cut_corpus
from remy.tasks.translation.scoring import score_translator
from remy.tasks.writing.held_out import own_parts


def evaluate_run(
    path: str | Path, location: str | None = None, *, search: Search | None = None
) -> dict[str, Any]:
    """Score the model of a run on a file.

    Parameters
    ----------
    path
        A run directory or a model file.
    location
        ``a.de,a.en``, a table or ``-``. Without it, what the run was scored on when it ended.
    search
        How translations are looked for; None for the usual way.

    Returns
    -------
    dict
        As :func:`remy.tasks.translation.scoring.score_translator`, and the ``task``.

    Raises
    ------
    ModelFileError
        If there is no usable translator at `path`.
    DataError
        If the file cannot be used.
    UsageError
        If there is no `location` and the run's own data are not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.Translator)
    config, train, held, missing = own_parts(
        path,
        model.model_file,
        TranslatorConfig,
        what="pairs",
        read=lambda place, part, config: _read(path, place, part, config),
        cut=lambda config, *corpora: cut_corpus(config.data, *corpora, seed=config.train.seed),
    )
    if location is not None:
        columns = model.model_file.metrics.get("data", {}).get("columns") or [None, None]
        scored = _read_like(location, columns)
    elif held is not None:
        scored = held
    else:
        raise UsageError(f"{path}: give pairs to score, because {missing}")
    metric = config.train.metric if config is not None else "bleu"
    found = score_translator(
        model,
        train,
        scored,
        figure=metric if metric not in ("loss", "auto") else "bleu",
        search=search,
    )
    if train is None:
        found["notes"].append(f"no nearest neighbour as a baseline, because {missing}")
    elif location is not None:
        known = set(train.sources)
        seen = sum(source in known for source in scored.sources)
        if seen:
            found["notes"].append(f"{seen} of {len(scored)} sources are among those the run learned from")
    return {"task": model.model_file.task, **found}


def _read_like(location: str, columns: list[str | None]) -> Corpus:
    """Read pairs from the columns of training where a table has them, else from those that can be meant."""
    from remy.data.pairs import parallel_files
    from remy.data.tables import open_table
    from remy.tasks.locations import find_file

    if columns[0] is None or location == "-" or parallel_files(location) is not None:
        return read_corpus(location)
    has = open_table(find_file(location), tabs=True).columns
    known = columns[0] in has and columns[1] in has
    return read_corpus(location, source=columns[0], target=columns[1]) if known else read_corpus(location)


def _read(path: Path, location: str, part: str, config: TranslatorConfig) -> Corpus:
    if location:
        return read_corpus(location, source=config.data.source, target=config.data.target)
    return reopen(path / "data" / f"{part}.jsonl")
