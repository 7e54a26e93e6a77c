"""A trace as lines, one a step: the gates' means, the states, what may come next."""

from __future__ import annotations

import numpy as np

from remy.inspect.record import Array, LayerTrace, Trace
from remy.inspect.report.columns import MASKED, first_columns
from remy.inspect.report.marks import Line, strip
from remy.inspect.report.names import shown
from remy.inspect.report.view import View

#: Units that a strip shows at most.
UNITS = 32


def step_lines(view: View, *, units: int = UNITS, top: int = 3, plain: bool = False) -> list[Line]:
    """Return what the strip means, a heading, and one line a step.

    Each has the step and its item, the mean of each gate (but the candidate's) over the units, the lengths of
    h and c, a strip of h over units, and where the model answers at each step the likeliest answers.

    Parameters
    ----------
    view
        The steps.
    units
        Most units in the strip: those whose ``|h|`` is largest on the average of the shown steps, in their
        order.
    top
        Likeliest answers.
    plain
        Use ASCII.

    Returns
    -------
    list of Line
        Pieces of text and what they mean.

    Examples
    --------
    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.report import as_text, choose_layer, choose_steps
    >>> from remy.layers import SimpleRNN
    >>> linear = SimpleRNN(2, activation="linear", return_sequences=True)
    >>> with torch.no_grad():
    ...     _ = linear(torch.zeros(1, 1, 1)), linear.kernel.fill_(1.0), linear.recurrent_kernel.zero_()
    >>> found = trace(linear, torch.tensor([[[1.0], [-2.0]]]))
    >>> print(as_text(step_lines(choose_steps(found, choose_layer(found)))))
    h: all 2 units; ▁ is -2, █ is 2
    step     |h|  h   scores
       0    1.41  ▇▇  1  1
       1    2.83  ▁▁  -2  -2
    """
    layer = view.layer
    chosen = most_active(view, units)
    h = view.of(layer.h)
    scale = float(np.abs(h).max(initial=0.0))
    gates = {name: view.of(layer.gate(name)).mean(axis=1) for name in layer.gate_names if name != "candidate"}
    lengths = {"|h|": np.linalg.norm(h, axis=1)}
    if layer.c is not None:
        lengths["|c|"] = np.linalg.norm(view.of(layer.c), axis=1)
    numbers, answers = {**gates, **lengths}, view.answers
    first, starts = first_columns(view)
    heading = [first, *(f"{name:>6}" for name in numbers), f"{'h':<{len(chosen)}}"]
    heading += [] if answers is None else ["scores" if view.trace.probabilities is None else "likeliest"]
    lines: list[Line] = [
        [(_meaning(layer, chosen, scale, plain), "quiet")],
        [("  ".join(heading).rstrip(), "head")],
    ]
    for k, (start, counts) in enumerate(zip(starts, view.of(layer.valid), strict=True)):
        if not counts:
            lines.append([(start + MASKED, "quiet")])
            continue
        cells = [f"{float(values[k]):{max(6, len(name))}.2f}" for name, values in numbers.items()]
        line: Line = [("  ".join([start, *cells, ""]), ""), *strip(h[k, chosen], scale, plain=plain)]
        if answers is not None:
            line.append((f"  {_likeliest(view.trace, answers[k], top)}", ""))
        lines.append(line)
    return lines


def answer_lines(trace: Trace, *, top: int = 3) -> list[Line]:
    """Return the answer of a model that gives one; nothing where it answers at each step."""
    if trace.scores.ndim != 2:
        return []
    values = trace.scores if trace.probabilities is None else trace.probabilities
    said = "score" if trace.probabilities is None else "answer"
    return [[(f"{said}: {_likeliest(trace, values[0], top)}", "head")]]


def most_active(view: View, count: int) -> Array:
    """Return at most so many units, in order, whose ``|h|`` is largest on the average of the shown steps."""
    activity = np.abs(view.of(view.layer.h)).mean(axis=0)
    found: Array = np.sort(np.argsort(-activity, kind="stable")[:count])
    return found


def _meaning(layer: LayerTrace, chosen: Array, scale: float, plain: bool) -> str:
    low, high = (strip(np.array([end]), 1.0, plain=plain)[0][0] for end in (-1.0, 1.0))
    which = (
        f"all {layer.units} units"
        if len(chosen) == layer.units
        else f"the {len(chosen)} most active of {layer.units} units: {', '.join(map(str, chosen))}"
    )
    return f"h: {which}; {low} is {-scale:.3g}, {high} is {scale:.3g}"


def _likeliest(trace: Trace, values: Array, top: int) -> str:
    """Return the likeliest answers, or those of the highest scores; of numbers without names the first."""
    if trace.probabilities is None:
        # Numbers without names stand in an order of their own, such as steps ahead.
        order = np.arange(len(values)) if trace.outputs is None else np.argsort(-values, kind="stable")
        order, form = order[:top], ".4g"
    else:
        order, form = np.argsort(-values, kind="stable")[:top], ".2f"
    named = [
        f"{float(values[k]):{form}}" if trace.outputs is None and trace.probabilities is None
        else f"{k if trace.outputs is None else shown(trace.outputs[k])} {float(values[k]):{form}}"
        for k in order
    ]  # fmt: skip
    more = trace.probabilities is None and len(values) > top
    return "  ".join(named) + (f"  and {len(values) - top} more" if more else "")
