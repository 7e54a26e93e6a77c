"""One array over time as a heat map: rows down, steps along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from remy.inspect.figures.style import HATCH, MASKED, SEQUENTIAL, diverging
from remy.inspect.record import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

# Cells beyond which neighbours share a dot of the picture and are averaged, so that none is skipped.
_MOST_SHARP = (200, 1000)


def signed_map(
    axes: Axes, values: Array, valid: Array, *, label: str, limit: float | None = None
) -> AxesImage:
    """Draw values that have a sign, blue below 0 and orange above.

    Parameters
    ----------
    values
        ``(R, T)``; NaN where there is none, which stays white.
    valid
        ``(T,)``: false where a step is masked.
    label
        What the values are, beside the colour bar.
    limit
        Where the colours end on both sides; None for the largest absolute value, which the bar then names.
    """
    largest = _largest(values, valid)
    end = largest if limit is None else limit
    # All values are 0: any end but 0 gives them the colour of 0.
    image = _image(axes, values, valid, cmap=diverging(), vmin=-(end or 1.0), vmax=end or 1.0)
    _bar(image, label, [-end, 0.0, end] if end else [0.0], beyond=_beyond(values, valid, -end, end))
    return image


def share_map(axes: Axes, values: Array, valid: Array, *, label: str) -> AxesImage:
    """Draw values from 0 to 1 on a scale that is the same in every figure; see :func:`signed_map`."""
    image = _image(axes, values, valid, cmap=SEQUENTIAL, vmin=0.0, vmax=1.0)
    _bar(image, label, [0.0, 0.5, 1.0], beyond=_beyond(values, valid, 0.0, 1.0))
    return image


def mark_masked(axes: Axes, valid: Array) -> None:
    """Hatch the steps that are masked, ``(T,)`` false in `valid`, over the whole height."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], valid, [True]]).astype(int)))
    for first, last in edges.reshape(-1, 2):
        axes.axvspan(
            first - 0.5,
            last - 0.5,
            facecolor=MASKED,
            edgecolor="#8c8c8c",
            hatch=HATCH,
            linewidth=0,
            zorder=0.5,
        )


def _image(axes: Axes, values: Array, valid: Array, **scale: Any) -> AxesImage:
    hidden = np.ma.masked_array(values, ~valid | np.isnan(values))
    sharp = values.shape[0] <= _MOST_SHARP[0] and values.shape[1] <= _MOST_SHARP[1]
    image = axes.imshow(hidden, aspect="auto", interpolation="nearest" if sharp else "auto", **scale)
    mark_masked(axes, valid)
    return image


def _bar(image: AxesImage, label: str, ticks: list[float], *, beyond: str) -> None:
    figure = image.axes.figure
    bar = figure.colorbar(image, ax=image.axes, extend=beyond, pad=0.01, aspect=12, fraction=0.05)
    bar.set_label(label, fontsize=8)
    bar.set_ticks(ticks, labels=[f"{tick:.3g}" for tick in ticks])
    bar.ax.tick_params(labelsize=8)


def _largest(values: Array, valid: Array) -> float:
    sizes = np.abs(values[:, valid])
    return float(sizes.max(initial=0.0, where=~np.isnan(sizes)))


def _beyond(values: Array, valid: Array, low: float, high: float) -> str:
    """Return on which sides values, such as held ones, lie beyond the colours: an arrow stands there."""
    drawn = values[:, valid]
    below, above = bool((drawn < low).any()), bool((drawn > high).any())
    return {(False, False): "neither", (True, False): "min", (False, True): "max"}.get((below, above), "both")
