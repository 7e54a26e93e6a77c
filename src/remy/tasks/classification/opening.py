"""Reading the data of a classifier or regressor, and resolving what its configuration leaves open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from remy import datasets
from remy.errors import DataError
from remy.tasks.classification.data import AnyConfig, Encoder, Parts, fit_encoder, split_at_random
from remy.tasks.classification.examples import Examples, read_examples
from remy.tasks.classification.job import ClassifierJob
from remy.tasks.classification.kept import read_encoder, read_kept, write_encoder, write_kept
from remy.tasks.classification.targets import numbers_of
from remy.tasks.opened import Opened
from remy.training import RunDirectory
from remy.training.batch_lesson import batches_of

#: Updates that are meant where nobody says how many epochs, and the fewest and most passes for them.
_UPDATES, _FEWEST, _MOST = 1_500, 8, 100


def open_classifier(config: AnyConfig, run: RunDirectory | None = None) -> Opened:
    """Read the data that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of data that cannot be read again.

    Raises
    ------
    DataError
        If data are missing or cannot be used.
    """
    data = config.data
    train = _read(data.train, run, "train", config)
    named = data.model_copy(update={"text": train.columns[0], "label": train.columns[1]})
    config = config.model_copy(update={"data": named})
    valid = _read(data.valid, run, "valid", config) if data.valid is not None else None
    test = data.test
    if test is None and _has_test_part(data.train):
        test = f"{data.train}:test"
    scored = _read(test, run, "test", config) if test is not None else None
    encoder = read_encoder(run.path) if run is not None else None
    return open_examples(config, train, valid, scored, encoder=encoder)


def open_examples(
    config: AnyConfig,
    train: Examples,
    valid: Examples | None = None,
    test: Examples | None = None,
    *,
    encoder: Encoder | None = None,
) -> Opened:
    """Make a job of data that have been read.

    Parameters
    ----------
    config
        How to train.
    train, valid, test
        What is learned from; what the best model is chosen on, or a random part of `train`; what it is scored
        on in the end, or the same.
    encoder
        The one of the run to go on with; None fits one.

    Raises
    ------
    DataError
        If they cannot be used.
    """
    given = valid
    if valid is None:
        learned, valid = split_at_random(config, train)
        valid_name = f"a random {1.0 - config.data.split:.3g} of {train.name}"
    else:
        learned, valid_name = train, valid.name
    for part in (valid, test):
        if part is not None and part.are_texts != train.are_texts:
            raise DataError(f"{part.name}: expected {_kind(train)} as in {train.name}, got {_kind(part)}")
    data = config.data.model_copy(
        update={
            "train": train.location,
            "valid": given.location if given is not None else None,
            "test": test.location if test is not None else None,
        }
    )
    config = config.model_copy(update={"data": data})
    learned = replace(learned, notes=train.notes)
    parts = Parts(config, learned, valid, test, valid_name, encoder or fit_encoder(config, learned))
    for part in (learned, valid, test):
        if part is not None:
            _expect_usable(parts, part)
    job = ClassifierJob(_plan(config, parts), parts)

    def keep(new: RunDirectory) -> None:
        def write(name: str, content: str | bytes) -> None:
            new.write(new.path / "data" / name, content)

        write_encoder(write, parts.encoder)
        for name, part in (("train", train), ("valid", given), ("test", test)):
            if part is not None and not part.location:
                write_kept(write, name, part)

    sources = [part.location for part in (train, given, test) if part is not None]
    return Opened(job, train.short_name, sources, keep, tuple(parts.notes()))


def _expect_usable(parts: Parts, part: Examples) -> None:
    """Raise now what encoding the labels would raise in the middle of things."""
    if parts.classes is None:
        numbers_of(part)
    elif part is not parts.test:  # unseen labels in a test are counted as wrong, and named
        parts.classes.encode(part)
    if not part.are_texts:
        parts.encoded(part)


def _plan(config: AnyConfig, parts: Parts) -> AnyConfig:
    """Return `config` with its epochs filled in, where nobody chose them: some 1,500 updates in all."""
    if config.train.epochs is not None:
        return config
    train = config.train
    lengths = [len(row) for row in parts.learned]
    batches = len(batches_of(lengths, train))
    epochs = float(min(_MOST, max(_FEWEST, round(_UPDATES / batches))))
    return config.model_copy(update={"train": train.model_copy(update={"epochs": epochs})})


def _kind(examples: Examples) -> str:
    return "texts" if examples.are_texts else "numeric sequences"


def _has_test_part(name: str) -> bool:
    if Path(name).exists() or name not in datasets.names() or datasets.is_text(name):
        return False
    return datasets.files(name).test is not None


def _read(location: str, run: RunDirectory | None, part: str, config: AnyConfig) -> Examples:
    if location or run is None:
        try:
            return read_examples(location, config.data)
        except DataError as error:
            if run is None:
                raise
            where = f"--{part} FILE" if part != "train" else "FILE"
            raise DataError(
                f"{error} The run needs it; say where it is now: remy train -o {run.path} --resume {where}"
            ) from None
    return read_kept(run.path, part)
