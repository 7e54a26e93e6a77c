"""Reading the data of a tagger, and resolving what its configuration leaves open."""

from __future__ import annotations

import math
from dataclasses import replace

from remy.config import TaggerConfig
from remy.errors import DataError, UsageError
from remy.tasks.opened import Opened, asking_where
from remy.tasks.tagging.corpus import GIVEN, Corpus, read_corpus, reopen, to_conllu
from remy.tasks.tagging.job import TaggerJob
from remy.tasks.tagging.parts import Parts, mark_spans, unseen_tags
from remy.tasks.tagging.splitting import split_corpus
from remy.training import RunDirectory
from remy.training.batch_lesson import batches_of

#: Updates that are meant where nobody says how many epochs, and the fewest and most passes for them.
_UPDATES, _FEWEST, _MOST = 8_000, 10, 100


def open_tagger(config: TaggerConfig, run: RunDirectory | None = None) -> Opened:
    """Read the sentences that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of sentences that cannot be read again.

    Raises
    ------
    DataError
        If data are missing or cannot be used.
    """
    data = config.data
    train = _read(data.train, run, "train", data.tag)
    valid = _read(data.valid, run, "valid", data.tag) if data.valid is not None else None
    test = _read(data.test, run, "test", data.tag) if data.test is not None else None
    return open_sentences(config, train, valid, test)


def open_sentences(
    config: TaggerConfig, train: Corpus, valid: Corpus | None = None, test: Corpus | None = None
) -> Opened:
    """Make a job of sentences that have been read.

    Raises
    ------
    DataError
        If they cannot be used.
    UsageError
        If an option does not fit them.
    """
    given, whole = valid, train
    if valid is None:
        learned, held = split_corpus(whole, config.data.split)
        train, valid, valid_name = learned, held, held.name
    else:
        valid_name = valid.name
    if len(train.labels) < 2:
        raise DataError(
            f"{train.name}: expected at least 2 different tags to learn, got only '{train.labels[0]}'; "
            "choose another column with --tag."
        )
    locations = {
        "train": whole.location,
        "valid": given.location if given is not None else None,
        "test": test.location if test is not None else None,
    }
    config = config.model_copy(
        update={"data": config.data.model_copy(update={**locations, "tag": whole.tag})}
    )
    parts = Parts(config.data, train, valid, test, valid_name)
    if not len(parts.learned):
        raise DataError(
            f"{train.name}: no sentence keeps to the rules of its tags; nothing is left to learn from."
        )
    _expect_comparable(parts)
    config = _resolve(config, parts)

    def keep(new: RunDirectory) -> None:
        for name, corpus in (("train", whole), ("valid", given), ("test", test)):
            if corpus is not None and not corpus.location:
                new.write(new.path / "data" / f"{name}.conllu", to_conllu(corpus))

    sources = [corpus.location for corpus in (whole, given, test) if corpus is not None]
    return Opened(TaggerJob(config, parts), whole.short_name, sources, keep, parts.notes())


def _expect_comparable(parts: Parts) -> None:
    """Refuse held-out sentences with tags of another kind: the loss would be that of none of them."""
    if parts.comparable:
        return
    unseen = unseen_tags(parts.valid, parts.labels)
    fault = f"has tags that nothing was learned of ({unseen})" if unseen else "breaks the rules of its tags"
    raise DataError(
        f"{parts.valid_name}: every sentence {fault}; are these the same tags as in {parts.train.name}?"
    )


def _resolve(config: TaggerConfig, parts: Parts) -> TaggerConfig:
    """Return `config` with its output, its metric and its epochs filled in, where nobody chose them."""
    model, train = config.model, config.train
    marked = mark_spans(parts.labels)
    if train.metric == "span_f1" and not marked:
        raise UsageError(
            f"--metric: span_f1 needs tags that mark spans such as B-PER, got {', '.join(parts.labels[:5])}; "
            "accuracy fits any tags"
        )
    if model.output is None:
        model = model.model_copy(update={"output": "crf" if marked and not model.live else "softmax"})
    if train.metric == "auto":
        train = train.model_copy(update={"metric": "span_f1" if marked else "accuracy"})
    if train.epochs is None:
        lengths = [len(words) for words in parts.learned.words]
        batches = len(batches_of(lengths, train))
        epochs = float(min(_MOST, max(_FEWEST, math.ceil(_UPDATES / batches))))
        train = train.model_copy(update={"epochs": epochs})
    return config.model_copy(update={"model": model, "train": train})


def _read(location: str, run: RunDirectory | None, part: str, tag: str | None) -> Corpus:
    if run is None:
        corpus = read_corpus(location, tag=tag)
        return corpus if corpus.location else replace(corpus, name=GIVEN)
    if location:
        with asking_where(run):
            return read_corpus(location, tag=tag)
    kept = run.path / "data" / f"{part}.conllu"
    if not kept.is_file():
        raise DataError(f"{run.path}: the run's own copy of its data, data/{part}.conllu, is missing")
    return reopen(kept, tag=tag)
