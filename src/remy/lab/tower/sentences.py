"""What the numbers of a tower say, also where one would have expected something else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from remy.inspect.flow import HORIZON, fitted_decay
from remy.inspect.record import Array
from remy.lab.schemas.tower import Floor, PartCount, Tower
from remy.lab.wording import listed, number, share

#: Ratios closer to 1 than this are called equal.
_EQUAL = 0.01


def of_states(tower: Tower) -> tuple[str, ...]:
    """Say how much the states of the layers change from step to step."""
    floors = _forward(tower)
    changes = [_change(floor) for floor in floors]
    if len(floors[0].h) < 2:
        return ("There is one step, so no state changes.", _sizes(tower))
    if any(math.isnan(each) for each in changes):
        still = [
            _name(floor, tower) for floor, change in zip(floors, changes, strict=True) if math.isnan(change)
        ]
        return (f"The states of {listed(still)} are 0 at every step.", _sizes(tower))
    said = listed(
        [f"{share(change)} ({_name(floor, tower)})" for floor, change in zip(floors, changes, strict=True)]
    )
    first = f"From step to step a state changes by {said} of its size on average."
    if len(floors) == 1:
        return first, _sizes(tower)
    if all(below > above for below, above in pairwise(changes)):
        return first, "The higher the layer, the more slowly it moves, as one often reads."
    if all(below < above for below, above in pairwise(changes)):
        return first, "The higher the layer, the faster it moves: the opposite of what one often reads."
    return first, "That higher layers move more slowly, as one often reads, is not so in each of these."


def of_gradients(tower: Tower) -> tuple[str, ...]:
    """Say how much gradient there is at the top and at the bottom."""
    floors = _forward(tower)
    lowest, top = floors[0], floors[-1]
    step = 0
    if lowest is top:
        here, most = number(top.gradient[step]), number(top.gradient.max())
        return (
            f"The gradient at {_name(top, tower)} is {here} at step {step} and at most {most}.",
            "With a second layer it would also have to come down.",
        )
    ratio = _all(lowest) / _all(top) if _all(top) > 0 else math.nan
    way = _way_down(ratio, residual=tower.residual)
    return (
        f"At step {step} the gradient is {number(top.gradient[step])} at {_name(top, tower)}, the top, and "
        f"{number(lowest.gradient[step])} at {_name(lowest, tower)}.",
        f"Over all steps together {way}",
    )


def of_lags(tower: Tower) -> tuple[str, ...]:
    """Say how far back the gradient reaches in each layer, and by which factor it changes a step."""
    horizons, decays = [], []
    for floor in _forward(tower):
        sizes = _by_lag(floor)
        found = _horizon(sizes)
        where = f"from lag {found} on" if found is not None else f"at no lag up to {len(sizes) - 1}"
        horizons.append(f"{_name(floor, tower)} {where}")
        decay = fitted_decay(sizes)
        decays.append(
            f"{'too few lags to tell' if math.isnan(decay) else number(decay)} ({_name(floor, tower)})"
        )
    return (
        f"The gradient is below 1 % of that at lag 0 in {listed(horizons)}.",
        f"A step back multiplies it by {listed(decays)}.",
    )


def of_residuals(tower: Tower, other: Tower | None) -> tuple[str, ...]:
    """Say what residual connections bring to the lowest layer, over all steps and at the furthest one."""
    if other is None:
        return (
            f"This network was trained with{'' if tower.residual else 'out'} residual connections.",
            "Only networks that have learned nothing can be had both ways, from the same first weights.",
        )
    with_, without = (_forward(each)[0] for each in ((tower, other) if tower.residual else (other, tower)))
    led, alone = _all(with_), _all(without)
    first = (
        f"Over all steps together (root of the summed squares) {_name(with_, tower)} receives {number(led)} "
        f"with residual connections and {number(alone)} without: {_brought(led, alone)}"
    )
    if all(
        np.array_equal(one.gradient, two.gradient)
        for one, two in zip(tower.floors, other.floors, strict=True)
    ):
        return first, "They change no gradient here: nothing that they pass by lies above another layer."
    far, far_alone = (float(each.gradient[0]) for each in (with_, without))
    beside = f", {_times(far / far_alone)}" if far_alone > 0 else ""
    return first, (
        f"At step 0 alone, the furthest away, it is {number(far)} with them and {number(far_alone)} "
        f"without{beside}."
    )


def of_parts(parts: Sequence[PartCount], parameters: int) -> tuple[str, ...]:
    """Say how many numbers are learned, and where they lie."""
    most = max(parts, key=lambda part: part.count)
    recurrent = sum(part.recurrent for part in parts)
    where = most.name if most.name.startswith("layer") else f"the {most.name}"
    if len(parts) == 1:
        lie = f"all of them in {where}"
    elif 2 * most.count > parameters:
        lie = f"most of them, {most.count:,}, in {where}"
    else:
        lie = f"the largest part, {most.count:,} ({share(most.count / parameters)}), in {where}"
    return (
        f"The network learns {parameters:,} numbers, {lie}.",
        f"Recurrent kernels, which carry what is remembered, are {share(recurrent / parameters)} of them.",
    )


def _way_down(ratio: float, *, residual: bool) -> str:
    """Say how much of the gradient comes down, beside what one expects of such a stack."""
    if math.isnan(ratio):
        return "no gradient arrives at the top, so none can come down."
    if abs(ratio - 1) < _EQUAL:
        found = "as much as at the top comes down"
        if residual:
            return f"{found}, as one would expect with residual connections, which pass it on."
        return f"{found}, where one would expect less of a deep stack."
    found = f"{_part(ratio)} that at the top comes down"
    if ratio < 1:
        if residual:
            return f"{found}: it shrinks, although the residual connections pass it on."
        return f"{found}: it shrinks, as one would expect of a deep stack."
    if residual:
        return f"{found}: it grows, as one would expect with residual connections, which pass it on and add."
    return f"{found}: it grows, against what one would expect."


def _brought(led: float, alone: float) -> str:
    if not alone > 0:
        return "without them nothing arrives." if led > 0 else "nothing arrives either way."
    ratio = led / alone
    if abs(ratio - 1) < _EQUAL:
        return "next to no difference, against what they are meant for."
    return f"{_times(ratio)}, {'as they are meant to' if ratio > 1 else 'against what they are meant for'}."


def _times(ratio: float) -> str:
    return f"{number(ratio)} times as much" if ratio > 1 else f"{share(ratio)} of it"


def _part(ratio: float) -> str:
    return f"{share(ratio)} of" if ratio < 1 else f"{number(ratio)} times"


def _forward(tower: Tower) -> list[Floor]:
    return [floor for floor in tower.floors if floor.direction == "forward"]


def _name(floor: Floor, tower: Tower) -> str:
    """Return ``layer 1``, and its direction where there are two."""
    both = any(each.direction == "backward" for each in tower.floors)
    return f"layer {floor.layer + 1}{' forward' if both else ''}"


def _change(floor: Floor) -> float:
    """Return how far a state moves a step, as a share of its size, both in the mean."""
    h = floor.h.astype(np.float64)
    size = float(np.linalg.norm(h, axis=1).mean())
    if len(h) < 2 or not size > 0:
        return math.nan
    return float(np.linalg.norm(np.diff(h, axis=0), axis=1).mean()) / size


def _sizes(tower: Tower) -> str:
    largest = listed(
        [f"{number(np.abs(floor.h).max())} ({_name(floor, tower)})" for floor in _forward(tower)]
    )
    return f"The largest value of a state is {largest}."


def _all(floor: Floor) -> float:
    return float(np.linalg.norm(floor.gradient.astype(np.float64)))


def _by_lag(floor: Floor) -> Array:
    """Return the gradient at lag 0, 1, ..."""
    order = [floor.lags.index(lag) for lag in range(max(floor.lags) + 1)]
    return np.asarray(floor.gradient, np.float64)[order]


def _horizon(sizes: Array) -> int | None:
    above = np.flatnonzero(sizes >= HORIZON * sizes[0])
    found = int(above[-1]) + 1 if len(above) else 0
    return found if found < len(sizes) else None
