"""Reading the data of a model of piano rolls, and resolving what its configuration leaves open."""

from __future__ import annotations

import math
from typing import Final

from remy.config import PianoRollConfig
from remy.errors import DataError
from remy.tasks.opened import Opened, asking_where
from remy.tasks.polyphony.job import PianoRollJob
from remy.tasks.polyphony.parts import Parts, divide
from remy.tasks.polyphony.pieces import Source, read_source, reopen, to_npz
from remy.training import RunDirectory
from remy.training.batch_lesson import batches_of

#: What is dropped from the state where nobody says it, by the cell (figures in docs/piano-roll.md). What is
#: kept is scaled up, which a state without gates cannot bear much of.
RECURRENT_DROPOUT: Final = {"lstm": 0.5, "gru": 0.5, "simple_rnn": 0.2}

#: Updates that are meant where nobody says how many epochs, and the fewest and most passes for them.
_UPDATES, _FEWEST, _MOST = 5_000, 10, 200


def open_piano_roll(config: PianoRollConfig, run: RunDirectory | None = None) -> Opened:
    """Read the pieces that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of pieces that cannot be read again.

    Raises
    ------
    DataError
        If data are missing or cannot be used.
    """
    data = config.data
    source = _read(data.train, run, "train", data.step)
    valid = _read(data.valid, run, "valid", data.step) if data.valid is not None else None
    test = _read(data.test, run, "test", data.step) if data.test is not None else None
    return open_rolls(config, source, valid, test)


def open_rolls(
    config: PianoRollConfig, source: Source, valid: Source | None = None, test: Source | None = None
) -> Opened:
    """Make a job of pieces that have been read.

    Raises
    ------
    DataError
        If they cannot be used.
    """
    parts = divide(source, valid, test, config.data.split)
    for held in (parts.valid, parts.test):
        if held is not None and held.step != parts.train.step:
            raise DataError(
                f"{held.name}: has frames of {held.step:g} quarter notes, but {parts.train.name} of "
                f"{parts.train.step:g}; say which with --set data.step={parts.train.step:g}."
            )
    locations = {
        "train": source.location,
        "valid": valid.location if valid is not None else None,
        "test": test.location if test is not None else None,
    }
    data = config.data.model_copy(update={**locations, "step": parts.train.step})
    config = _resolve(config.model_copy(update={"data": data}), parts)
    each = {"train": source, "valid": valid, "test": test}

    def keep(new: RunDirectory) -> None:
        for name, one in each.items():
            if one is not None and not one.location:
                new.write(new.path / "data" / f"{name}.npz", to_npz(one))

    sources = [one.location for one in each.values() if one is not None]
    return Opened(PianoRollJob(config, parts), source.short_name, sources, keep, parts.notes())


def _resolve(config: PianoRollConfig, parts: Parts) -> PianoRollConfig:
    """Return `config` with its epochs and its recurrent dropout filled in, where nobody chose them."""
    train, model = config.train, config.model
    if train.epochs is None:
        batches = len(batches_of([len(roll) for roll in parts.train.rolls], train))
        epochs = float(min(_MOST, max(_FEWEST, math.ceil(_UPDATES / batches))))
        train = train.model_copy(update={"epochs": epochs})
    if model.recurrent_dropout is None:
        model = model.model_copy(update={"recurrent_dropout": RECURRENT_DROPOUT[model.cell]})
    return config.model_copy(update={"train": train, "model": model})


def _read(location: str, run: RunDirectory | None, part: str, step: float | None) -> Source:
    if run is None:
        return read_source(location, step=step)
    if location:
        with asking_where(run):
            return read_source(location, step=step)
    kept = run.path / "data" / f"{part}.npz"
    if not kept.is_file():
        raise DataError(f"{run.path}: the run's own copy of its data, data/{part}.npz, is missing")
    return reopen(kept, step=step)
