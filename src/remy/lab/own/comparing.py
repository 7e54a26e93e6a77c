"""Two models on one input: how far their answers and states are apart, and where most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from remy.errors import UsageError
from remy.lab.bound import Bound
from remy.lab.own.looking import bound_of
from remy.lab.own.wording import step
from remy.lab.schemas.base import Array
from remy.lab.schemas.models import ModelCard
from remy.lab.schemas.own import CompareAnswer, CompareAsked
from remy.lab.schemas.trace import TraceAnswer
from remy.lab.traced import answer_of
from remy.lab.wording import many, number, quoted, share

if TYPE_CHECKING:
    from remy.lab.library import Library

#: How answers are compared, by what they are.
DISTANCES = {
    "softmax": "total variation",
    "sigmoid": "mean difference of a probability",
    "numbers": "Euclidean distance",
}


@dataclass(frozen=True)
class Aligned:
    """Answers of two models over the same names.

    Attributes
    ----------
    names
        V of them, the first model's first.
    answers
        ``(T, 2, V)``: probabilities, or where there are none numbers in the unit of the data; a name that a
        model has not is 0.
    apart
        ``(T,)``: how far the two are apart.
    distance
        What that is.
    """

    names: tuple[str, ...]
    answers: Array
    apart: Array
    distance: str


def compare(library: Library, asked: CompareAsked) -> CompareAnswer:
    """Run both models on the input.

    Raises
    ------
    UsageError
        If they read different kinds of input, or inputs of different sizes.
    RemyError
        If there is no such model, or it cannot read the input or the target; which of the two is said.
    """
    one, other = (library.card(id) for id in asked.models)
    expect_alike(one, other)
    bounds = [bound_of(library, card.id, asked.input, asked.target, asked.at) for card in (one, other)]
    first, second = (answer_of(bound, bound.trace()) for bound in bounds)
    aligned = align(first, second, [bound.all_in_unit for bound in bounds])
    sizes = mean_sizes(first, second)
    titles = _titles(one, other)
    items = first.layers[-1].items
    return CompareAnswer(
        traces=(first, second),
        distance=None if aligned is None else aligned.distance,
        apart=None if aligned is None else aligned.apart,
        names=None if aligned is None else aligned.names,
        answers=None if aligned is None else aligned.answers,
        sizes=sizes,
        sentences=(
            *answer_sentences(first, second, aligned, titles),
            *loss_sentences(first, second, titles, alike=_judged_alike(bounds)),
        ),
        state_sentences=state_sentences(first, second, sizes, titles, items),
    )


def expect_alike(first: ModelCard, second: ModelCard) -> None:
    """Raise a `UsageError` unless both models can read the same input."""
    if first.takes != second.takes:
        raise UsageError(
            f"compare: expected two models of one kind of input; '{first.id}' reads {first.takes}, "
            f"'{second.id}' {second.takes}"
        )
    if first.features != second.features:
        raise UsageError(
            f"compare: expected two models that read as many numbers a step; '{first.id}' reads "
            f"{first.features}, '{second.id}' {second.features}"
        )


def align(
    first: TraceAnswer, second: TraceAnswer, in_unit: Sequence[Callable[[Array], Array]]
) -> Aligned | None:
    """Return both answers over the same names; None where the two answer different questions.

    `in_unit` turns the scores of each into numbers of the data: on the scales of their trainings the same
    number means another thing in each.
    """
    if first.output_kind != second.output_kind or first.answers != second.answers:
        return None
    if len(first.scores) != len(second.scores):
        return None
    own = first.outputs or tuple(map(str, range(first.scores.shape[1])))
    other = second.outputs or tuple(map(str, range(second.scores.shape[1])))
    if (first.outputs is None) != (second.outputs is None) or not set(own) & set(other):
        return None
    if first.output_kind == "numbers" and set(own) != set(other):
        return None  # a number that is missing is not 0
    names = tuple(dict.fromkeys((*own, *other)))
    each = []
    for answer, named, scaled in zip((first, second), (own, other), in_unit, strict=True):
        values = scaled(answer.scores) if answer.probabilities is None else answer.probabilities
        laid = np.zeros((len(values), len(names)))
        laid[:, [names.index(name) for name in named]] = values
        each.append(laid)
    difference = np.abs(each[0] - each[1])
    apart = {
        "softmax": lambda: difference.sum(axis=1) / 2,
        "sigmoid": lambda: difference.mean(axis=1),
        "numbers": lambda: np.linalg.norm(difference, axis=1),
    }[first.output_kind]()
    return Aligned(names, np.stack(each, axis=1), apart, DISTANCES[first.output_kind])


def mean_sizes(first: TraceAnswer, second: TraceAnswer) -> Array | None:
    """Return the mean size of a unit of the last layer at each step, ``(2, T)``; None where T differs."""
    states = [answer.layers[-1].h.astype(np.float64) for answer in (first, second)]
    if len(states[0]) != len(states[1]):
        return None
    return np.stack([np.abs(state).mean(axis=1) for state in states])


def answer_sentences(
    first: TraceAnswer, second: TraceAnswer, aligned: Aligned | None, titles: Sequence[str]
) -> tuple[str, ...]:
    """Return where the answers differ most, and at how many steps they choose differently."""
    if aligned is None:
        return (_why_not(first, second, titles),)
    apart, (one, other) = aligned.apart, np.moveaxis(aligned.answers, 1, 0)
    most = int(apart.argmax())
    ends = first.answers == "end"
    where = "" if ends else f" after {step(most, first.layers[-1].items)}"
    if not apart.any():
        return (f"Both models give the very same answers (largest {aligned.distance} 0).",)
    said = [
        f"The answers are {number(apart[most])} apart ({aligned.distance}){where}"
        + ("." if ends or len(apart) < 2 else f", where they differ most; on average {number(apart.mean())}.")
    ]
    if first.output_kind == "numbers":
        said.append(
            f"{titles[0]} answers from {number(one[most].min())} to {number(one[most].max())} there, "
            f"{titles[1]} from {number(other[most].min())} to {number(other[most].max())}."
        )
        return tuple(said)
    picks = one.argmax(axis=1), other.argmax(axis=1)
    mine, theirs = (
        f"{quoted(aligned.names[pick[most]])} with {share(values[most, pick[most]])}"
        for pick, values in zip(picks, (one, other), strict=True)
    )
    said.append(f"There {titles[0]} says {mine}, {titles[1]} {theirs}.")
    if not ends:
        same = int((picks[0] == picks[1]).sum())
        said.append(f"At {same} of {many(len(apart), 'step')} both have the same first choice.")
    return tuple(said)


def loss_sentences(
    first: TraceAnswer, second: TraceAnswer, titles: Sequence[str], *, alike: bool = True
) -> tuple[str, ...]:
    """Return which model's loss is lower, if both are in one unit; nothing without a target."""
    if first.loss is None or second.loss is None:
        return ()
    losses = f"The loss is {number(first.loss)} of {titles[0]} and {number(second.loss)} of {titles[1]}"
    if not alike:
        return (f"{losses}, each in the units of its own training: they cannot be compared.",)
    if first.loss == second.loss:
        return (f"{losses}.",)
    better = titles[0] if first.loss < second.loss else titles[1]
    return (f"{losses}: lower by {number(abs(first.loss - second.loss))} of {better}.",)


