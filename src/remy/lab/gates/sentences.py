"""What the numbers inside the cells say, in sentences made from those numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from remy.inspect import GateUse, LayerTrace, Trace, gate_use, time_constants
from remy.inspect.gates import OPEN, SHUT
from remy.lab.schemas.base import Array
from remy.lab.sentences import place
from remy.lab.traced import shown_layers
from remy.lab.wording import number, quoted, share

#: The gates that keep an old state.
_KEEPING = ("forget", "update")

#: A difference up to this part of the largest value is rounding: the plain run is the kernel's, a held span
#: the loop's, which add in another order: eight times float32's 1.2e-7, for a few such sums in a step.
ROUNDING: Final = 1e-6


def gate_sentences(layer: LayerTrace) -> tuple[tuple[str, ...], ...]:
    """Return two sentences or more for every gate, in the order of its gates.

    Raises
    ------
    DataError
        If no step counts.
    """
    use = gate_use(layer)
    return tuple(
        _of_candidate(layer, use) if name == "candidate" else _of_gate(layer, use, name)
        for name in layer.gate_names
    )


def state_sentences(layer: LayerTrace) -> tuple[str, ...]:
    """Return what the states do."""
    h = layer.h[0][layer.valid[0]].astype(np.float64)
    first = _movement(h)
    use = gate_use(layer)
    if not layer.gate_names:
        flat = share(use.candidate_saturated.mean())
        return (
            first,
            f"Without a gate every unit is written anew at every step; {flat} of its values are saturated.",
        )
    assert use.cell_saturated is not None or layer.c is None
    if use.cell_saturated is not None:
        flat = share(use.cell_saturated.mean())
        return first, f"The tanh of the cell state is saturated at {flat} of its values."
    # Of one step nothing is known to be still, so nothing is said of it.
    dead, either = int(use.dead.sum()), " or never move" if len(h) > 1 else ""
    if dead:
        return first, _dead(dead, layer.units, either)
    move = "move and let" if either else "let"
    if layer.units == 1:
        return first, f"The one unit {move.replace('move', 'moves').replace('let', 'lets')} something in."
    return first, f"All {layer.units} units {move} something in."


def _movement(h: Array) -> str:
    """Say over what the units move, of states ``(T, H)``."""
    spread = np.ptp(h, axis=0)
    most, least = int(spread.argmax()), int(spread.argmin())
    if len(h) == 1:
        return "There is one step only, so no unit moves from one to another."
    if not spread[most]:
        return "No unit moves." if len(spread) > 1 else "The one unit does not move."
    if len(spread) == 1:
        return f"The one unit moves over {number(spread[most])}."
    if spread[most] == spread[least]:
        return f"Every unit moves over {number(spread[most])}."
    return (
        f"Unit {most} moves most, over {number(spread[most])}; unit {least} least, over "
        f"{number(spread[least])}."
    )


def _dead(dead: int, units: int, either: str) -> str:
    if units == 1:
        return f"The one unit never lets anything in{either.replace('move', 'moves')}."
    never = f"never {'lets' if dead == 1 else 'let'} anything in"
    return f"{dead} of {units} units {never}{either.replace('move', 'moves') if dead == 1 else either}."


def change_sentences(
    before: Trace, after: Trace, distances: Sequence[Array], moved: Array | None
) -> tuple[str, ...]:
    """Return what the holds changed.

    Parameters
    ----------
    before, after
        The traces without and with what is held.
    distances
        ``(T,)`` for each layer: how far its states are apart.
    moved
        ``(T,)``, how far the probabilities moved; None where there are none.
    """
    layers = list(zip(shown_layers(before), shown_layers(after), strict=True))
    backwards = all(layer.direction == "backward" for _, layer in layers if layer.held is not None)
    steps = len(distances[0])
    order = np.arange(steps)[:: -1 if backwards else 1]
    first = min(
        int(layer.held[0][order].any(axis=(1, 2)).argmax()) for _, layer in layers if layer.held is not None
    )
    said = [_before(layers, order[:first], backwards)]
    if not any(_differs(was, now).any() for one, other in layers for was, now in _states(one, other)):
        return (*said, _nothing(layers, distances, "either" if first else ""))
    said.append(_most(after, layers, distances))
    if moved is not None and after.scores.ndim == 3:
        since = "from the hold on, read backwards" if backwards else "from the hold on"
        said.append(_answers(before, after, layers[-1][1], order[first:], moved, since))
    return tuple(said)


def _states(one: LayerTrace, other: LayerTrace) -> list[tuple[Array, Array]]:
    found = [(one.h[0], other.h[0])]
    if one.c is not None and other.c is not None:
        found.append((one.c[0], other.c[0]))
    return found


def _differs(was: Array, now: Array) -> Array:
    """Return where two arrays differ by more than rounding."""
    size = max(float(np.abs(was).max()), float(np.abs(now).max()))
    found: Array = np.abs(np.subtract(now, was, dtype=np.float64)) > ROUNDING * size
    return found


def _before(layers: Sequence[tuple[LayerTrace, LayerTrace]], places: Array, backwards: bool) -> str:
    read = " read" if backwards else ""
    if not len(places):
        return f"Something is held from the first step{read} on, so nothing comes before it."
    pairs = [pair for one, other in layers for pair in _states(one, other)]
    same = all(np.array_equal(was[places], now[places]) for was, now in pairs)
    changed = np.any([_differs(was, now)[places].any(axis=1) for was, now in pairs], axis=0)
    low, high = int(places.min()), int(places.max())
    steps = f"Step {low}" if low == high else f"Steps {low} to {high}"
    when = "read before" if backwards else "before"
    if same:
        count = sum(was[places].size for was, _ in pairs)
        return (
            f"{steps}, {when} the first held one, did not change by a bit: all {count:,} numbers are equal."
        )
    if not changed.any():
        return f"{steps}, {when} the first held one, did not change by more than rounding."
    if low == high:
        return f"{steps}, {when} the first held one, changed too."
    return f"Of the {len(places)} steps {when} the first held one {int(changed.sum())} changed."


def _nothing(layers: Sequence[tuple[LayerTrace, LayerTrace]], distances: Sequence[Array], either: str) -> str:
    largest = max(float(distance.max()) for distance in distances)
    but = f" but by rounding, {number(largest)}" if largest else f" {either}".rstrip()
    was_there = not any(
        (_differs(was, now) & held).any()
        for one, other in layers
        if other.held is not None
        for was, now, held in _held_values(one, other, other.held[0])
    )
    why = "what is held is what was there" if was_there else "what is held had nothing to act on"
    return f"Nothing after it changed{but}: {why}."


def _held_values(one: LayerTrace, other: LayerTrace, held: Array) -> list[tuple[Array, Array, Array]]:
    """Return gates and states without and with the hold, and where each is held."""
    gates = (one.gates[0], other.gates[0], held[:, :-2])
    states = [(*pair, held[:, place]) for pair, place in zip(_states(one, other), (-2, -1), strict=False)]
    return [gates, *states]


def _most(after: Trace, layers: Sequence[tuple[LayerTrace, LayerTrace]], distances: Sequence[Array]) -> str:
    """Say where the states move most; the cell states, where only they do."""
    what, apart = "states", list(distances)
    if not any(_differs(one.h[0], other.h[0]).any() for one, other in layers):
        what = "cell states alone"
        apart = [
            np.linalg.norm(np.subtract(*_states(one, other)[-1], dtype=np.float64), axis=1)
            for one, other in layers
        ]
    which = int(np.argmax([distance.max() for distance in apart]))
    layer, distance = layers[which][1], apart[which]
    most, last = int(distance.argmax()), 0 if layer.direction == "backward" else len(distance) - 1
    where = "at the last step" if last else "at step 0, the last one read,"
    end = "" if most == last else f"; {where} they are {number(distance[last])} apart"
    whose = f"The {what}" if len(layers) == 1 else f"The {what} of {layer.name}, {layer.direction},"
    return f"{whose} move most at {place(after, layer, most)}: by {number(distance[most])}{end}."


def _answers(before: Trace, after: Trace, layer: LayerTrace, places: Array, moved: Array, since: str) -> str:
    was, now = before.scores[0].argmax(axis=-1), after.scores[0].argmax(axis=-1)
    count = len(places)
    others = int((was != now)[places].sum())
    most = int(moved.argmax())
    likeliest = f"The likeliest answer is another one at {others} of the {count} steps {since}"
    if count == 1:
        another = "another one" if others else "the same"
        likeliest = f"The likeliest answer is {another} at the one step {since}"
    if moved[most] <= ROUNDING:
        return f"{likeliest}, and no probability moved{' by more than rounding' if moved[most] else ''}."
    names = after.outputs
    then = ""
    if names is not None:
        one, other = quoted(names[was[most]]), quoted(names[now[most]])
        then = (
            f"; the likeliest there was {one}, now {other}"
            if one != other
            else f"; there {one} stays likeliest"
        )
    return f"{likeliest}. Most moves at {place(after, layer, most)}, {share(moved[most])}{then}."


def _of_gate(layer: LayerTrace, use: GateUse, name: str) -> tuple[str, ...]:
    of = use.of(name)
    said = [
        f"Open (above {OPEN:g}) at {share(of['open'].mean())} of its values, shut (below {SHUT:g}) at "
        f"{share(of['shut'].mean())}{_held(layer, name)}."
    ]
    mean = of["mean"]
    high, low = int(mean.argmax()), int(mean.argmin())
    every = "the one unit" if layer.units == 1 else "every unit"
    if mean[high] == mean[low]:
        said.append(f"Its mean is {number(mean[high])}{'' if layer.units == 1 else ' for every unit'}.")
    else:
        said.append(
            f"On average it is most open for unit {high} ({number(mean[high])}), least for unit {low} "
            f"({number(mean[low])})."
        )
    if name in _KEEPING:
        reach = time_constants(layer)
        long, short = int(reach.argmax()), int(reach.argmin())
        if reach[long] == reach[short]:
            said.append(f"By this gate {every} {_forgets(reach[long])}.")
        else:
            said.append(
                f"By this gate unit {long} {_forgets(reach[long])}, unit {short} {_forgets(reach[short])}."
            )
    return tuple(said)


def _of_candidate(layer: LayerTrace, use: GateUse) -> tuple[str, ...]:
    values = layer.gate("candidate")[0][layer.valid[0]]
    flat, above = share(use.candidate_saturated.mean()), share((values > 0).mean())
    return (
        f"{above} of its values are positive, {flat} saturated{_held(layer, 'candidate')}.",
        f"It ranges from {number(values.min())} to {number(values.max())}."
        if values.min() < values.max()
        else f"It is {number(values.max())} everywhere.",
    )


def _held(layer: LayerTrace, name: str) -> str:
    if layer.held is None:
        return ""
    held = layer.held[0][:, layer.gate_names.index(name)]
    count = int(held.sum())
    return f"; {count:,} of {held.size:,} {'is' if count == 1 else 'are'} held" if count else ""


def _forgets(reach: float) -> str:
    if np.isinf(reach):
        return "never forgets"
    if reach == 0:
        return "forgets everything"
    return f"forgets all but 37 % in {number(reach)} step{'' if number(reach) == '1' else 's'}"
