"""Whether a forecast is better than another one, or only luckier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Differences below so many standard errors are put down to chance.
_ERRORS = 2.0


def difference(ours: Floats, theirs: Floats, *, lags: int) -> tuple[float, float]:
    """Return the mean of ``theirs - ours`` over time and its standard error.

    Parameters
    ----------
    ours, theirs (N,)
        Losses of two forecasts from the same presents, in the order of time.
    lags
        How many neighbours of a present share steps ahead with it, and so their errors: H - 1.

    References
    ----------
    F. Diebold and R. Mariano, "Comparing predictive accuracy", J. Business and Economic Statistics 13 (1995);
    weights of W. Newey and K. West, Econometrica 55 (1987), so that the variance is never negative.

    Examples
    --------
    >>> difference(np.array([1.0, 2.0, 1.0, 2.0]), np.array([2.0, 4.0, 3.0, 3.0]), lags=0)
    (1.5, 0.25)
    """
    gains = theirs - ours
    count = len(gains)
    centred = gains - gains.mean()
    variance = float(centred @ centred) / count
    for lag in range(1, min(lags, count - 1) + 1):
        weight = 1.0 - lag / (lags + 1)
        variance += 2.0 * weight * float(centred[lag:] @ centred[:-lag]) / count
    return float(gains.mean()), float(np.sqrt(max(variance, 0.0) / count))


def verdict(
    figure: str,
    model: Mapping[str, Any],
    baselines: Sequence[Mapping[str, Any]],
    chance: Mapping[str, tuple[float, float]],
) -> str | None:
    """Say plainly whether the model is better than the best baseline.

    Parameters
    ----------
    figure
        The score that decides, of which less is better.
    model, baselines
        Scores; each baseline has a ``name``.
    chance
        Baseline -> what `difference` returns for its losses and the model's.
    """
    rivals = [one for one in baselines if one.get(figure) is not None]
    if not rivals or model.get(figure) is None:
        return None
    best = min(rivals, key=lambda one: float(one[figure]))
    ours, theirs, name = model[figure], best[figure], best["name"]
    word = figure.upper()
    numbers = f"{word} {ours:.4f} against {theirs:.4f}"
    if not ours < theirs:
        return f"the model does NOT beat {name}: {numbers}"
    percent = 100.0 * (1.0 - ours / theirs)
    gain, error = chance[name]
    if gain <= _ERRORS * error:
        return (
            f"the model is NOT clearly better than {name}: {numbers}, {percent:.1f} % less, "
            "which may be chance (less than two standard errors)"
        )
    others = [one["name"] for one in rivals if one is not best]
    beside = f", the best of {len(rivals)} baselines" if others else ""
    return f"the model beats {name}{beside}: {numbers}, {percent:.1f} % less"