def state_sentences(
    first: TraceAnswer, second: TraceAnswer, sizes: Array | None, titles: Sequence[str], items: Sequence[str]
) -> tuple[str, ...]:
    """Return how large the states are; their units mean other things in each model."""
    layers = [answer.layers[-1] for answer in (first, second)]
    intro = (
        f"{titles[0]} has {layers[0].units} units in its last layer ({layers[0].cell}), {titles[1]} "
        f"{layers[1].units} ({layers[1].cell}); unit 0 of one is not unit 0 of the other."
    )
    if sizes is None:
        return intro, f"They take {len(layers[0].h)} and {len(layers[1].h)} steps over it."
    gaps = np.abs(sizes[0] - sizes[1])
    most = int(gaps.argmax())
    return intro, (
        f"A unit has a size of {number(sizes[0].mean())} and {number(sizes[1].mean())} on average; furthest "
        f"apart are these at {step(most, items)}: {number(sizes[0, most])} and {number(sizes[1, most])}."
    )


def _judged_alike(bounds: Sequence[Bound]) -> bool:
    """Whether the losses of both are one quantity in one unit."""
    first, second = bounds
    if first.of.output != second.of.output:
        return False
    if first.of.output != "numbers":
        return True
    own, other = ((each.unit, each.units, each.of.names) for each in bounds)
    return own == other


def _why_not(first: TraceAnswer, second: TraceAnswer, titles: Sequence[str]) -> str:
    if first.answers != second.answers or first.output_kind != second.output_kind:
        kinds = [
            f"{'an answer at every step' if each.answers == 'step' else 'one answer'} ({each.output_kind})"
            for each in (first, second)
        ]
        return f"The answers cannot be compared: {titles[0]} gives {kinds[0]}, {titles[1]} {kinds[1]}."
    if len(first.scores) != len(second.scores):
        return (
            f"The answers have {len(first.scores)} and {len(second.scores)} steps, so no two of them belong "
            "together."
        )
    return f"The answers cannot be compared: {titles[0]} and {titles[1]} name them differently."


def _titles(first: ModelCard, second: ModelCard) -> tuple[str, str]:
    if first.title != second.title:
        return first.title, second.title
    return f"{first.id}", (second.id if second.id != first.id else f"{second.id} again")
