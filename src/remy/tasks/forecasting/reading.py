"""Reading series for a forecaster: from a file, a packaged data set, standard input, or a run's own copy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from remy.config.forecaster import SeriesConfig
from remy.data.series import read_series
from remy.data.series_scaler import Columns
from remy.data.tracks import Track, make_track
from remy.errors import DataError
from remy.tasks.locations import find_file

#: Where a run keeps series that cannot be read again.
KEPT = "data/train.jsonl"


@dataclass(frozen=True)
class Table:
    """The series of a table.

    Attributes
    ----------
    tracks
        At least one.
    columns
        Where they stand.
    name
        Of the data, for people.
    location
        What to give to read them again; empty if that cannot be done.
    notes
        What was guessed, dropped or found odd.
    """

    tracks: Sequence[Track]
    columns: Columns
    name: str
    location: str = ""
    notes: Sequence[str] = ()


def read_table(location: str, config: SeriesConfig) -> Table:
    """Read the series of a file.

    Parameters
    ----------
    location
        A path, the name of a data set, or ``-`` for CSV on standard input.
    config
        Which columns are meant.

    Raises
    ------
    DataError
        If the file is missing or faulty, with file and line, or a series is irregular or has gaps.
    """
    path = find_file(location)
    reading = read_series(
        path,
        time=config.time,
        target=config.target,
        series=config.series,
        known=[*config.known, *config.past],
        missing=config.missing,
        format="csv" if path == "-" else None,
    )
    tracks = [make_track(each, known=len(config.known), gaps=config.gaps) for each in reading]
    columns = Columns(
        reading.time_column,
        reading.series_column,
        tuple(reading.target_columns),
        tuple(config.known),
        tuple(config.past),
    )
    notes = [*reading.notes, *([reading.summary()] if reading.dropped else [])]
    name = "standard input" if location == "-" else location
    return Table(tracks, columns, name, "" if location == "-" else location, notes)


def read_kept(run: Path, config: SeriesConfig) -> Table:
    """Read the run's own copy of its series.

    Raises
    ------
    DataError
        If it is missing.
    """
    if not (run / KEPT).is_file():
        raise DataError(f"{run}: the run's own copy of its data, {KEPT}, is missing")
    table = read_table(str(run / KEPT), config)
    return Table(table.tracks, table.columns, "data", "")


def written(table: Table) -> str:
    """Return the series as JSON lines that `read_kept` reads."""
    columns, lines = table.columns, []
    for track in table.tracks:
        numbers = np.concatenate([track.target, track.known, track.past], axis=1).tolist()
        for moment, row in zip(track.times, numbers, strict=True):
            stamp = int(moment) if isinstance(moment, np.integer) else str(moment)
            record = {columns.time: stamp}
            if columns.series is not None:
                record[columns.series] = track.name
            named = zip((*columns.target, *columns.known, *columns.past), row, strict=True)
            lines.append(json.dumps({**record, **dict(named)}, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def series_config(columns: Columns, base: SeriesConfig) -> SeriesConfig:
    """Return `base` with every column named, so that another file is read the same way."""
    named = {
        "time": columns.time,
        "series": columns.series,
        "target": list(columns.target),
        "known": list(columns.known),
        "past": list(columns.past),
    }
    return base.model_copy(update=named)
