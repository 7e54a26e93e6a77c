"""Scoring a trained run on a text, beside the baseline. Without torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from remy import runtime
from remy.config import Config
from remy.errors import RemyError, UsageError
from remy.tasks.language.corpus import BASELINE_NAME, Corpus, expect_notation, make_corpus
from remy.tasks.language.scores import score_record
from remy.tasks.language.sources import Source, open_source
from remy.tasks.own_config import own_config


def evaluate_run(path: str | Path, source: Source | None = None) -> dict[str, Any]:
    """Score the model of a run on a text, in one pass of the runtime, beside the n-gram baseline.

    Parameters
    ----------
    path
        A run directory or a model file.
    source
        The text. Without it, the part of the run's own text that was held out.

    Returns
    -------
    dict
        ``data``; ``model`` and ``baseline``, both with ``nats_per_character`` and ``bits_per_character``;
        ``notes``, sentences a reader of the numbers should know. ``baseline`` is None where the text the run
        learned from is not at hand.

    Raises
    ------
    ModelFileError
        If there is no usable model at `path`.
    DataError
        If the text cannot be used.
    UsageError
        If there is no `source` and the run's own text is not at hand.
    """
    path = Path(path)
    model = runtime.load_as(path, runtime.LanguageModel)
    corpus, missing = _corpus_of_run(path, model.info().get("metrics", {}).get("data", {}))
    notes: list[str] = []
    if source is not None:
        expect_notation(source, model.notation, str(path))
        notes += source.notes
        text, name = source.text, source.name
        if corpus is not None and text == corpus.train_source.text:
            notes.append(f"{name} is the text the run learned from; leave it out to score the held-out part")
    elif corpus is not None:
        text, name = corpus.valid_text, corpus.valid_name
    else:
        raise UsageError(f"{path}: give a text to score, because {missing}")
    score = model.evaluate(text)
    if score.dropped:
        notes.append(f"{score.dropped} characters are not in the model's vocabulary and were left out")
    baseline = None
    if corpus is None:
        notes.append(f"no baseline, because {missing}")
    else:
        baseline = {"name": BASELINE_NAME, **score_record(corpus.baseline_nats(text))}
    return {
        "data": name,
        "model": score_record(score.nats_per_character, characters=score.characters, dropped=score.dropped),
        "baseline": baseline,
        "notes": notes,
    }


def _corpus_of_run(path: Path, data: dict[str, Any]) -> tuple[Corpus | None, str]:
    """Read again what the run learned from; return None and the reason where that cannot be done."""
    config, missing = own_config(path, Config)
    if config is None:
        return None, missing
    try:
        train = open_source(config.data.train or path / "data" / "train.txt")
        valid = None
        if config.data.valid is not None:
            valid = open_source(config.data.valid or path / "data" / "valid.txt")
    except RemyError as error:
        return None, f"the text the run learned from cannot be read ({str(error).rstrip('.')})"
    if train.sha256 != data.get("sha256"):
        return None, f"{train.name} is not the text the run learned from any more"
    return make_corpus(train, valid, split=config.data.split), ""
