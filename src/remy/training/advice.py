"""What gradients and gates say about a training, in sentences with the way out.

Every sentence is made of the numbers that it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from remy.config import TrainConfig
from remy.inspect.flow import EXPLODING, Flow
from remy.inspect.glance import HIGH, KEPT, LOW, LayerGlance

#: A gradient vanishes when it is gone within this share of the steps that are read,
VANISHED_WITHIN = 0.1
#: and within so many: an untrained LSTM and GRU of 128 units begin with 13 and 9, and learn from there.
MOST_VANISHED = 8
#: Sequences shorter than this have no past that could be lost.
FEWEST_STEPS = 8
#: Gates are dead when they are in more than this share of a layer's units.
DEAD = 0.5


@dataclass(frozen=True)
class Look:
    """What is judged.

    Attributes
    ----------
    update
        After which the look was taken.
    layers
        What was seen.
    config
        How it is trained.
    usual_norm
        The median norm of the gradient before clipping.
    leaps
        Updates so far with a norm far above the usual one.
    """

    update: int
    layers: list[LayerGlance]
    config: TrainConfig
    usual_norm: float
    leaps: int


def vanishing(look: Look) -> str | None:
    """Return what to say where in every layer the gradient is gone after a few of the steps that it read."""
    layers = [layer for layer in look.layers if len(layer.flow.h) >= FEWEST_STEPS]
    reaches = [_reach(layer.flow) for layer in layers]
    short = [
        reach
        for layer, reach in zip(layers, reaches, strict=True)
        if reach is not None and reach <= min(MOST_VANISHED, max(2.0, VANISHED_WITHIN * len(layer.flow.h)))
    ]
    if not layers or len(short) < len(layers):
        return None
    said = ", ".join(
        f"{_name(layer)} {reach} of {len(layer.flow.h)}" for layer, reach in zip(layers, short, strict=True)
    )
    return (
        f"the gradient vanishes: it is below 1 % of itself after so many of the steps read: {said} "
        f"(update {look.update}). {_how_to_reach_further(layers[int(np.argmin(short))], look.config)}"
    )


def exploding(look: Look, *, leaps: int) -> str | None:
    """Return what to say where the gradient grows on its way back, or leapt at least `leaps` times."""
    grown = [layer for layer in look.layers if _growth(layer.flow) > EXPLODING]
    if grown:
        worst = max(grown, key=lambda layer: _growth(layer.flow))
        growth, steps = _growth(worst.flow), len(worst.flow.h) - 1
        times = f"{growth:.3g} times" if np.isfinite(growth) else "beyond what float32 holds"
        return (
            f"the gradient explodes: in {_name(worst)} it grows {times} within {steps} steps back "
            f"(update {look.update}). The largest singular value of its recurrent kernel is "
            f"{_largest_singular(worst):.3g}: begin with an orthogonal one (recurrent_initializer, 1), "
            f"lower the learning rate (train.lr, now {look.config.lr:g}){_or_gates(worst)}; "
            f"train.clip (now {look.config.clip:g}) only shortens the gradient"
        )
    if look.leaps < leaps:
        return None
    clip, usual = look.config.clip, look.usual_norm
    way = (
        f"train.clip (now {clip:g}) lets them through: try {2 * usual:.2g}, twice the usual norm"
        if clip > 10 * usual
        else f"train.clip (now {clip:g}) shortens them; a lower learning rate (train.lr, now "
        f"{look.config.lr:g}) makes them rarer"
    )
    return (
        f"the gradient explodes: {look.leaps} updates up to {look.update} had a norm of more than 100 times "
        f"the usual {usual:.3g}. {way}"
    )


def mostly_dead(look: Look) -> str | None:
    """Return what to say where more than half of a layer's units are dead."""
    worst = max(look.layers, key=lambda layer: layer.any_dead, default=None)
    if worst is None or worst.any_dead <= DEAD:
        return None
    (way, share) = Counter(worst.dead).most_common(1)[0]
    what, remedy = _DEAD[way]
    return (
        f"dead units: in {_name(worst)} {worst.any_dead:.0%} of the units do the same at every step, most "
        f"often because {what} ({share:.0%}; update {look.update}). {remedy}, or lower the learning rate "
        f"(train.lr, now {look.config.lr:g})"
    )


