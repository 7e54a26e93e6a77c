"""What each item contributed to a score, and how far the last answer moves when an item is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from remy.errors import DataError, UsageError, nearest
from remy.inspect import Attribution, Influence, attribute, input_influence
from remy.lab.bound import Bound
from remy.lab.following import NEXT
from remy.lab.own.looking import bound_of
from remy.lab.own.wording import step
from remy.lab.schemas.own import (
    AttributionAnswer,
    AttributionAsked,
    InfluenceAnswer,
    InfluenceAsked,
    LookAsked,
)
from remy.lab.wording import many, number, quoted, share

if TYPE_CHECKING:
    from remy.lab.library import Library

#: Of one input: a network with kinks needs more, and says so in its error.
_POINTS = 32


def attribution_of(bound: Bound, method: str, score: str | None) -> Attribution:
    """Return the contributions of each item to a score, the highest where none is named.

    Raises
    ------
    UsageError
        If there is no such score.
    """
    names = bound.of.names
    chosen: str | int | None = score
    if score is not None and (names is None or score not in names):
        if not score.isdecimal():
            raise UsageError(f"score: there is no '{score}'{nearest(score, names or ())}")
        chosen = int(score)
    return attribute(bound, None, chosen, method=method, steps=_POINTS, at=bound.at)


def bound_to_explain(library: Library, asked: LookAsked) -> Bound:
    """Bind what a question names, with an answer that counts at every step.

    With its own next characters as the target the last answer of a text has no loss, but it is explained.
    """
    target = None if asked.target == NEXT else asked.target
    return bound_of(library, asked.model, asked.input, target, asked.at)


def attribute_input(library: Library, asked: AttributionAsked) -> AttributionAnswer:
    """Return what each item contributed.

    Raises
    ------
    RemyError
        If there is no such model or score, or it cannot read the input.
    """
    found = attribution_of(bound_to_explain(library, asked), asked.method, asked.score)
    return AttributionAnswer(
        items=found.items,
        values=found.values[0],
        explained=found.explained[0],
        answer=None if found.answers is None else int(found.answers[0]),
        score=float(found.score[0]),
        baseline=float(found.baseline[0]),
        sentences=attribution_sentences(found),
    )


def attribution_sentences(found: Attribution) -> tuple[str, ...]:
    """Return which items count most, and how well all of them add up."""
    ranked = found.ranked()
    where = "" if found.answers is None else f" after step {int(found.answers[0])}"
    most = ", ".join(f"{step(place, found.items)} ({_signed(value)})" for place, _, value in ranked[:2])
    score, baseline = float(found.score[0]), float(found.baseline[0])
    return (
        f"The score of {quoted(found.explained[0])}{where} is {number(score)}, and {number(baseline)} with "
        f"nothing read; most is due to {most}.",
        f"The {many(len(ranked), 'contribution')} of all steps add up to {number(found.values[0].sum())}, "
        f"where the difference is {number(score - baseline)}.",
    )


def measure_influence(library: Library, asked: InfluenceAsked) -> InfluenceAnswer:
    """Return how far the last answer moves for a change at every lag.

    Raises
    ------
    RemyError
        If there is no such model, it cannot read the input, or all steps read the same.
    """
    try:
        found = input_influence(bound_to_explain(library, asked), None)
    except DataError as error:
        if "nothing to swap" not in str(error):
            raise
        raise DataError("influence: all steps read the same, so nothing can stand in for one") from None
    return InfluenceAnswer(
        distance=found.distance, lags=found.lags, moves=found.moves, sentences=influence_sentences(found)
    )


def influence_sentences(found: Influence) -> tuple[str, ...]:
    """Return how far back an input still counts."""
    lags, moves = found.lags, found.moves
    most = int(moves.argmax())
    first = (
        f"Another input at the last step moves the last answer by {number(moves[0])} ({found.distance}); "
        f"most does the one at lag {int(lags[most])} (by {number(moves[most])})."
        if moves.any()
        else "Another input moves the last answer at no lag."
    )
    if found.horizon is not None:
        return first, f"From lag {found.horizon} on it moves by less than 1 % of that at lag 0."
    if not moves.any() or not moves[0] > 0:
        return first, f"Measured were {many(len(lags), 'lag')}, from {int(lags[0])} to {int(lags[-1])}."
    left = share(moves[-1] / moves[0])
    return first, f"At lag {int(lags[-1])}, the furthest back, it still moves by {left} of that at lag 0."


def _signed(value: float) -> str:
    return f"+{number(value)}" if np.sign(value) >= 0 else number(value)
