"""Small real traces to draw, and what is asked of every figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from remy.inspect import Trace, trace
from remy.inspect.figures import save_figure
from remy.layers import LSTM, Dense

OUTPUTS = ("a", " ", "\n", "$", "😀", "你")


class Reader(torch.nn.Module):
    """A recurrent layer and an answer at every step."""

    def __init__(self, rnn: torch.nn.Module, answers: int) -> None:
        super().__init__()
        self.rnn = rnn
        self.dense = Dense(answers)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> Any:
        return self.dense(self.rnn(x) if mask is None else self.rnn(x, mask=mask))


def read(
    items: Sequence[str],
    *,
    layer: Any = LSTM,
    units: int = 3,
    mask: Sequence[bool] | None = None,
    rows: int = 1,
) -> Trace:
    """Return the trace of a network that read `items` and answered one of `OUTPUTS` at each step."""
    torch.manual_seed(4)
    steps = len(items)
    reader = Reader(layer(units, return_sequences=True), len(OUTPUTS))
    found = trace(
        reader,
        torch.randn(rows, steps, 2),
        torch.randint(0, len(OUTPUTS), (rows, steps)),
        mask=None if mask is None else torch.tensor([mask] * rows),
    )
    return replace(found, items={"": tuple(items)}, outputs=OUTPUTS)


def expect_named(figure: Figure) -> None:
    """Assert that every axis says what it shows; a colour bar has one axis, whose name is its label."""
    bars = {id(axes) for axes in figure.axes if axes.get_label() == "<colorbar>"}
    assert figure.axes
    for axes in figure.axes:
        across, up = _named_along(axes, figure), axes.get_ylabel()
        if id(axes) in bars:
            assert up or axes.get_xlabel()
        else:
            assert across, f"no name along x: {axes}"
            assert up, f"no name along y: {axes}"
        for name in filter(None, (across, up)):
            assert name.rstrip().endswith(")"), f"no unit in '{name}'"


def _named_along(axes: Axes, figure: Figure) -> str:
    """Return the name along x, of stacked panels with the same steps that of the lowest."""
    siblings = axes.get_shared_x_axes().get_siblings(axes)
    return max((each.get_xlabel() for each in siblings), key=len, default="")


def expect_whole(figure: Figure) -> None:
    """Assert that no text is cut off at the figure's edge, nor runs over the text of another panel."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from remy.inspect.figures.style import house_style

    with house_style():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        whole = figure.bbox
        boxes = []
        for axes in figure.axes:
            box = axes.get_tightbbox(renderer)
            assert box is not None
            boxes.append(box)
            for axis in (axes.xaxis, axes.yaxis):
                _expect_apart([t.get_window_extent(renderer) for t in _shown(axis)])
        boxes += [legend.get_window_extent(renderer) for legend in figure.legends]
        titles = [t.get_window_extent(renderer) for t in figure.texts if t.get_text()]
        titles += [] if figure._suptitle is None else [figure._suptitle.get_window_extent(renderer)]
        for box in (*boxes, *titles):
            assert box.x0 >= whole.x0 - 1
            assert box.y0 >= whole.y0 - 1
            assert box.x1 <= whole.x1 + 1
            assert box.y1 <= whole.y1 + 1
        for place, one in enumerate(boxes):
            for other in (*boxes[place + 1 :], *titles):
                across = min(one.x1, other.x1) - max(one.x0, other.x0)
                up = min(one.y1, other.y1) - max(one.y0, other.y0)
                assert across < 2 or up < 2, "two panels overlap"


def _shown(axis: Any) -> list[Any]:
    """Return the labels of an axis that are drawn."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [t.label1 for t in ticks if t.label1.get_visible() and t.label1.get_text()]


def _expect_apart(boxes: list[Any]) -> None:
    """Assert that no label runs over the next; ones that stand upright may nearly touch."""
    for one, other in pairwise(boxes):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        up = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across < 2 or up < 2, "two labels of an axis overlap"


def pixels(figure: Figure, path: Any) -> np.ndarray:
    """Return the figure as it is saved, ``(height, width, 3)`` from 0 to 1."""
    from matplotlib.image import imread

    save_figure(figure, path)
    found: np.ndarray = imread(path)[..., :3]
    return found
