"""What the numbers of a trace say, in plain words; nothing is said that was not computed from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from remy.inspect import LayerTrace, Trace
from remy.io.architecture.tagger import CHARACTERS
from remy.lab.answer_sentences import answer_sentence
from remy.lab.bound import Bound, override_of
from remy.lab.schemas.choices import Hold
from remy.lab.wording import number, quoted, share

#: A gradient below this share of the largest is taken not to arrive; as `remy.inspect.flow` has it.
_ARRIVING: Final = 0.01


def sentences_of(bound: Bound, trace: Trace, holds: Sequence[Hold] = ()) -> Iterator[str]:
    """Yield two sentences or more.

    Parameters
    ----------
    bound
        What was traced.
    trace
        What came of it; the first row is spoken of.
    holds
        What was held.
    """
    layers = [layer for layer in trace.layers if not layer.name.startswith(CHARACTERS)]
    first = layers[0]
    whose = "The state" if len(layers) == 1 else f"The state of {first.name}, {first.direction},"
    yield answer_sentence(bound, trace)
    yield f"{whose} {_movement(trace, first)}"
    if first.gradients is not None:
        yield _gradient(bound, trace, first)
    if holds:
        count = sum(int(layer.held[0].sum()) for layer in layers if layer.held is not None)
        what = "; ".join(str(override_of(hold)) for hold in holds)
        yield f"Held: {what} ({count:,} value{'' if count == 1 else 's'} in all)."


def place(trace: Trace, layer: LayerTrace, step: int) -> str:
    """Return a step and what was read at it, where that is known."""
    item = trace.items_of(layer)[step]
    return f"step {step}" if item == str(step) else f"step {step}, {quoted(item)}"


def _movement(trace: Trace, layer: LayerTrace) -> str:
    """Say where the state changes most."""
    changes = np.linalg.norm((layer.h[0] - layer.h_before[0]).astype(np.float64), axis=1)
    most = int(changes.argmax())
    if not changes[most] > 0:
        return "never moves."
    where = place(trace, layer, most)
    if len(changes) == 1:
        return f"moves by {number(changes[most])} at {where}, the only one."
    mean = number(changes.mean())
    return f"moves most at {where}: by {number(changes[most])}, against {mean} a step on average."


def _gradient(bound: Bound, trace: Trace, layer: LayerTrace) -> str:
    """Say where most of the gradient goes, and how far back it is felt."""
    assert layer.gradients is not None
    assert trace.loss is not None
    sizes = layer.gradients.norms["h"][0]
    loss = f"The loss is {number(trace.loss)}{'' if bound.at is None else f' at step {_at(bound, trace)}'}"
    if not np.isfinite(sizes).all():
        return f"{loss}; its gradient is larger than a number can be."
    most, total = int(sizes.argmax()), float(sizes.sum())
    if not total > 0:
        return f"{loss}; none of its gradient arrives at the state."
    where = f"{share(sizes[most] / total)} of its gradient at the states goes to {place(trace, layer, most)}"
    if len(sizes) == 1:
        return f"{loss}; {where}."
    order = np.arange(len(sizes))[:: -1 if layer.direction == "backward" else 1]
    reached = int(order[np.argmax(sizes[order] >= _ARRIVING * sizes[most])])
    left = share(sizes[reached] / sizes[most])
    if most == order[0]:
        return f"{loss}; {where}, the first one read."
    if reached == order[0]:
        return f"{loss}; {where}, and it reaches the first step read, {reached}, with {left} of the largest."
    return f"{loss}; {where}, and what is read before step {reached} gets less than 1 % of the largest."


def _at(bound: Bound, trace: Trace) -> int:
    assert bound.at is not None
    return bound.at % int(trace.scores.shape[1])
