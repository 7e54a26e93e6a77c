"""What the numbers inside the cells say, in sentences made from those numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remy.inspect import GateUse, LayerTrace, Trace, gate_use, time_constants
from remy.inspect.gates import OPEN, SHUT
from remy.lab.schemas.base import Array
from remy.lab.sentences import place
from remy.lab.traced import shown_layers
from remy.lab.wording import number, quoted, share

#: The gates that keep an old state.
_KEEPING = ("forget", "update")


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
    spread = np.ptp(h, axis=0)
    first = (
        f"Unit {int(spread.argmax())} moves most, over {number(spread.max())}"
        f"{'' if layer.units == 1 else f'; unit {int(spread.argmin())} least, over {number(spread.min())}'}."
    )
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
    dead = int(use.dead.sum())
    if dead == 0:
        return first, f"All {layer.units} units move and let something in."
    return first, f"{dead} of {layer.units} units never let anything in or never move."


def change_sentences(
    before: Trace, after: Trace, first: int, distances: Sequence[Array], moved: Array | None
) -> tuple[str, ...]:
    """Return what the holds changed.

    Parameters
    ----------
    before, after
        The traces without and with what is held.
    first
        The first step at which something is held.
    distances
        ``(T,)`` for each layer: how far its states are apart.
    moved
        ``(T,)``, how far the probabilities moved; None where there are none.
    """
    layers = shown_layers(after)
    total = np.array([distance.max() for distance in distances])
    which = int(total.argmax())
    said = [_before(before, after, first)]
    if not total.any():
        return (*said, "Nothing after it changed either: what is held is what was there.")
    layer, distance = layers[which], distances[which]
    most, last = int(distance.argmax()), len(distance) - 1
    end = "" if most == last else f"; at the last step they are {number(distance[last])} apart"
    whose = "The states" if len(layers) == 1 else f"The states of {layer.name}, {layer.direction},"
    said.append(f"{whose} move most at {place(after, layer, most)}: by {number(distance[most])}{end}.")
    if moved is not None and after.scores.ndim == 3:
        said.append(_answers(before, after, layers[-1], first, moved))
    return tuple(said)


def _before(before: Trace, after: Trace, first: int) -> str:
    if first == 0:
        return "Something is held from the first step on, so nothing comes before it."
    same = np.ones(first, bool)
    count = 0
    for one, other in zip(shown_layers(before), shown_layers(after), strict=True):
        for was, now in ((one.h, other.h), (one.c, other.c)):
            if was is not None and now is not None:
                same &= (was[0, :first] == now[0, :first]).all(axis=1)
                count += was[0, :first].size
    steps = "Step 0" if first == 1 else f"Steps 0 to {first - 1}"
    if same.all():
        return (
            f"{steps}, before the first held one, did not change by a bit: all {count:,} numbers are equal."
        )
    return f"Of the {first} steps before the first held one {int((~same).sum())} changed."


def _answers(before: Trace, after: Trace, layer: LayerTrace, first: int, moved: Array) -> str:
    was, now = before.scores[0].argmax(axis=-1), after.scores[0].argmax(axis=-1)
    count = len(moved) - first
    others = int((was != now)[first:].sum())
    most = int(moved.argmax())
    steps = "the one step" if count == 1 else f"the {count} steps"
    likeliest = f"The likeliest answer is another one at {others} of {steps} from the hold on"
    if not moved[most]:
        return f"{likeliest}, and no probability moved."
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
    if mean[high] == mean[low]:
        said.append(f"Its mean is {number(mean[high])} for every unit.")
    else:
        said.append(
            f"On average it is most open for unit {high} ({number(mean[high])}), least for unit {low} "
            f"({number(mean[low])})."
        )
    if name in _KEEPING:
        reach = time_constants(layer)
        long, short = int(reach.argmax()), int(reach.argmin())
        if reach[long] == reach[short]:
            said.append(f"By this gate every unit {_forgets(reach[long])}.")
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
        f"It ranges from {number(values.min())} to {number(values.max())}.",
    )


def _held(layer: LayerTrace, name: str) -> str:
    if layer.held is None:
        return ""
    held = layer.held[0][:, layer.gate_names.index(name)]
    count = int(held.sum())
    return f"; {count:,} of {held.size:,} are held" if count else ""


def _forgets(reach: float) -> str:
    if np.isinf(reach):
        return "never forgets"
    if reach == 0:
        return "forgets everything"
    return f"forgets all but 37 % in {number(reach)} step{'' if number(reach) == '1' else 's'}"
