"""After how many steps a series repeats, where nobody says: for the seasonal-naive baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remy.data.steps import Step
from remy.data.tracks import Track

_HOURS = {"s": 1 / 3_600, "min": 1 / 60, "h": 1.0}


def likely_season(tracks: Sequence[Track]) -> int:
    """Return the season whose repetition errs least on what is learned from, out of those usual for the step.

    A season counts only where all of it was seen twice; without any it is 1, and seasonal naive is naive.

    Examples
    --------
    >>> import numpy as np
    >>> from remy.data.tracks import from_columns
    >>> days = np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]")
    >>> likely_season(from_columns({"day": days, "y": np.arange(60) % 7}, time="day", target=["y"]))
    7
    """
    longest = max(map(len, tracks))
    usual = [season for season in seasons_of(tracks[0].step) if 2 * season <= longest]
    return min(usual, key=lambda season: _error(tracks, season), default=1)


def seasons_of(step: Step) -> list[int]:
    """Return the seasons that are usual for a step, the shortest first.

    Examples
    --------
    >>> seasons_of(Step(1, "D")), seasons_of(Step(15, "min")), seasons_of(Step(3, "ME"))
    ([7, 365], [96, 672], [4])
    """
    if step.unit in _HOURS:
        hours = step.count * _HOURS[step.unit]
        found = [24 / hours, 168 / hours]
    elif step.unit in ("M", "ME"):
        found = [12 / step.count]
    elif step.unit == "B":
        found = [5 / step.count]
    elif step.unit == "D":
        found = [365 / 7] if step.count == 7 else [7 / step.count, 365 / step.count]
    else:
        found = []
    whole = [round(season) for season in found if season >= 2]
    return sorted(set(whole))


def _error(tracks: Sequence[Track], season: int) -> float:
    errors = []
    for track in tracks:
        if len(track) > season:
            deviation = np.maximum(track.target.std(axis=0), 1e-12)
            errors.append(np.abs((track.target[season:] - track.target[:-season]) / deviation).mean())
    return float(np.mean(errors))
