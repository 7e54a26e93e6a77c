"""The learning rate as a function of the update's number alone, so a resumed run finds the same rates."""

from __future__ import annotations

import math


def learning_rate(update: int, *, updates: int, peak: float, warmup: float, final: float) -> float:
    """Return the learning rate of one update: a linear rise, then half a cosine down.

    With ``w = ceil(warmup * updates)``, the rate of update ``n < w`` is ``peak * (n + 1) / w``; after that
    ``peak * (final + (1 - final) * (1 + cos(pi * p)) / 2)`` with ``p`` going from 0 to 1
    (Loshchilov & Hutter 2017, without restarts).

    Parameters
    ----------
    update
        The update's number, from 0.
    updates
        How many are planned. Later ones keep the final rate.
    peak
        The highest rate.
    warmup
        Share of the updates in which the rate rises, 0 to 1.
    final
        The rate at the end as a share of `peak`, 0 to 1.

    Examples
    --------
    >>> [round(learning_rate(n, updates=5, peak=1.0, warmup=0.2, final=0.0), 3) for n in range(5)]
    [1.0, 1.0, 0.75, 0.25, 0.0]
    """
    rising = math.ceil(warmup * updates)
    if update < rising:
        return peak * (update + 1) / rising
    falling = max(updates - rising - 1, 1)
    progress = min((update - rising) / falling, 1.0)
    return peak * (final + (1.0 - final) * 0.5 * (1.0 + math.cos(math.pi * progress)))
