"""Reading the pairs of a translator, and resolving what its configuration leaves open."""

from __future__ import annotations

import json
from pathlib import Path

from remy.config import TranslatorConfig
from remy.data.pieces import PieceTokenizer
from remy.errors import DataError
from remy.tasks.opened import Opened, asking_where
from remy.tasks.translation.corpus import Corpus, read_corpus, reopen, to_jsonl
from remy.tasks.translation.job import TranslatorJob
from remy.tasks.translation.parts import Parts, cut_corpus
from remy.tasks.translation.pieces import fit_pieces, pieces_for
from remy.tasks.writing.planning import with_epochs
from remy.training import RunDirectory

#: Updates that are meant where nobody says how many epochs.
_UPDATES = 7_000

#: A run's own copy of its tokenizers: fitting them again need not give the same ones.
_TOKENIZERS = "tokenizers.json"


def open_translator(config: TranslatorConfig, run: RunDirectory | None = None) -> Opened:
    """Read the pairs that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of pairs that cannot be read again.

    Raises
    ------
    DataError
        If data are missing or cannot be used.
    """
    data = config.data
    train = _read(data.train, run, "train", config)
    valid = _read(data.valid, run, "valid", config) if data.valid is not None else None
    test = _read(data.test, run, "test", config) if data.test is not None else None
    tokenizers = _read_tokenizers(run.path) if run is not None else None
    return open_pairs(config, train, valid, test, tokenizers=tokenizers)


def open_pairs(
    config: TranslatorConfig,
    whole: Corpus,
    valid: Corpus | None = None,
    test: Corpus | None = None,
    *,
    tokenizers: tuple[PieceTokenizer, PieceTokenizer] | None = None,
) -> Opened:
    """Make a job of pairs that have been read.

    Parameters
    ----------
    config
        How to train.
    whole, valid, test
        What is learned from; what the best model is chosen on, and what it is scored on, or random parts of
        `whole`.
    tokenizers
        Those of the run to go on with, of sources and targets; None fits some.

    Raises
    ------
    DataError
        If they cannot be used.
    """
    train, chosen, scored = cut_corpus(config.data, whole, valid, test, seed=config.train.seed)
    config = _resolve(config, train)
    updates = {
        "train": whole.location,
        "valid": valid.location if valid is not None else None,
        "test": test.location if test is not None else None,
    }
    config = config.model_copy(update={"data": config.data.model_copy(update=updates)})
    data = config.data
    if tokenizers is None:
        tokenizers = (
            fit_pieces(train.sources, str(data.source_pieces), data),
            fit_pieces(train.targets, str(data.target_pieces), data),
        )
    parts = Parts(data, train, chosen, scored, *tokenizers)
    lengths = [max(map(len, pair)) for pair in zip(*parts.learned, strict=True)]
    learning = with_epochs(config.train, lengths, updates=_UPDATES)
    config = config.model_copy(update={"train": learning})

    def keep(new: RunDirectory) -> None:
        new.write(new.path / "data" / _TOKENIZERS, json.dumps([each.to_json() for each in tokenizers]))
        for name, corpus in (("train", whole), ("valid", valid), ("test", test)):
            if corpus is not None and not corpus.location:
                new.write(new.path / "data" / f"{name}.jsonl", to_jsonl(corpus))

    sources = [path for corpus in (whole, valid, test) if corpus is not None for path in corpus.files]
    return Opened(TranslatorJob(config, parts), whole.short_name, sources, keep, parts.notes())


def _resolve(config: TranslatorConfig, train: Corpus) -> TranslatorConfig:
    """Return `config` with what nobody chose filled in: columns, pieces, metric, the decoder's size."""
    data, model = config.data, config.model
    if train.columns[0] is not None:
        data = data.model_copy(update={"source": train.columns[0], "target": train.columns[1]})
    if data.source_pieces is None:
        data = data.model_copy(update={"source_pieces": pieces_for(train.sources)})
    if data.target_pieces is None:
        data = data.model_copy(update={"target_pieces": pieces_for(train.targets)})
    if model.decoder_units is None:
        model = model.model_copy(update={"decoder_units": 2 * model.units})
    metric = config.train.metric
    if metric == "auto":
        metric = "exact_match" if data.source_pieces == "characters" else "bleu"
    learning = config.train.model_copy(update={"metric": metric})
    return config.model_copy(update={"data": data, "model": model, "train": learning})


def _read(location: str, run: RunDirectory | None, part: str, config: TranslatorConfig) -> Corpus:
    source, target = config.data.source, config.data.target
    if run is None:
        return read_corpus(location, source=source, target=target)
    if location:
        with asking_where(run):
            return read_corpus(location, source=source, target=target)
    return read_kept(run.path, part)


def read_kept(run: Path, part: str) -> Corpus:
    """Read a run's own copy of pairs that cannot be read again.

    Raises
    ------
    DataError
        If it is missing.
    """
    kept = run / "data" / f"{part}.jsonl"
    if not kept.is_file():
        raise DataError(f"{run}: the run's own copy of its data, data/{part}.jsonl, is missing")
    return reopen(kept)


def _read_tokenizers(run: Path) -> tuple[PieceTokenizer, PieceTokenizer]:
    try:
        records = json.loads((run / "data" / _TOKENIZERS).read_text(encoding="utf-8"))
        source, target = (PieceTokenizer.from_json(record) for record in records)
    except (OSError, ValueError) as error:
        raise DataError(f"{run}: the run's tokenizers, data/{_TOKENIZERS}, are missing: {error}") from None
    return source, target
