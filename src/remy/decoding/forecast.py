"""From the numbers a forecaster gives for a step to its quantiles and samples."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remy.errors import UsageError

Floats = NDArray[np.float64]

#: Narrowest width of a distribution and fewest degrees of freedom, as in the network that is trained.
LEAST_WIDTH, LEAST_FREEDOM = 1e-3, 2.0

_GRID = 1.0 / np.linspace(1e-4, 0.5, 600)  # degrees of freedom; quantiles are smooth over their reciprocals
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


def rising_quantiles(raw: Floats) -> Floats:
    """Return quantiles (..., Q) that cannot cross: the middle one, and steps of softplus to both sides.

    Examples
    --------
    >>> rising_quantiles(np.array([0.0, 1.0, 0.0])).round(3)
    array([0.307, 1.   , 1.693])
    """
    middle = raw.shape[-1] // 2
    steps = softplus(raw)
    below = np.cumsum(steps[..., :middle][..., ::-1], axis=-1)[..., ::-1]
    above = np.cumsum(steps[..., middle + 1 :], axis=-1)
    centre = raw[..., middle : middle + 1]
    return np.concatenate([centre - below, centre, centre + above], axis=-1)


def softplus(values: Floats) -> Floats:
    """Return ``log(1 + e^x)``, without overflow."""
    return np.asarray(np.logaddexp(0.0, values))


def between_levels(quantiles: Floats, known: Sequence[float], levels: Sequence[float]) -> Floats:
    """Return quantiles at other levels, on straight lines between the known ones.

    Parameters
    ----------
    quantiles
        (..., Q) at the Q rising `known` levels.
    levels
        Wanted, within the range of the known ones.

    Raises
    ------
    UsageError
        If one is outside it: nothing was learned about the tails beyond.

    Examples
    --------
    >>> between_levels(np.array([0.0, 2.0, 3.0]), [0.1, 0.5, 0.9], [0.3, 0.9])
    array([1., 3.])
    """
    place = np.searchsorted(known, levels, side="right") - 1
    for level in levels:
        if not known[0] <= level <= known[-1]:
            raise UsageError(
                f"quantiles: the model has learned levels from {known[0]:g} to {known[-1]:g}, got {level:g}; "
                "train with other model.quantiles, or with model.output=student_t, which has all levels"
            )
    low = np.clip(place, 0, len(known) - 2)
    grid = np.asarray(known)
    share = (np.asarray(levels) - grid[low]) / (grid[low + 1] - grid[low])
    return np.asarray(quantiles[..., low] * (1.0 - share) + quantiles[..., low + 1] * share)


def sample_quantiles(quantiles: Floats, known: Sequence[float], uniform: Floats) -> Floats:
    """Return the values (...) at the levels `uniform` (...) of distributions with quantiles (..., Q).

    Straight lines between the known levels; beyond them the outermost line goes on, as far as the distance
    of the level from it says.
    """
    grid = np.asarray(known)
    low = np.clip(np.searchsorted(grid, uniform, side="right") - 1, 0, len(grid) - 2)
    left = np.take_along_axis(quantiles, low[..., None], axis=-1)[..., 0]
    right = np.take_along_axis(quantiles, low[..., None] + 1, axis=-1)[..., 0]
    return np.asarray(left + (right - left) * (uniform - grid[low]) / (grid[low + 1] - grid[low]))


def student_t_quantile(level: float, freedom: Floats) -> Floats:
    """Return the quantile of Student's t for degrees of freedom of at least 2.

    Found by bisection on a grid over 1 / ν and interpolated; accurate to about 1e-5 of its size.

    Examples
    --------
    >>> student_t_quantile(0.9, np.array([2.0, 5.0, 1e9])).round(4)
    array([1.8856, 1.4759, 1.2816])
    """
    if level == 0.5:
        return np.zeros_like(freedom)
    low, high = np.zeros(len(_GRID)), np.full(len(_GRID), math.pi / 2)
    wanted = abs(level - 0.5)
    for _ in range(60):
        middle = (low + high) / 2
        above = _mass(middle, _GRID) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    found = np.sqrt(_GRID) * np.tan((low + high) / 2)
    # The grid begins at 1 / ν = 1e-4; there, and beyond, it is the normal distribution to four digits.
    inner = np.interp(1.0 / freedom, 1.0 / _GRID, found)
    return np.asarray(math.copysign(1.0, level - 0.5) * inner)


def _mass(angle: Floats, freedom: Floats) -> Floats:
    """Return P(0 < t < sqrt(ν) tan θ): the integral of ``cos^(ν-1)`` from 0 to θ over that to π/2, halved."""
    angles = angle[:, None] * (_NODES + 1) / 2
    integral = (np.cos(angles) ** (freedom[:, None] - 1) * _WEIGHTS).sum(axis=1) * angle / 2
    whole = [
        math.exp(math.lgamma(0.5) + math.lgamma(nu / 2) - math.lgamma((nu + 1) / 2)) / 2 for nu in freedom
    ]
    return np.asarray(0.5 * integral / np.array(whole))
