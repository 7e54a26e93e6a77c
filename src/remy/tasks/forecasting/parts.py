"""Series cut by time: what is learned from, what the best model is chosen on, and what it is scored on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from remy.config import ForecasterConfig
from remy.data.calendar import usable_rhythms
from remy.data.series import say_time
from remy.data.series_scaler import SeriesScaler
from remy.data.tracks import same_step, tracks_sha256
from remy.data.windows import Places, presents_between
from remy.errors import DataError
from remy.tasks.forecasting.reading import Table
from remy.tasks.forecasting.seasons import likely_season


@dataclass(frozen=True)
class Parts:
    """A table of series and two moments: learned from up to the first, validated up to the second.

    The moments are the same for all series, because what one series does next week may tell what another
    does. A window's steps ahead lie in one part; its past may lie in earlier ones.

    Attributes
    ----------
    config
        Fully resolved.
    table
        The series that are long enough.
    learned, validated
        One number a series: how many of its steps are learned from, and where the part to score on begins.
    notes
        What a person should know of the data.
    """

    config: ForecasterConfig
    table: Table
    learned: Sequence[int]
    validated: Sequence[int]
    notes: Sequence[str]

    @cached_property
    def scaler(self) -> SeriesScaler:
        """The scales of what is learned from."""
        data, tracks = self.config.data, self.table.tracks
        return SeriesScaler.fit(
            [track.until(stop) for track, stop in zip(tracks, self.learned, strict=True)],
            self.table.columns,
            step=tracks[0].step,
            calendar=data.calendar or [],
            season=data.season or 1,
        )

    @property
    def train_presents(self) -> Places:
        """Where to learn: all steps ahead lie before the first moment."""
        return self._presents([0] * len(self.learned), self.learned)

    @property
    def valid_presents(self) -> Places:
        """Where to choose the best model: all steps ahead lie between the moments."""
        return self._presents(self.learned, self.validated)

    @property
    def test_presents(self) -> Places:
        """Where to score: all steps ahead lie after the second moment."""
        return self._presents(self.validated, [len(track) for track in self.table.tracks])

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""
        tracks = self.table.tracks
        first, last = min(track.times[0] for track in tracks), max(track.times[-1] for track in tracks)
        return {
            "name": self.table.name,
            "sha256": tracks_sha256(tracks, named=self.table.columns.series is not None),
            "series": len(tracks),
            "steps": sum(map(len, tracks)),
            "step": str(tracks[0].step),
            "from": say_time(first),
            "learned_until": self._moment(self.learned),
            "validated_until": self._moment(self.validated),
            "until": say_time(last),
        }

    def _moment(self, stops: Sequence[int]) -> str:
        return say_time(max(t.times[stop - 1] for t, stop in zip(self.table.tracks, stops, strict=True)))

    def _presents(self, start: Sequence[int], stop: Sequence[int]) -> Places:
        return presents_between(
            self.table.tracks,
            start,
            stop,
            window=self.config.model.window,
            horizon=self.config.data.horizon,
        )


def make_parts(table: Table, config: ForecasterConfig) -> Parts:
    """Cut the series of a table and resolve what the configuration leaves open.

    Raises
    ------
    DataError
        If no series is long enough, or nothing is left to validate or to score on.
    """
    data, window = config.data, config.model.window
    same_step(table.tracks)
    moments = np.unique(np.concatenate([track.times for track in table.tracks]))
    first = moments[min(len(moments) - 1, round(data.split * len(moments)))]
    second = moments[min(len(moments) - 1, round((1.0 - data.held_out) * len(moments)))]
    kept, learned, validated, short = [], [], [], []
    for track in table.tracks:
        stop = int(np.searchsorted(track.times, first))
        if stop < window + data.horizon:
            short.append(f"'{track.name}' ({stop})")
            continue
        kept.append(track)
        learned.append(stop)
        validated.append(int(np.searchsorted(track.times, second)))
    if not kept:
        raise DataError(
            f"{table.name}: a window of {window} and a horizon of {data.horizon} steps need "
            f"{window + data.horizon} steps to learn from, got {', '.join(short[:5])}; "
            "take a smaller --set model.window or --horizon, or more data"
        )
    notes = list(table.notes)
    if short:
        notes.append(f"too short to learn from and left out: {', '.join(short[:10])}")
    table = Table(kept, table.columns, table.name, table.location, table.notes)
    config = _resolved(config, table, learned)
    parts = Parts(config, table, learned, validated, ())
    for presents, what in ((parts.valid_presents, "validate"), (parts.test_presents, "score")):
        if not len(presents):
            raise DataError(
                f"{table.name}: no {data.horizon} steps in a row are left to {what} on; take a shorter "
                "--horizon, or change data.split and data.held_out"
            )
    notes.append(_described(parts))
    return Parts(config, table, learned, validated, notes)


def _resolved(config: ForecasterConfig, table: Table, learned: Sequence[int]) -> ForecasterConfig:
    known = [track.until(stop) for track, stop in zip(table.tracks, learned, strict=True)]
    columns, data = table.columns, config.data
    longest = max(known, key=len)
    found: dict[str, Any] = {
        "time": columns.time,
        "target": list(columns.target),
        "series": columns.series,
        "train": table.location,
    }
    if data.calendar is None:
        found["calendar"] = usable_rhythms(longest.times, longest.step)
    if data.season is None:
        found["season"] = likely_season(known)
    return config.model_copy(update={"data": data.model_copy(update=found)})


def _described(parts: Parts) -> str:
    record, data = parts.record(), parts.config.data
    series = "1 series" if record["series"] == 1 else f"{record['series']} series"
    rhythms = f", rhythms of the {' and the '.join(data.calendar)}" if data.calendar else ""
    return (
        f"{series} of {', '.join(parts.table.columns.target)} in steps of {record['step']}: learned from "
        f"until {record['learned_until']}, validated until {record['validated_until']}, scored until "
        f"{record['until']}; season of {data.season}{rhythms}"
    )
