"""Pearson's correlation of many series at once, and what of it is chance."""

from __future__ import annotations

import numpy as np

from remy.inspect.record import Array

#: Shifted copies lie at least this share of the series away from the original.
AWAY = 0.1


def standardised(series: Array, steady: float) -> Array:
    """Return series ``(N, K)`` less their means and of length 1: their products are their correlations.

    Those whose values stay within `steady` of each other become zeros: they correlate with nothing.
    """
    centred = series.astype(np.float64)
    still = np.ptp(centred, axis=0) <= steady
    centred -= centred.mean(axis=0)
    centred[:, still] = 0
    length = np.linalg.norm(centred, axis=0)
    found: Array = centred / np.where(still, 1, length)
    return found


def reached_by_chance(series: Array, wanted: Array, shifts: int, seed: int) -> tuple[float, int]:
    """Return the largest correlation in size with circularly shifted copies, and how many were tried.

    Parameters
    ----------
    series, wanted
        ``(N, K)`` and ``(N, P)``, both standardised; `wanted` is shifted, all of it by the same number.
    shifts
        How many, at most as many as there are.
    seed
        Of the shifts.
    """
    count = len(wanted)
    least = max(1, round(count * AWAY))
    possible = np.arange(least, count - least + 1)
    drawn = np.random.default_rng(seed).permutation(possible)[:shifts]
    largest = 0.0
    for shift in drawn:
        found = series.T @ np.roll(wanted, shift, axis=0)
        largest = max(largest, float(np.abs(found).max(initial=0.0)))
    return largest, len(drawn)
