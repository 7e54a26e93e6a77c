"""Rhythms that a time itself tells: the time of day, the day of the week, the day of the year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remy.data.steps import Step, Times

_DAY = 86_400
#: Rhythm -> its length in seconds, and how many waves in it are told apart.
RHYTHMS: dict[str, tuple[float, int]] = {
    "day": (_DAY, 2),
    "week": (7 * _DAY, 2),
    "year": (365.2425 * _DAY, 2),
}
#: A rhythm is learned only where the data hold it so many times ...
_TIMES_SEEN = 2
#: ... and cut it in at least so many steps.
_LEAST_STEPS = 4
#: 1970-01-01 was a Thursday; weeks begin on Mondays here.
_FIRST_MONDAY = 4 * _DAY
_UNITS = {"s": 1, "min": 60, "h": 3_600, "D": _DAY, "B": _DAY, "M": 28 * _DAY, "ME": 28 * _DAY}


def usable_rhythms(times: Times, step: Step) -> list[str]:
    """Return the rhythms that data over `times` (T,) are long and fine enough for; none of integers.

    Examples
    --------
    >>> days = Step(1, "D").following(np.datetime64("2020-01-01"), 1000)
    >>> usable_rhythms(days, Step(1, "D"))
    ['week', 'year']
    """
    if step.unit == "1":
        return []
    moments = np.asarray(times, "datetime64[s]").astype(np.int64)
    span, length = int(moments[-1] - moments[0]), step.count * _UNITS[step.unit]
    return [
        name
        for name, (period, _) in RHYTHMS.items()
        if span >= _TIMES_SEEN * period and length * _LEAST_STEPS <= period
    ]


def width(rhythms: Sequence[str]) -> int:
    """Return how many features :func:`calendar_features` has for some rhythms."""
    return sum(2 * RHYTHMS[name][1] for name in rhythms)


def calendar_features(times: Times, rhythms: Sequence[str]) -> NDArray[np.float64]:
    """Return sine and cosine of each rhythm's waves, ``sin(2π k φ)`` and ``cos(2π k φ)``, k from 1.

    Parameters
    ----------
    times (T,)
        ``datetime64``.
    rhythms
        Out of `RHYTHMS`. φ of a year is the share of that very year, so leap days shift nothing.

    Returns
    -------
    array (T, F) float64
        With no rhythms F is 0.

    Examples
    --------
    >>> noon = np.array(["2020-01-01T12:00"], "datetime64[s]")
    >>> calendar_features(noon, ["day"]).round(3).tolist()
    [[0.0, -1.0, -0.0, 1.0]]
    """
    columns = []
    for name in rhythms:
        phase = _phase(np.asarray(times, "datetime64[s]"), name)
        for wave in range(1, RHYTHMS[name][1] + 1):
            columns += [np.sin(2 * np.pi * wave * phase), np.cos(2 * np.pi * wave * phase)]
    return np.stack(columns, axis=1) if columns else np.empty((len(times), 0))


def _phase(moments: NDArray[np.datetime64], rhythm: str) -> NDArray[np.float64]:
    if rhythm == "year":
        years = moments.astype("datetime64[Y]")
        first, next_first = years.astype("datetime64[s]"), (years + 1).astype("datetime64[s]")
        return np.asarray((moments - first) / (next_first - first), np.float64)
    period = int(RHYTHMS[rhythm][0])
    offset = _FIRST_MONDAY if rhythm == "week" else 0
    return ((moments.astype(np.int64) - offset) % period) / period