#: Way to be dead -> what is so, and the way out.
_DEAD = {
    "forget": (
        f"the forget gate is below {LOW:g} and nothing is remembered",
        "Begin with a forget bias of 1 or more (unit_forget_bias=True)",
    ),
    "input": (f"the input gate is below {LOW:g} and nothing comes in", "Begin with input gates' biases of 0"),
    "output": (
        f"the output gate is below {LOW:g} and nothing is shown",
        "Begin with output gates' biases of 0",
    ),
    "update": (
        f"the update gate is above {KEPT:g} and nothing comes in",
        "Begin with update gates' biases of 0",
    ),
    "relu": ("relu gives 0", "Take --set model.activation=tanh"),
    "tanh": (
        f"tanh stays beyond {HIGH:g}",
        "Begin with smaller kernels and scale what is read to about -1 to 1",
    ),
}


def _reach(flow: Flow) -> int | None:
    """Return from which lag on what is carried is below 1 % of lag 0; None where it is not, or overflowed."""
    return flow.horizon if np.isfinite(flow.carried).all() else None


def _growth(flow: Flow) -> float:
    """Return how many times the gradient of lag 0 the largest is; infinite where it overflowed."""
    if not np.isfinite(flow.carried).all():
        return float("inf")
    return float(flow.carried.max() / flow.carried[0]) if flow.carried[0] > 0 else 0.0


def _how_to_reach_further(layer: LayerGlance, config: TrainConfig) -> str:
    slower = f"lower the learning rate (train.lr, now {config.lr:g})"
    for_gate: dict[str, Callable[[float], str]] = {
        "forget": lambda mean: (
            f"Its forget gates stand at {mean:.2f} on average, which leaves {mean**10:.1g} of the cell "
            f"state after 10 steps: begin with a larger forget bias (unit_forget_bias=True is 1), or {slower}"
        ),
        "update": lambda mean: (
            f"Its update gates stand at {mean:.2f} on average, which leaves {mean**10:.1g} of the state "
            f"after 10 steps: begin with a positive bias of the update gates, take --cell lstm, or {slower}"
        ),
    }
    for name, sentence in for_gate.items():
        if name in layer.gates:
            return sentence(layer.gates[name].mean)
    largest = _largest_singular(layer)
    state = layer.gates.get("state")
    if state is not None and state.low + state.high > 0.5:
        return (
            f"{state.low + state.high:.0%} of its states are beyond {HIGH:g}, where tanh is flat: begin with "
            f"smaller kernels, or {slower}"
        )
    if largest < 0.9:
        return (
            f"The largest singular value of its recurrent kernel is {largest:.2g}: begin with an orthogonal "
            "one (recurrent_initializer, 1), or take --cell lstm or gru"
        )
    return f"Take --cell lstm or gru, or {slower}"


def _or_gates(layer: LayerGlance) -> str:
    return " or take --cell lstm or gru" if layer.flow.cell.startswith("simple_rnn") else ""


def _largest_singular(layer: LayerGlance) -> float:
    """Return the largest singular value of the recurrent kernel's blocks, one a gate."""
    kernel = layer.recurrent_kernel
    if not torch.isfinite(kernel).all():
        return float("inf")
    blocks = kernel.double().view(kernel.shape[0], -1, kernel.shape[0]).movedim(1, 0)
    return float(torch.linalg.matrix_norm(blocks, 2).max())


def _name(layer: LayerGlance) -> str:
    flow = layer.flow
    return flow.name if flow.direction == "forward" else f"{flow.name} ({flow.direction})"
