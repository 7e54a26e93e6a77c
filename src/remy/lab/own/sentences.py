"""What each picture of a trace shows, in two sentences computed from the numbers that are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from remy.inspect import Flow, LayerTrace, Trace, gate_use
from remy.inspect.gates import OPEN, SHUT
from remy.lab.own.wording import step
from remy.lab.schemas.base import Array
from remy.lab.schemas.own import Said
from remy.lab.schemas.trace import TraceAnswer
from remy.lab.traced import shown_layers, time_constants_of
from remy.lab.wording import many, number, share


def say_pictures(trace: Trace, answer: TraceAnswer, flows: Sequence[Flow]) -> Iterator[Said]:
    """Yield the sentences of every picture.

    Parameters
    ----------
    trace, answer
        What happened, and the row of it that is drawn.
    flows
        How far back the gradient reaches in the same layers; empty without a target.
    """
    yield Said(picture="answers", layer=None, sentences=answer_sentences(answer))
    for place, layer in enumerate(shown_layers(trace)):
        items = answer.layers[place].items
        counts = np.flatnonzero(layer.valid[0])
        if not len(counts):
            continue

        def said(picture: str, sentences: tuple[str, ...], place: int = place) -> Said:
            return Said(picture=picture, layer=place, sentences=sentences)

        yield said("h", state_sentences("state h", layer.h[0], items, counts))
        if layer.c is not None:
            yield said("c", state_sentences("cell state c", layer.c[0], items, counts))
        for name in layer.gate_names:
            yield said(name, gate_sentences(layer, name, items, counts))
        yield said("jacobians", link_sentences(layer, items, counts))
        if layer.gradients is not None:
            yield said("gradients", gradient_sentences(layer, trace.loss, items, counts))
            yield said("roads", road_sentences(layer, counts, flows[place] if place < len(flows) else None))
        constants = time_constants_of(layer)
        if constants is not None:
            yield said("time_constants", memory_sentences(constants, len(counts)))


def state_sentences(what: str, values: Array, items: Sequence[str], counts: Array) -> tuple[str, ...]:
    """Return what a state ``(T, H)`` reaches and where it moves most."""
    shown = values[counts]
    at, unit = (int(each) for each in np.unravel_index(np.abs(shown).argmax(), shown.shape))
    first = (
        f"The {what} runs from {number(shown.min())} to {number(shown.max())}; furthest from 0 is "
        f"unit {unit} at {step(int(counts[at]), items)}, with {number(shown[at, unit])}."
    )
    if len(counts) < 2:
        return (
            first,
            f"On average its {many(shown.shape[1], 'unit')} have a size of {number(np.abs(shown).mean())}.",
        )
    moves = np.linalg.norm(np.diff(shown.astype(np.float64), axis=0), axis=1)
    most, least = int(counts[moves.argmax() + 1]), int(counts[moves.argmin() + 1])
    return first, (
        f"From step to step it moves most on the way into {step(most, items)} (by {number(moves.max())}), "
        f"and least into {step(least, items)} (by {number(moves.min())})."
    )


def gate_sentences(layer: LayerTrace, name: str, items: Sequence[str], counts: Array) -> tuple[str, ...]:
    """Return how much a gate is open, and where most and least."""
    values = layer.gate(name)[0][counts].astype(np.float64)
    if name == "candidate":
        means = np.abs(values).mean(axis=1)
        flat = gate_use(layer).candidate_saturated.mean()
        first = (
            f"The candidate has a mean size of {number(np.abs(values).mean())}; at {share(flat)} of the "
            "places it is so near −1 or 1 that hardly any gradient passes."
        )
        what = "It is largest"
    else:
        means = values.mean(axis=1)
        first = (
            f"The {name} gate is {number(values.mean())} on average; {share((values > OPEN).mean())} of its "
            f"values are open (above {OPEN:g}) and {share((values < SHUT).mean())} shut (below {SHUT:g})."
        )
        what = "Over all units it is widest open"
    most, least = int(counts[means.argmax()]), int(counts[means.argmin()])
    return first, (
        f"{what} at {step(most, items)} ({number(means.max())}), and least at {step(least, items)} "
        f"({number(means.min())})."
    )


def link_sentences(layer: LayerTrace, items: Sequence[str], counts: Array) -> tuple[str, ...]:
    """Return by which factors the links change what passes, as norms of the Jacobians."""
    norms = layer.jacobians.state[0][counts].astype(np.float64)
    # The link into the first step starts from the initial state: no input lies behind it.
    most, least = int(counts[norms.argmax()]), int(counts[norms.argmin()])
    first = (
        f"The norm of a link's Jacobian is largest into {step(most, items)} ({number(norms.max())}), and "
        f"smallest into {step(least, items)} ({number(norms.min())}); if {many(_carried(layer), 'number')} "
        f"were simply carried on it would be {number(np.sqrt(_carried(layer)))}."
    )
    cell, gates = (
        each[0][counts].astype(np.float64) for each in (layer.jacobians.cell_road, layer.jacobians.gate_road)
    )
    if not cell.any():
        return first, "All of it goes through the recurrent kernel: this cell has no other road."
    return first, (
        f"On average the road through the kept state has a norm of {number(cell.mean())} and the one through "
        f"the gates {number(gates.mean())}; the first is the wider at {np.count_nonzero(cell > gates)} of "
        f"{many(len(counts), 'step')}."
    )


def _carried(layer: LayerTrace) -> int:
    """Return how many numbers go from step to step."""
    return layer.units * (1 if layer.c is None else 2)


def gradient_sentences(
    layer: LayerTrace, loss: float | None, items: Sequence[str], counts: Array
) -> tuple[str, ...]:
    """Return where the gradient of the loss arrives."""
    assert layer.gradients is not None
    norms = layer.gradients.norms["h"][0][counts]
    if not np.isfinite(norms).all():
        beyond = np.count_nonzero(~np.isfinite(norms))
        return (
            _said(loss),
            f"At {beyond} of {many(len(counts), 'step')} its gradient at h is too large for the numbers of "
            "float32.",
        )
    if not norms.any():
        return _said(loss), "No gradient of it arrives at this layer."
    most, top = int(counts[norms.argmax()]), float(norms.max())
    begins = counts[-1] if layer.direction == "backward" else counts[0]
    left = norms[-1] if layer.direction == "backward" else norms[0]
    where = step(most, items)
    return (
        f"{_said(loss)[:-1]}; its gradient at h is largest at {where} ({number(top)}).",
        f"At {step(int(begins), items)}, which this layer reads first, {share(left / top)} of that is left.",
    )


def road_sentences(layer: LayerTrace, counts: Array, flow: Flow | None) -> tuple[str, ...]:
    """Return by which road the gradient went back, and how far it reaches."""
    assert layer.gradients is not None
    cell, gates = (
        each[0][counts].astype(np.float64) for each in (layer.gradients.cell_road, layer.gradients.gate_road)
    )
    if not cell.any():
        first = f"At all {many(len(counts), 'step')} everything goes back through the recurrent kernel."
    else:
        wider = np.count_nonzero(cell > gates)
        first = (
            f"At {wider} of {many(len(counts), 'step')} more gradient goes back through the kept state than "
            "through the gates."
        )
    return (first,) if flow is None else (first, f"From the last step on, {flow}.")


def memory_sentences(constants: Array, steps: int) -> tuple[str, ...]:
    """Return how long the units remember, by their gates alone."""
    beyond = np.count_nonzero(constants > steps)
    longest, shortest = int(np.argmax(constants)), int(np.argmin(constants))
    median = _steps(float(np.median(constants)))
    return (
        f"By its gate alone the median unit keeps a state for {median}, and {beyond} of "
        f"{many(len(constants), 'unit')} for longer than this input of {many(steps, 'step')}.",
        f"Longest is unit {longest} ({_steps(constants[longest])}), shortest unit {shortest} "
        f"({_steps(constants[shortest])}).",
    )


def answer_sentences(answer: TraceAnswer) -> tuple[str, ...]:
    """Return what the model answers, as the trace says it, and what all its answers have in common."""
    first = answer.sentences[0]
    if answer.probabilities is None:
        scores = answer.scores
        if scores.size == 1:
            return first, "It is one number, in the units of training."
        ends = f"{number(scores.min())} to {number(scores.max())}"
        return first, f"The {many(scores.size, 'score')} run from {ends}, in the units of training."
    shares = answer.probabilities.astype(np.float64)
    if answer.output_kind == "sigmoid":
        return first, (
            f"All {shares.size:,} probabilities lie between {share(shares.min())} and {share(shares.max())}, "
            f"at {share(shares.mean())} on average."
        )
    tops = shares.max(axis=1)
    if answer.answers == "end":
        order = np.sort(shares[0])[::-1]
        rest = order[1] if len(order) > 1 else 0.0
        return first, f"The first choice has {share(order[0])}, the second {share(rest)}."
    return first, (
        f"Over {many(len(tops), 'answer')} the first choice has {share(tops.mean())} on average, from "
        f"{share(tops.min())} to {share(tops.max())}."
    )


def _said(loss: float | None) -> str:
    if loss is not None and not np.isfinite(loss):
        return "The loss is too large for the numbers of float32."
    return f"The loss is {number(loss or 0.0)}."


def _steps(constant: float) -> str:
    return "ever" if np.isinf(constant) else f"{number(constant)} steps"
