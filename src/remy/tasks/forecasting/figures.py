"""Forecasts drawn over what came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remy.data.steps import Times
from remy.tasks.forecasting.scoring import Backtest
from remy.training.figures import as_bytes

Floats = NDArray[np.float64]

#: Steps of the past that are drawn before a forecast, at least, and forecast steps of a rolling figure.
_PAST, _ROLLING = 40, 90


def forecast_fan(
    known_times: Times,
    known: Floats,
    times: Times,
    point: Floats,
    levels: Sequence[float],
    quantiles: Floats,
    *,
    title: str,
    unit: str,
    naive: Floats | None = None,
    form: str = "png",
) -> bytes:
    """Draw a forecast of one channel: what is known, the median, and a band for every pair of quantiles.

    Parameters
    ----------
    known_times, known
        (T,): what was, or of a past forecast also what came.
    times, point
        (H,).
    levels, quantiles
        Q levels and (H, Q); the outermost two make one band, the next two another.
    title, unit
        Written above, and beside the axis.
    naive
        (H,): what the naive forecast said.
    form
        ``"png"`` or ``"svg"``.

    Returns
    -------
    bytes
        The picture's file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    known_x, x = _axis(known_times), _axis(times)
    axes.plot(known_x, known, color="#333333", linewidth=1.2, label="true")
    for place in range(len(levels) // 2):
        low, high = levels[place], levels[-1 - place]
        axes.fill_between(
            x,
            quantiles[:, place],
            quantiles[:, -1 - place],
            color="#1f4e9c",
            alpha=0.18,
            linewidth=0,
            label=f"{100 * (high - low):.3g} %",
        )
    marker = "o" if len(times) < 3 else None
    if naive is not None:
        axes.plot(x, naive, color="#777777", linestyle="--", linewidth=1.0, label="naive")
    axes.plot(x, point, color="#1f4e9c", marker=marker, markersize=4, label="forecast")
    axes.set_title(title, fontsize=10)
    axes.set_ylabel(unit)
    axes.grid(visible=True, color="#e6e6e6")
    axes.legend(frameon=False)
    if not np.issubdtype(times.dtype, np.integer):
        for label in axes.get_xticklabels():
            label.set(rotation=30, ha="right")
    return as_bytes(figure, form)


def rolling_fan(test: Backtest, unit: str, *, form: str = "png") -> bytes:
    """Draw the last forecasts of a backtest that follow each other without overlap, of the first series."""
    number = int(test.presents[0, 0])
    rows = np.flatnonzero(test.presents[:, 0] == number)
    horizon = test.true.shape[1]
    ends, chosen = test.presents[rows, 1], [int(rows[-1])]
    for row, end in zip(rows[::-1].tolist(), ends[::-1].tolist(), strict=True):
        if end <= test.presents[chosen[-1], 1] - horizon and len(chosen) * horizon < _ROLLING:
            chosen.append(row)
    chosen.reverse()
    track = test.tracks[number]
    steps = np.concatenate([np.arange(horizon) + test.presents[row, 1] for row in chosen])
    start = max(0, int(steps[0]) - _PAST)
    naive = next((made.point for made in test.baselines if made.name == "naive"), None)
    quantiles = test.model.quantiles
    assert quantiles is not None
    what = "one step ahead" if horizon == 1 else f"up to {horizon} steps ahead"
    return forecast_fan(
        track.times[start : steps[-1] + 1],
        track.target[start : steps[-1] + 1, 0],
        track.times[steps],
        test.model.point[chosen, :, 0].ravel(),
        test.model.levels,
        quantiles[chosen][:, :, 0].reshape(len(steps), -1),
        title=f"{track.name}: forecasts {what}, each from what was known before",
        unit=unit,
        naive=naive[chosen, :, 0].ravel() if naive is not None else None,
        form=form,
    )


def _axis(times: Times) -> Times:
    return times if np.issubdtype(times.dtype, np.integer) else times.astype("datetime64[s]")
