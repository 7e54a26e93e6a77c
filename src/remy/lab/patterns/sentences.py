"""What the numbers of a pattern's run say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy.lab.patterns.marks import NONE
from remy.lab.patterns.task import OutputKind, Own
from remy.lab.schemas.patterns import PatternCandidate, PatternLane
from remy.lab.wording import number, quoted, share

#: Two ways to add up the same numbers in float32 may differ by so much.
ROUNDING: Final = 1e-4
#: Marks that a sentence names.
_MOST_MARKS: Final = 4
_EACH: Final = {
    "end": "one for each input",
    "step": "one for each word",
    "decoder": "one for each item and each end",
}
_WHOSE: Final = {
    "given": "against what was given as right",
    "known": "against what is known to be right",
    "its own answer": "as if the model's own answer to the first were right",
}


def unrolled_sentences(
    lanes: Sequence[PatternLane],
    *,
    kind: OutputKind,
    read_steps: int,
    write_steps: int,
    loss: float,
    counted: int,
    right_is: str,
    apart: float,
) -> tuple[str, ...]:
    """Return what is said of the batch, its loss and its masks."""
    parts = []
    if read_steps:
        parts.append(_padding("read", [len(lane.read) for lane in lanes], read_steps))
    if write_steps:
        parts.append(_padding("written", [len(lane.fed) for lane in lanes], write_steps))
    answers = "answer" if counted == 1 else "answers"
    mean = f"The loss is the mean of {counted} {answers}, {_EACH[kind]}: {number(loss)} nats"
    return *parts, f"{mean}, {_WHOSE[right_is]}.", _alone(apart)


def tried_sentences(kind: OutputKind, own: Own, names: Sequence[str]) -> tuple[str, str]:
    """Return what the model says, and how sure it is."""
    if kind == "end":
        return _at_the_end(own.probabilities[0], names)
    shares = own.probabilities
    least = int(shares.max(axis=1).argmin())
    where = f"{'after' if kind == 'step' else 'at'} {quoted(own.items[least])} (step {least})"
    unsure = (
        f"It is least sure {where}, where {quoted(names[int(shares[least].argmax())])} is likeliest with "
        f"{share(shares[least].max())}, as unsure as among {number(_choices(shares[least]))} equally likely "
        "ones."
    )
    if kind == "step":
        return _marks(own), unsure
    chosen = np.array([shares[step, list(names).index(item)] for step, item in enumerate(own.items)])
    ended = "the end among them" if own.written[0].ended else "cut before an end"
    return (
        f"It writes {quoted(str(own.said))} in {len(own.items)} choices, {ended}, with a probability of "
        f"{share(chosen.prod())} together.",
        unsure,
    )


def attention_sentences(own: Own) -> tuple[str, ...]:
    """Return where the decoder looks while it writes; nothing where it looks at nothing."""
    if own.attention is None:
        return ()
    look = own.attention
    step, place = np.unravel_index(int(look.argmax()), look.shape)
    wrote, read = quoted(own.items[int(step)]), quoted(own.read[int(place)])
    sharpest = f"The sharpest look is that of {wrote} at {read}, with {share(look[step, place])}."
    off = np.abs(look.astype(np.float64).sum(axis=1) - 1).max()
    moves = np.diff(look.argmax(axis=1))
    if not len(moves):
        return sharpest, f"All shares add up to 1, to within {number(off)}."
    on, stay, back = (_times(int(which.sum())) for which in (moves > 0, moves == 0, moves < 0))
    return (
        sharpest,
        f"From item to item the place looked at most moves on {on}, stays {stay} and goes back {back}; the "
        f"shares of each written item add up to 1, to within {number(off)}.",
    )


def candidate_sentences(found: Sequence[PatternCandidate], beam: int) -> tuple[str, ...]:
    """Return how far the best is ahead, and whether it is the likeliest."""
    if not found:
        return ()
    best = found[0]
    if beam == 1:
        return (
            "One sequence is alive at a time: at each step the likeliest item is taken (greedy search).",
            f"What it finds, {quoted(best.text)}, has a log-probability of {number(best.log_probability)}.",
        )
    if len(found) == 1:
        return (
            f"With {beam} sequences alive the search ends with one, {quoted(best.text)}.",
            f"Its score, the log-probability over a penalty for length, is {number(best.score)}.",
        )
    likeliest = max(found, key=lambda one: one.log_probability)
    agrees = "that is also the likeliest as a whole"
    if likeliest.log_probability > best.log_probability:
        agrees = f"the likeliest as a whole is {quoted(likeliest.text)}"
    return (
        f"With {beam} sequences alive, {quoted(best.text)} has the best score, {number(best.score)}, and "
        f"{quoted(found[1].text)} the next, {number(found[1].score)}.",
        f"The score is the log-probability over a penalty for length; {agrees}.",
    )


def _padding(done: str, lengths: Sequence[int], steps: int) -> str:
    whole = len(lengths) * steps
    empty = whole - sum(lengths)
    if not empty:
        return f"Both rows have {steps} steps that are {done}: nothing is padded."
    sizes = " and ".join(map(str, lengths))
    filled = "is" if empty == 1 else "are"
    return (
        f"Rows of {sizes} steps that are {done} make an array of {len(lengths)} × {steps} places, of which "
        f"{empty} {filled} padding ({share(empty / whole)})."
    )


def _alone(apart: float) -> str:
    if apart <= ROUNDING:
        return (
            "Read alone, without padding, both inputs get the same probabilities to within "
            f"{number(apart)}: padding changes nothing."
        )
    return f"Read alone, without padding, an input gets probabilities that differ by up to {number(apart)}."


def _at_the_end(shares: NDArray[Any], names: Sequence[str]) -> tuple[str, str]:
    order = np.argsort(-shares, kind="stable")
    said = [f"{quoted(names[place])} with {share(shares[place])}" for place in order[:2]]
    return (
        f"Of {len(names)} answers the likeliest is {', then '.join(said)}.",
        f"It is as unsure as among {number(_choices(shares))} equally likely answers.",
    )


def _marks(own: Own) -> str:
    """Return after which words the model puts a mark, the surest first."""
    tops = own.probabilities.max(axis=1)
    marked = [step for step, mark in enumerate(own.said) if mark != NONE]
    count = len(own.items)
    if not marked:
        return f"It puts a mark after none of the {count} words."
    surest = sorted(marked, key=lambda step: -tops[step])[:_MOST_MARKS]
    said = [
        f"{quoted(own.said[step])} after {quoted(own.items[step])} ({share(tops[step])})" for step in surest
    ]
    which = "" if len(marked) == len(surest) else "surest "
    return f"It puts a mark after {len(marked)} of {count} words: {which}{', '.join(said)}."


def _choices(shares: NDArray[Any]) -> float:
    """Return e to the entropy: among how many equally likely ones would be as unsure."""
    positive = shares[shares > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
