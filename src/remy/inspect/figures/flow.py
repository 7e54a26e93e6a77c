"""How far the gradient reaches back: its size over the lag, several layers or cells in one figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from remy.errors import UsageError
from remy.inspect.figures.gradient_steps import log_axis
from remy.inspect.figures.labels import readable, whole_numbers, wrapped
from remy.inspect.figures.style import GRID, INK, LINES, house_style, literal, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from remy.inspect.flow import Flow


def plot_gradient_flow(flows: Flow | Iterable[Flow], *, labels: Sequence[str] | None = None) -> Figure:
    """Draw the norm of the gradient at ``h`` against the lag, as it is, on a logarithmic axis.

    A ring stands on each curve's 1 % of lag 0 where the gradient falls below it for good: its horizon.

    Parameters
    ----------
    flows
        One or several of :func:`remy.inspect.gradient_flow`, of one network or of many.
    labels
        A name for each; None for the layer's own.

    Returns
    -------
    matplotlib.figure.Figure
        Its title says which reaches furthest.

    Raises
    ------
    UsageError
        If there are no flows, more than eight, or another number of labels.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import gradient_flow
    >>> from remy.inspect.figures import plot_gradient_flow
    >>> from remy.layers import LSTM, SimpleRNN
    >>> x = torch.ones(1, 30, 2)
    >>> flows = [gradient_flow(layer, x)[0] for layer in (SimpleRNN(4), LSTM(4))]
    >>> plot_gradient_flow(flows, labels=["simple", "LSTM"]).axes[0].get_xlabel()
    'lag (steps before the last)'
    """
    given = list(flows) if isinstance(flows, Iterable) else [flows]
    if not 1 <= len(given) <= len(LINES):
        raise UsageError(
            f"plot_gradient_flow: expected 1 to {len(LINES)} flows, got {len(given)}; "
            "more curves cannot be told apart"
        )
    if labels is not None and len(labels) != len(given):
        raise UsageError(
            f"plot_gradient_flow: expected {len(given)} labels, one for each flow, got {len(labels)}"
        )
    names = [f"{f.name} ({f.cell}, {f.direction})" for f in given] if labels is None else list(labels)
    names = [readable(name, longest=40).replace("␣", " ") for name in names]
    with house_style():
        figure = new_figure(7.6, 4.6 + 0.18 * len(given))
        axes = figure.subplots()
        for line, flow, name in zip(LINES, given, names, strict=False):
            axes.plot(
                flow.lags,
                np.where(flow.carried > 0, flow.carried, np.nan),
                **line._asdict(),
                markersize=4.5,
                markevery=max(1, len(flow.lags) // 15),
                label=f"{name}: {_in_words(flow)}",
            )
            if flow.horizon is not None:
                axes.plot(
                    flow.horizon,
                    _threshold(flow),
                    marker="o",
                    markersize=11,
                    markerfacecolor="none",
                    markeredgecolor=line.color,
                    markeredgewidth=1.6,
                    linestyle="none",
                )
        log_axis(axes, [flow.carried for flow in given])
        if any(flow.horizon is not None for flow in given):
            axes.plot(
                [], [], "o", markersize=9, markerfacecolor="none", markeredgecolor=INK,
                label="1 % of lag 0, at the horizon",
            )  # fmt: skip
        axes.set_xlabel("lag (steps before the last)")
        axes.set_ylabel("gradient norm at the carried state\n(loss per unit)")
        whole_numbers(axes.xaxis)
        axes.grid(visible=True, color=GRID)
        legend = figure.legend(loc="outside lower center", frameon=False, handlelength=4.5)
        literal(*legend.get_texts(), axes.set_title(wrapped(furthest(given, names), 6.6)))
    return figure


def furthest(flows: Sequence[Flow], names: Sequence[str]) -> str:
    """Return a sentence on which gradient reaches furthest back, from the horizons alone.

    A gradient that is not below 1 % at its last lag reaches at least as far; beyond it nothing was measured.
    """
    alive = [
        (flow, name)
        for flow, name in zip(flows, names, strict=True)
        if float(flow.carried.max(initial=0.0)) > 0
    ]
    if not alive:
        return "No gradient arrives"
    known = [(flow.horizon, name) for flow, name in alive if flow.horizon is not None]
    unknown = [(int(flow.lags[-1]), name) for flow, name in alive if flow.horizon is None]
    longest = max((horizon for horizon, _ in known), default=-1)
    first = [name for horizon, name in known if horizon == longest]
    if not unknown:
        if len(alive) == 1:
            return f"{first[0]} falls below 1 % of lag 0 at lag {longest}"
        if len(first) < len(alive):
            verb = "reaches" if len(first) == 1 else "reach"
            return f"{_and(first)} {verb} furthest: below 1 % of lag 0 from lag {longest}"
        return f"{_and(first)} reach equally far: below 1 % of lag 0 from lag {longest}"
    lags = sorted({lag for lag, _ in unknown})
    at = f"lag {lags[0]}, the last" if len(lags) == 1 else f"their last lags, {lags[0]} to {lags[-1]}"
    verb = "is" if len(unknown) == 1 else "are"
    sentence = f"{_and([name for _, name in unknown])} {verb} still above 1 % of lag 0 at {at}"
    if known and lags[0] >= longest:
        return f"{sentence}: furthest; next {_and(first)}, below from lag {longest}"
    return f"{sentence}; {_and(first)} below from lag {longest}" if known else sentence


def _in_words(flow: Flow) -> str:
    if float(flow.carried.max(initial=0.0)) == 0:
        return "no gradient arrives"
    decay = flow.decay
    fitted = "no decay fitted" if math.isnan(decay) else f"fitted × {decay:.4g} a step"
    nothing = int(np.sum(flow.carried == 0))
    zeros = f", 0 at {nothing} lags" if nothing else ""
    reach = "not below 1 %" if flow.horizon is None else f"below 1 % from lag {flow.horizon}"
    return f"{fitted}, {reach}{zeros}"


def _threshold(flow: Flow) -> float:
    from remy.inspect.flow import HORIZON

    return HORIZON * float(flow.carried[0])


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
