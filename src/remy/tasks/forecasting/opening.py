"""Reading the series of a forecaster, and resolving what its configuration leaves open."""

from __future__ import annotations

from pathlib import Path

from remy.config import ForecasterConfig
from remy.tasks.forecasting.job import ForecasterJob
from remy.tasks.forecasting.parts import make_parts
from remy.tasks.forecasting.reading import KEPT, Table, read_kept, read_table, written
from remy.tasks.opened import Opened, asking_where
from remy.training import RunDirectory

#: Updates that are meant where nobody says how many epochs, and the fewest and most passes for them.
_UPDATES, _FEWEST, _MOST = 2_000, 2.0, 60.0


def open_forecaster(config: ForecasterConfig, run: RunDirectory | None = None) -> Opened:
    """Read the series that `config` names.

    Parameters
    ----------
    config
        How to train, and on what.
    run
        The run to go on with; it has its own copy of data that cannot be read again.

    Raises
    ------
    DataError
        If the data are missing or cannot be used.
    """
    if run is not None and not config.data.train:
        return open_series(config, read_kept(run.path, config.data))
    with asking_where(run):
        table = read_table(config.data.train, config.data)
    return open_series(config, table)


def open_series(config: ForecasterConfig, table: Table) -> Opened:
    """Make a job of series that have been read.

    Raises
    ------
    DataError
        If they cannot be used.
    """
    parts = make_parts(table, config)
    if config.train.epochs is None:
        updates = -(-len(parts.train_presents) // config.train.batch_size)
        epochs = round(min(_MOST, max(_FEWEST, _UPDATES / updates)), 1)
        train = config.train.model_copy(update={"epochs": epochs})
        parts = make_parts(table, config.model_copy(update={"train": train}))

    def keep(new: RunDirectory) -> None:
        if not table.location:
            new.write(new.path / KEPT, written(table))

    stem = Path(table.name).name.partition(".")[0] if table.location else "series"
    short = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem) or "series"
    return Opened(ForecasterJob(parts), short, [table.location], keep, parts.notes)
