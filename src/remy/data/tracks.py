"""Series made ready for a forecaster: regular in time, with what is known ahead and what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.data.records import Series
from remy.data.series import say_time
from remy.data.steps import Step, Times, find_spacing
from remy.errors import DataError, UsageError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Track:
    """One series on a regular grid of times.

    Attributes
    ----------
    name
        Of the series.
    times
        Array (T,), rising.
    target
        Array (T, K): what is forecast.
    known
        Array (T, C): what is known ahead.
    past
        Array (T, P): what is known up to the present only.
    step
        The distance of the times.
    """

    name: str
    times: Times
    target: Floats
    known: Floats
    past: Floats
    step: Step

    def __len__(self) -> int:
        return len(self.times)

    def until(self, stop: int) -> Track:
        """Return the first `stop` steps."""
        return replace(
            self,
            times=self.times[:stop],
            target=self.target[:stop],
            known=self.known[:stop],
            past=self.past[:stop],
        )


def make_track(series: Series, *, known: int, gaps: str = "error") -> Track:
    """Return `series` as a track.

    Parameters
    ----------
    series
        Its ``known`` columns are the C known ahead, and after them the P of the past.
    known
        C.
    gaps
        ``error`` refuses missing times, ``close`` lets the next row follow, ``fill`` repeats the row before
        them. Missing business days are holidays and always closed.

    Raises
    ------
    DataError
        If the times are irregular, or have gaps that are to be errors.
    """
    track = Track(
        series.name,
        series.times,
        series.target,
        series.known[:, :known],
        series.known[:, known:],
        series.step or Step(1, "1"),
    )
    spacing = find_spacing(series.times)
    where = f"{series.place}: series '{series.name}'"
    if spacing.step is None:
        if len(track) < 2:
            raise DataError(f"{where}: has {len(track)} step; a forecast needs at least two.")
        first = int(spacing.breaks[0])
        raise DataError(
            f"{where}: its times are irregular ({spacing.breaks.size:,} steps differ from the usual "
            f"{spacing.usual}, the first after {say_time(series.times[first])}); bring them to one step."
        )
    track = replace(track, step=spacing.step)
    if not spacing.breaks.size or gaps == "close" or spacing.step.unit == "B":
        return track
    if gaps == "fill":
        return _filled(track)
    count, first = spacing.breaks.size, int(spacing.breaks[0])
    raise DataError(
        f"{where}: {count:,} gap{'s' if count != 1 else ''} in steps of {spacing.step}, the first after "
        f"{say_time(series.times[first])}; fill them, or take them as they are with "
        "--set data.gaps=close (the next row follows) or fill (the row before is repeated)."
    )


def same_step(tracks: Sequence[Track]) -> Step:
    """Return the step of all tracks.

    Raises
    ------
    DataError
        If two differ.
    """
    first = tracks[0]
    for track in tracks:
        if track.step != first.step:
            raise DataError(
                f"series '{track.name}' has steps of {track.step}, '{first.name}' of {first.step}; a model "
                "is for one step: train one for each."
            )
    return first.step


def from_columns(
    columns: Mapping[str, ArrayLike],
    *,
    time: str,
    target: Sequence[str],
    series: str | None = None,
    known: Sequence[str] = (),
    past: Sequence[str] = (),
    gaps: str = "error",
) -> list[Track]:
    """Return the tracks of a table in memory: columns of equal length by name, as a dictionary or data frame.

    Raises
    ------
    UsageError
        If a column is missing or not as long as the times.
    DataError
        If a number is not finite, or the times of a series do not rise or are irregular.

    Examples
    --------
    >>> [track] = from_columns({"t": [1, 2, 3], "y": [5.0, 6.0, 7.0]}, time="t", target=["y"])
    >>> track.target.shape, str(track.step)
    ((3, 1), '1')
    """
    names = [time, *target, *known, *past, *([series] if series else [])]
    for name in names:
        if name not in columns:
            raise UsageError(f"forecaster: expected a column '{name}', got {', '.join(map(str, columns))}")
    stamps = np.asarray(columns[time])
    if not np.issubdtype(stamps.dtype, np.integer):
        try:
            stamps = stamps.astype("datetime64[s]")
        except (TypeError, ValueError) as error:
            raise DataError(f"forecaster: column '{time}' holds no times: {error}.") from None
    else:
        stamps = stamps.astype(np.int64)
    numbers = np.empty((len(stamps), len(target) + len(known) + len(past)))
    for place, name in enumerate((*target, *known, *past)):
        column = np.asarray(columns[name], np.float64)
        if column.shape != stamps.shape:
            raise UsageError(f"forecaster: column '{name}' has {column.shape}, the times {stamps.shape}")
        if not np.isfinite(column).all():
            row = int(np.flatnonzero(~np.isfinite(column))[0])
            raise DataError(
                f"forecaster: column '{name}': expected a finite number, got {column[row]} in row {row}."
            )
        numbers[:, place] = column
    labels = np.asarray(columns[series]).astype(str) if series else np.full(len(stamps), "data")
    found = []
    for name in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == name)
        found.append(_one(name, stamps[rows], numbers[rows], target, known, gaps))
    return found


def tracks_sha256(tracks: Iterable[Track], *, named: bool) -> str:
    """Return the SHA-256 of all times and numbers, and of the names unless they are only the file's."""
    digest = hashlib.sha256()
    for track in tracks:
        parts: list[Any] = [track.times, track.target, track.known, track.past]
        name = track.name if named else ""
        for part in (name.encode(), *(np.ascontiguousarray(each).tobytes() for each in parts)):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def _one(
    name: str, times: Times, numbers: Floats, target: Sequence[str], known: Sequence[str], gaps: str
) -> Track:
    from remy.data.records import Place

    backwards = np.flatnonzero(np.diff(times).astype(np.int64) <= 0)
    if backwards.size:
        row = int(backwards[0])
        raise DataError(
            f"forecaster: series '{name}': the time {say_time(times[row + 1])} comes after "
            f"{say_time(times[row])}; sort the rows, and give each time once."
        )
    series = Series(
        name,
        times,
        numbers[:, : len(target)],
        numbers[:, len(target) :],
        tuple(target),
        tuple(known),
        None,
        Place("data", 1),
    )
    return make_track(series, known=len(known), gaps=gaps)


def _filled(track: Track) -> Track:
    """Return `track` with a row for every time of its grid."""
    grid = [track.times[:1]]
    rows = [np.zeros(1, np.int64)]
    for place in range(1, len(track)):
        count, before = 1, track.times[place - 1]
        while track.step.following(before, count)[-1] < track.times[place]:
            count += 1
        grid.append(track.step.following(before, count))
        rows.append(np.r_[np.full(count - 1, place - 1), place])
    chosen = np.concatenate(rows)
    return replace(
        track,
        times=np.concatenate(grid),  # type: ignore[arg-type]
        target=track.target[chosen],
        known=track.known[chosen],
        past=track.past[chosen],
    )
