"""Reading the pictures of a captioner, and resolving what its configuration leaves open."""

from __future__ import annotations

import json

from remy.config import CaptionerConfig
from remy.data.pieces import PieceTokenizer
from remy.errors import DataError, UsageError
from remy.tasks.captioning.corpus import Corpus, kept_at, read_corpus, reopen, to_bytes
from remy.tasks.captioning.job import CaptionerJob
from remy.tasks.captioning.parts import Parts, cut_corpus
from remy.tasks.opened import Opened, asking_where
from remy.tasks.writing.planning import with_epochs
from remy.training import RunDirectory

#: Updates that are meant where nobody says how many epochs.
_UPDATES = 10_400

#: A run's own copy of its tokenizer: fitting it again need not give the same one.
_TOKENIZER = "tokenizer.json"


def open_captioner(config: CaptionerConfig, run: RunDirectory | None = None) -> Opened:
    """Read the pictures and captions that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of what cannot be read again.

    Raises
    ------
    DataError
        If data are missing or cannot be used.
    """
    data = config.data
    train = _read(data.train, run, "train", config)
    valid = _read(data.valid, run, "valid", config) if data.valid is not None else None
    test = _read(data.test, run, "test", config) if data.test is not None else None
    return open_pictures(config, train, valid, test, tokenizer=_read_tokenizer(run))


def open_pictures(
    config: CaptionerConfig,
    whole: Corpus,
    valid: Corpus | None = None,
    test: Corpus | None = None,
    *,
    tokenizer: PieceTokenizer | None = None,
) -> Opened:
    """Make a job of pictures that have been read.

    Parameters
    ----------
    config
        How to train.
    whole, valid, test
        What is learned from; what the best model is chosen on, and what it is scored on, or random parts of
        `whole`.
    tokenizer
        That of the run to go on with; None fits one.

    Raises
    ------
    DataError
        If they cannot be used.
    UsageError
        If so many blocks leave nothing of the pictures.
    """
    train, chosen, scored = cut_corpus(config, whole, valid, test)
    config = _resolve(config, whole, valid, test)
    data = config.data
    if tokenizer is None:
        tokenizer = PieceTokenizer.fit(
            train.captions,
            pieces=data.pieces,
            vocabulary=data.vocabulary,
            min_count=data.min_count,
            lowercase=data.lowercase,
        )
    parts = Parts(data, train, chosen, scored, tokenizer)
    learning = with_epochs(config.train, [len(ids) for ids in parts.learned[1]], updates=_UPDATES)
    config = config.model_copy(update={"train": learning})
    fitted = tokenizer

    def keep(new: RunDirectory) -> None:
        new.write(new.path / "data" / _TOKENIZER, json.dumps(fitted.to_json()))
        for name, corpus in (("train", whole), ("valid", valid), ("test", test)):
            if corpus is not None and not corpus.location:
                new.write(kept_at(new.path, name), to_bytes(corpus))

    sources = [path for corpus in (whole, valid, test) if corpus is not None for path in corpus.files]
    return Opened(CaptionerJob(config, parts), whole.short_name, sources, keep, parts.notes())


def _resolve(
    config: CaptionerConfig, whole: Corpus, valid: Corpus | None, test: Corpus | None
) -> CaptionerConfig:
    """Return `config` with what nobody chose, or what the data decide: columns, sizes, metric."""
    updates: dict[str, object] = {
        "train": whole.location,
        "valid": valid.location if valid is not None else None,
        "test": test.location if test is not None else None,
    }
    if whole.columns[0] is not None:
        updates |= {"image": whole.columns[0], "caption": whole.columns[1]}
    if not whole.are_vectors:
        size, blocks = whole.values.shape[1], config.model.blocks
        if not size >> blocks:
            raise UsageError(
                f"model.blocks: {blocks} blocks halve a picture of {size} x {size} pixels to nothing; "
                f"expected up to {size.bit_length() - 1}, or larger pictures (--set data.size={1 << blocks})."
            )
        updates |= {"size": size, "colour": whole.values.shape[3] == 3}
    learning = config.train
    if learning.metric == "auto":
        learning = learning.model_copy(update={"metric": "word_f1"})
    return config.model_copy(update={"data": config.data.model_copy(update=updates), "train": learning})


def _read(location: str, run: RunDirectory | None, part: str, config: CaptionerConfig) -> Corpus:
    if run is None:
        return read_corpus(location, config.data)
    if location:
        with asking_where(run):
            return read_corpus(location, config.data)
    return reopen(kept_at(run.path, part))


def _read_tokenizer(run: RunDirectory | None) -> PieceTokenizer | None:
    if run is None:
        return None
    try:
        return PieceTokenizer.from_json(
            json.loads((run.path / "data" / _TOKENIZER).read_text(encoding="utf-8"))
        )
    except (OSError, ValueError) as error:
        raise DataError(f"{run.path}: the run's tokenizer, data/{_TOKENIZER}, is missing: {error}") from None
