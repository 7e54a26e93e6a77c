"""Series on one scale, each by its own mean and deviation, and what a forecaster has to know of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from remy.data.calendar import RHYTHMS, calendar_features, width
from remy.data.steps import Step, Times
from remy.data.tracks import Track
from remy.errors import DataError, ModelFileError, RemyError, nearest

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """Where a table's time, series and numbers stand.

    Attributes
    ----------
    time, series
        Columns; no series for a table that is one.
    target, known, past
        Columns of what is forecast, known ahead, and known up to the present.
    """

    time: str
    series: str | None
    target: tuple[str, ...]
    known: tuple[str, ...]
    past: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SeriesScaler:
    """Brings series on a common scale and back, ``z = (y - mean) / scale``.

    Attributes
    ----------
    columns
        Of the table.
    step
        Of all series.
    calendar
        Rhythms told by the time, see :func:`remy.data.calendar.calendar_features`.
    season
        Steps of a season, for the baseline.
    scales
        Series -> mean and scale (2, K + C + P) of its columns: targets, known ahead, past.
    """

    columns: Columns
    step: Step
    calendar: tuple[str, ...]
    season: int
    scales: dict[str, Floats]

    @classmethod
    def fit(
        cls, learned: Sequence[Track], columns: Columns, *, step: Step, calendar: Sequence[str], season: int
    ) -> Self:
        """Return the scaler of what is learned from, never of more: a scale must not know the future."""
        scales = {}
        for track in learned:
            numbers = np.concatenate([track.target, track.known, track.past], axis=1)
            deviation = numbers.std(axis=0)
            scales[track.name] = np.stack([numbers.mean(axis=0), np.where(deviation > 0.0, deviation, 1.0)])
        return cls(columns, step, tuple(calendar), season, scales)

    @property
    def known_features(self) -> int:
        """Features known ahead: the columns and the calendar's."""
        return len(self.columns.known) + width(self.calendar)

    def target_scale(self, name: str) -> tuple[Floats, Floats]:
        """Return mean and scale (K,) of a series' targets.

        Raises
        ------
        DataError
            If the model has not learned from a series of this name.
        """
        mean, scale = self._of(name)
        count = len(self.columns.target)
        return mean[:count], scale[:count]

    def scale_target(self, track: Track) -> Floats:
        """Return the targets (T, K) of a track on the common scale."""
        mean, scale = self.target_scale(track.name)
        return np.asarray((track.target - mean) / scale)

    def scale_known(self, name: str, known: Floats, times: Times) -> Floats:
        """Return what is known at `times` (T,), columns (T, C) and calendar, as features (T, F)."""
        mean, scale = self._of(name)
        first = len(self.columns.target)
        part = slice(first, first + len(self.columns.known))
        return np.concatenate(
            [(known - mean[part]) / scale[part], calendar_features(times, self.calendar)], axis=1
        )

    def scale_past(self, track: Track) -> Floats:
        """Return the past columns (T, P) of a track on the common scale."""
        mean, scale = self._of(track.name)
        first = len(self.columns.target) + len(self.columns.known)
        return np.asarray((track.past - mean[first:]) / scale[first:])

    def to_json(self) -> dict[str, Any]:
        """Return everything as values for the model file's header."""
        return {
            "kind": "series",
            "columns": {name: _plain(value) for name, value in asdict(self.columns).items()},
            "step": self.step.code,
            "calendar": list(self.calendar),
            "season": self.season,
            "scales": {name: scale.tolist() for name, scale in self.scales.items()},
        }

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """Return the scaler of a model file.

        Raises
        ------
        ModelFileError
            If `record` is not one.
        """
        try:
            named = record["columns"]
            columns = Columns(
                named["time"], named["series"], *(tuple(named[key]) for key in ("target", "known", "past"))
            )
            scales = {name: np.array(scale, np.float64) for name, scale in record["scales"].items()}
            found = cls(
                columns, Step.parse(record["step"]), tuple(record["calendar"]), record["season"], scales
            )
            shape = (2, len(columns.target) + len(columns.known) + len(columns.past))
            valid = (
                record["kind"] == "series"
                and bool(scales)
                and set(found.calendar) <= set(RHYTHMS)
                and type(found.season) is int
                and found.season >= 1
                and all(
                    each.shape == shape and np.isfinite(each).all() and (each[1] > 0.0).all()
                    for each in scales.values()
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError, RemyError):
            valid = False
        if not valid:
            raise ModelFileError("its record of the series' columns and scales is not a valid one.")
        return found

    def _of(self, name: str) -> Floats:
        if name in self.scales:
            return self.scales[name]
        if self.columns.series is None and len(self.scales) == 1:
            return next(iter(self.scales.values()))  # a table that is one series is named after its file
        known = ", ".join(list(self.scales)[:10]) + (", ..." if len(self.scales) > 10 else "")
        raise DataError(
            f"series '{name}': the model has not learned from it and knows no scale for it"
            f"{nearest(name, self.scales)}; it knows {known}"
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
