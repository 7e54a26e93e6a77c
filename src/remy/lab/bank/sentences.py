"""What the bank's numbers say, in sentences made from those numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from remy.lab.bank.marks import are_marks, tag_names
from remy.lab.schemas.bank import BankRow, BankSide
from remy.lab.schemas.base import Array
from remy.lab.wording import number, quoted, share

#: Words that are named at most where a tag changed.
_MOST_NAMED = 3


def state_sentence(direction: str, norm: Array, rows: Sequence[BankRow], words: Sequence[str]) -> str:
    """Return what became of the states of one direction.

    Parameters
    ----------
    direction
        ``forward`` or ``backward``.
    norm
        ``(R,)``: of the differences; NaN where a word stands in one sentence only.
    rows, words
        Of the alignment, and how each is called.
    """
    changed = [place for place, row in enumerate(rows) if row.kind != "same"]
    which = direction.capitalize()
    if not changed:
        by = f"by up to {number(norm.max())}" if norm.any() else "at no word (difference exactly 0)"
        return f"{which}: the sentences are the same, and the states differ {by}."
    called = names_of(words)
    between = [place for place in range(changed[0], changed[-1]) if rows[place].kind == "same"]
    before, after = ("first ", "last ") if between else ("", "")
    parts = [
        part
        for part in (
            _side(f"before the {before}change", range(changed[0]), norm, called, beside=changed[0] - 1),
            _side("between the changes", between, norm, called),
            _side(
                f"after the {after}change",
                range(changed[-1] + 1, len(rows)),
                norm,
                called,
                beside=changed[-1] + 1,
            ),
        )
        if part
    ]
    there = [place for place in changed if rows[place].kind == "replaced"]
    if there:
        most = max(there, key=lambda place: float(norm[place]))
        itself = (
            "at the changes themselves they differ by up to"
            if between
            else "at the change itself they differ by"
        )
        parts.append(f"{itself} {number(norm[most])}")
    said = "; ".join(parts) or "no word stands in both sentences, so no states can be compared"
    return f"{which}: {said}."


def names_of(words: Sequence[str]) -> list[str]:
    """Return what each word is called: the word, and its step where the word stands there twice.

    Examples
    --------
    >>> names_of(["to", "be", "to"])
    ['“to” of step 0', '“be”', '“to” of step 2']
    """
    counts = Counter(words)
    return [
        quoted(word) + (f" of step {step}" if counts[word] > 1 else "") for step, word in enumerate(words)
    ]


def _side(
    where: str, places: Sequence[int], norm: Array, called: Sequence[str], *, beside: int | None = None
) -> str:
    if not places:
        return ""
    count = len(places)
    some = norm[list(places)]
    words = f"{count} words" if count > 1 else "one word"
    states = "states" if count > 1 else "state"
    if not some.any():
        return f"the {states} of the {words} {where} did not change at all (difference exactly 0)"
    moved = np.flatnonzero(some)
    most, least = places[int(some.argmax())], places[int(moved[some[moved].argmin()])]
    if count == 1:
        return f"the state of the one word {where}, {called[most]}, moved by {number(norm[most])}"
    near = ", right beside it" if most == beside else ""
    low = f", least at {called[least]} ({number(norm[least])})" if least != most else ""
    who = f"all {words}" if len(moved) == count else f"{len(moved)} of the {words}"
    who = f"both {words[2:]}" if len(moved) == count == 2 else who
    return (
        f"the {states} of {who} {where} did change, most at {called[most]} ({number(norm[most])}){near}{low}"
    )


def tag_sentences(
    rows: Sequence[BankRow], before: BankSide, after: BankSide, moved: Array, outputs: Sequence[str]
) -> tuple[str, ...]:
    """Return what became of the tags and of their probabilities, where a word stands in both sentences."""
    same = [place for place, row in enumerate(rows) if row.kind == "same"]
    kind = "mark" if are_marks(outputs) else "tag"
    if not same:
        return (f"The sentences share no word, so there is no {kind} to be compared.",)
    called, named_tags = names_of(after.words), tag_names(outputs)
    other = [
        (called[a], named_tags[before.tags[b]], named_tags[after.tags[a]])
        for b, a in _pairs(rows, same)
        if before.tags[b] != after.tags[a]
    ]
    words = "the one word" if len(same) == 1 else f"the {len(same)} words"
    if other:
        named = ", ".join(f"{word} from {b} to {a}" for word, b, a in other[:_MOST_NAMED])
        more = f" and {len(other) - _MOST_NAMED} more" if len(other) > _MOST_NAMED else ""
        first = (
            f"Of {words} that both sentences share in order {len(other)} got another {kind}: {named}{more}."
        )
    else:
        first = f"Of {words} that both sentences share in order none got another {kind}."
    most = max(same, key=lambda place: float(moved[place]))
    if not moved[most]:
        return first, "Not one of their probabilities moved."
    [(b, a)] = _pairs(rows, [most])
    was, now = before.probabilities[b], after.probabilities[a]
    tag = int(np.abs(np.subtract(now, was, dtype=np.float64)).argmax())
    return first, (
        f"The probabilities moved most at {called[a]}: that of {named_tags[outputs[tag]]} "
        f"from {share(was[tag])} to {share(now[tag])}."
    )


def merge_sentences(
    mode: str, own: str, forward: Array, backward: Array, values: Array, words: Sequence[str]
) -> tuple[str, ...]:
    """Return what a merge mode makes of the states ``(T, H)`` of both directions; `own` is the model's."""
    units, width = forward.shape[1], values.shape[1]
    apart = float((np.sign(forward) * np.sign(backward) < 0).mean()) if mode != "concat" else 0.0
    opposite = f"at {share(apart)} of the places they have opposite signs"
    what = {
        "concat": f"{units} forward and {backward.shape[1]} backward numbers side by side, {width} a word",
        "sum": f"Both are added to {width} numbers a word; {opposite} and cancel each other in part",
        "ave": f"The mean of both, {width} numbers a word, half the sum; {opposite}",
        "mul": f"Both are multiplied to {width} numbers a word; {opposite}, which makes the product negative",
    }[mode]
    whose = "it is how this model merges" if mode == own else f"this model itself was trained with {own}"
    lengths = np.linalg.norm(values.astype(np.float64), axis=1)
    most, least = int(lengths.argmax()), int(lengths.argmin())
    called = names_of(words)
    second = f"The merged vector is longest at {called[most]} ({number(lengths[most])})"
    if most != least:
        second += f" and shortest at {called[least]} ({number(lengths[least])})"
    return f"{what}; {whose}.", f"{second}."


def carry_sentences(by_forward: Array, by_backward: Array, words: Sequence[str]) -> tuple[str, ...]:
    """Return which direction the answers rest on, from how far they move without it, ``(T,)`` each."""
    means = {"forward": float(by_forward.mean()), "backward": float(by_backward.mean())}
    more, less = sorted(means, key=means.__getitem__, reverse=True)
    over = f"Over the {len(words)} words" if len(words) > 1 else "At the one word"
    if means[more] == means[less]:
        first = f"{over} the answers rest on both directions alike."
    else:
        first = (
            f"{over} the answers rest more on the {more} direction: without it the probabilities move by "
            f"{number(means[more])} on average, without the {less} one by {number(means[less])}."
        )
    behind = int((by_backward > by_forward).sum())
    most = int(by_backward.argmax())
    return first, (
        f"The backward direction, which knows what comes later, weighs more at {behind} of {len(words)}. "
        f"Without it the answer moves most at {names_of(words)[most]}, by {number(by_backward[most])}."
    )


def _pairs(rows: Sequence[BankRow], places: Sequence[int]) -> list[tuple[int, int]]:
    found = ((rows[place].before, rows[place].after) for place in places)
    return [(b, a) for b, a in found if b is not None and a is not None]
