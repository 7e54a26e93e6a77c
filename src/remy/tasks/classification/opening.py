"""Reading the data of a classifier or regressor, and resolving what its configuration leaves open."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from remy import datasets
from remy.config import ClassifierConfig
from remy.data.batches import Batches
from remy.errors import DataError
from remy.tasks.classification.data import AnyConfig, Parts
from remy.tasks.classification.examples import Examples, read_examples
from remy.tasks.classification.job import ClassifierJob
from remy.tasks.classification.targets import held_out, numbers_of
from remy.tasks.opened import Opened
from remy.training import RunDirectory

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
    return open_examples(config, train, valid, scored)


def open_examples(
    config: AnyConfig, train: Examples, valid: Examples | None, test: Examples | None
) -> Opened:
    """Make a job of data that have been read.

    Raises
    ------
    DataError
        If they cannot be used.
    """
    given = valid
    if valid is None:
        by_label = isinstance(config, ClassifierConfig) and config.data.separator is None
        learned, valid = held_out(train, config.data.split, config.train.seed, by_label=by_label)
        valid_name = f"a random {1.0 - config.data.split:.3g} of {train.name}"
    else:
        learned, valid_name = train, valid.name
    learned = Examples(**{**vars(learned), "notes": train.notes})
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
    parts = Parts(config, learned, valid, test, valid_name)
    for part in (learned, valid, test):
        if part is not None:
            _expect_usable(parts, part)
    config = _plan(config, parts)
    job = ClassifierJob(config, Parts(config, learned, valid, test, valid_name))

    def keep(new: RunDirectory) -> None:
        for name, part in (("train", train), ("valid", given), ("test", test)):
            if part is not None and not part.location:
                _write(new, name, part)

    sources = [part.location for part in (train, given, test) if part is not None]
    return Opened(job, train.short_name, sources, keep, tuple(job.parts.notes()))


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
    lengths = [len(row) for row in parts.encoded(parts.train)]
    batches = Batches(lengths, batch_size=train.batch_size, batch_tokens=train.batch_tokens, seed=0)
    epochs = float(min(_MOST, max(_FEWEST, round(_UPDATES / len(batches)))))
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
            raise DataError(
                f"{error} The run was trained on it; say where it is now: "
                f"remy train FILE -o {run.path} --resume"
            ) from None
    for kept in (run.path / "data" / f"{part}.jsonl", run.path / "data" / f"{part}.npz"):
        if kept.is_file():
            named = config.data
            if kept.suffix == ".jsonl":
                named = named.model_copy(update={"text": "text", "label": "label"})
            found = read_examples(str(kept), named)
            return Examples(**{**vars(found), "name": "data", "location": ""})
    raise DataError(f"{run.path}: the run's own copy of its data, data/{part}, is missing")


def _write(run: RunDirectory, name: str, part: Examples) -> None:
    if part.are_texts:
        rows = ({"text": one, "label": label} for one, label in zip(part.inputs, part.labels, strict=True))
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        run.write(run.path / "data" / f"{name}.jsonl", lines)
        return
    import io

    lengths = np.array([len(one) for one in part.inputs], np.int64)
    first = np.asarray(part.inputs[0])
    x = np.zeros((len(part), lengths.max(), first.shape[1]), np.float32)
    for row, one in enumerate(part.inputs):
        x[row, : len(one)] = one
    buffer = io.BytesIO()
    np.savez(buffer, x=x, lengths=lengths, y=np.array([str(label) for label in part.labels]))
    run.write(run.path / "data" / f"{name}.npz", buffer.getvalue())
