"""The regular distance between the times of a series, and the times that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remy.errors import UsageError

Times = NDArray[np.datetime64] | NDArray[np.int64]

_SECONDS = {"D": 86_400, "h": 3_600, "min": 60, "s": 1}  # the largest that divides a step names it
_WORDS = {
    "D": "day",
    "h": "hour",
    "min": "minute",
    "s": "second",
    "B": "business day",
    "M": "month",
    "ME": "month's end",
    "1": "",
}
_CODE = re.compile(r"(\d+) ?(D|h|min|s|B|ME|M|1)?|(D|h|min|s|B|ME|M)")
_LEAST_REGULAR = 0.5  # share of steps of one length below which the rest are no gaps but disorder


@dataclass(frozen=True)
class Step:
    """A distance in time: `count` times `unit`.

    Attributes
    ----------
    count
        At least 1.
    unit
        ``s``, ``min``, ``h``, ``D`` (days), ``B`` (Monday to Friday), ``M`` (the same day of each month),
        ``ME`` (the last day of each month), or ``1`` for times that are integers.

    Examples
    --------
    >>> Step(1, "B").code, str(Step(2, "h"))
    ('B', '2 hours')
    >>> Step(1, "B").following(np.datetime64("2024-03-08T00:00:00"), 1)  # a Friday
    array(['2024-03-11T00:00:00'], dtype='datetime64[s]')
    """

    count: int
    unit: str

    def __str__(self) -> str:
        word = _WORDS[self.unit]
        if not word:
            return str(self.count)
        return f"1 {word}" if self.count == 1 else f"{self.count:,} {_plural(word)}"

    @property
    def code(self) -> str:
        """The step as a model file keeps it: ``D``, ``2h``, ``B``; of integers the number."""
        if self.unit == "1":
            return str(self.count)
        return self.unit if self.count == 1 else f"{self.count}{self.unit}"

    @classmethod
    def parse(cls, code: str) -> Step:
        """Return the step that :attr:`code` describes.

        Raises
        ------
        UsageError
            If it describes none.
        """
        found = _CODE.fullmatch(code)
        if not found or found[1] == "0":
            raise UsageError(f"step: expected one such as D, 2h, B, M or 1, got '{code}'.")
        return cls(1, found[3]) if found[3] else cls(int(found[1]), found[2] or "1")

    def following(self, last: np.datetime64 | np.int64 | int, count: int) -> Times:
        """Return the `count` times after `last`: an array (count,) of ``datetime64[s]`` or int64."""
        ahead = np.arange(1, count + 1, dtype=np.int64) * self.count
        if self.unit == "1":
            return np.int64(last) + ahead
        start = np.datetime64(last, "s")  # type: ignore[call-overload]
        if self.unit in _SECONDS:
            return np.asarray(start + ahead * np.timedelta64(_SECONDS[self.unit], "s"))
        day = start.astype("datetime64[D]")
        if self.unit == "B":
            days = np.busday_offset(day, ahead, roll="backward")
        else:
            days = _months_on(day, ahead, last_day=self.unit == "ME")
        return np.asarray(days.astype("datetime64[s]") + (start - day))


@dataclass(frozen=True)
class Spacing:
    """How the times of a series follow each other.

    Attributes
    ----------
    step
        The regular step, or None.
    usual
        The most frequent step; None for fewer than two times.
    breaks
        Array (N,) of the places `i` where time `i + 1` does not follow time `i` by that step.
    """

    step: Step | None
    usual: Step | None
    breaks: NDArray[np.int64]


def find_spacing(times: Times) -> Spacing:
    """Return the step of rising `times` (T,), tried as months, business days and a fixed length.

    A step is regular when all times lie on its grid and at least half of them follow the one before
    directly; the other places are gaps.

    Examples
    --------
    >>> days = np.array(["2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12"], "datetime64[s]")
    >>> find_spacing(days).step
    Step(count=1, unit='B')
    """
    if times.size < 2:
        return Spacing(None, None, np.empty(0, np.int64))
    gaps = np.diff(times).astype(np.int64)
    usual = _most_frequent(gaps)
    dates = np.issubdtype(times.dtype, np.datetime64)
    named = _fixed(usual) if dates else Step(usual, "1")
    if dates:  # months first: quarters of 91 days are quarters
        moments = np.asarray(times, "datetime64[s]")
        spacing = _find_months(moments) or _find_business_days(moments)
        if spacing is not None:
            return spacing
    breaks = np.flatnonzero(gaps != usual)
    regular = usual > 0 and (gaps % usual == 0).all() and breaks.size <= _LEAST_REGULAR * gaps.size
    return Spacing(named if regular else None, named, breaks)


def _find_months(times: NDArray[np.datetime64]) -> Spacing | None:
    days = times.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    if np.unique(times - days).size > 1:
        return None
    if (np.diff(days - months) == np.timedelta64(0, "D")).all():
        unit = "M"
    elif ((days + 1).astype("datetime64[M]") == months + 1).all():
        unit = "ME"
    else:
        return None
    gaps = np.diff(months).astype(np.int64)
    usual = _most_frequent(gaps)
    breaks = np.flatnonzero(gaps != usual)
    if usual < 1 or (gaps % usual).any() or breaks.size > _LEAST_REGULAR * gaps.size:
        return None
    return Spacing(Step(usual, unit), Step(usual, unit), breaks)


def _find_business_days(times: NDArray[np.datetime64]) -> Spacing | None:
    days = times.astype("datetime64[D]")
    if np.unique(times - days).size > 1 or not np.is_busday(days).all():
        return None
    gaps = np.busday_count(days[:-1], days[1:])
    over_weekend = (gaps == 1) & (np.diff(days) == np.timedelta64(3, "D"))
    breaks = np.flatnonzero(gaps != 1)
    if not over_weekend.any() or breaks.size > _LEAST_REGULAR * gaps.size:
        return None
    return Spacing(Step(1, "B"), Step(1, "B"), breaks)


def _months_on(day: np.datetime64, ahead: NDArray[np.int64], *, last_day: bool) -> NDArray[np.datetime64]:
    """Return the same day, or the last one, of later months; a day too late for one becomes its last."""
    month = day.astype("datetime64[M]")
    later = month + ahead
    last = (later + 1).astype("datetime64[D]") - 1
    same = last if last_day else later.astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    return np.asarray(np.minimum(same, last))


def _most_frequent(gaps: NDArray[np.int64]) -> int:
    values, counts = np.unique(gaps, return_counts=True)
    return int(values[np.argmax(counts)])


def _fixed(seconds: int) -> Step:
    unit = next(unit for unit, size in _SECONDS.items() if seconds % size == 0)
    return Step(seconds // _SECONDS[unit], unit)


def _plural(word: str) -> str:
    return "months' ends" if word == "month's end" else f"{word}s"
