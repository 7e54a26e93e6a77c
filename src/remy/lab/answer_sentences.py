"""What a network answered, in one sentence."""

from __future__ import annotations

import numpy as np

from remy.inspect import Trace
from remy.inspect.record import Array
from remy.lab.bound import Bound
from remy.lab.wording import number, quoted, share

#: Half: from here on a label holds, or a key sounds.
_HOLDS = 0.5


def answer_sentence(bound: Bound, trace: Trace) -> str:
    """Return it; of answers at every step the one that tells most."""
    if trace.scores.ndim == 2:
        return _at_the_end(bound, trace)
    if bound.of.output == "sigmoid":
        return _keys(trace)
    if bound.task == "forecaster":
        return _ahead(bound, trace)
    if bound.of.output == "numbers":
        return _closest(trace)
    if bound.task in (None, "language_model"):
        return _after_the_last(trace)
    return _surest_and_least(bound, trace)


def _after_the_last(trace: Trace) -> str:
    """Of a text, what may come next."""
    chances = _probabilities(trace)[-1]
    names = _two_best(trace, chances)
    last = len(trace.scores[0]) - 1
    read = quoted(_read(trace)[last])
    return f"After {read} at step {last}, {names} likeliest to come next{_of(len(chances))}."


def _surest_and_least(bound: Bound, trace: Trace) -> str:
    """Of tags, or of what is written, where the answer is clearest and where it is not."""
    chances = _probabilities(trace)
    tops = chances.max(axis=1)
    least, surest = int(tops.argmin()), int(tops.argmax())

    def said(step: int) -> str:
        name = quoted(_names(trace)[int(chances[step].argmax())])
        read = quoted(_read(trace)[step])
        return f"{name} {'for' if bound.task == 'tagger' else 'after'} {read} with {share(tops[step])}"

    if least == surest:
        return f"The answer is {said(least)}."
    return f"Surest is {said(surest)} (step {surest}), least sure {said(least)} (step {least})."


def _closest(trace: Trace) -> str:
    """Of scores that a path is found through, where two are closest."""
    scores, names = trace.scores[0], _names(trace)
    if scores.shape[1] < 2:
        return f"The last score is {number(scores[-1, 0])}."
    ordered = np.sort(scores, axis=1)
    step = int((ordered[:, -1] - ordered[:, -2]).argmin())
    first, second = np.argsort(-scores[step], kind="stable")[:2]
    return (
        f"The closest call is {quoted(_read(trace)[step])} (step {step}): {quoted(names[first])} scores "
        f"{number(scores[step, first])}, {quoted(names[second])} {number(scores[step, second])}."
    )


def _keys(trace: Trace) -> str:
    """Of keys that sound, the likeliest and how many."""
    chances = _probabilities(trace)
    step, key = np.unravel_index(int(chances.argmax()), chances.shape)
    held = (chances >= _HOLDS).sum(axis=1).mean()
    return (
        f"Likeliest of all is {quoted(_names(trace)[int(key)])} in step {int(step)} with "
        f"{share(chances[step, key])}; {number(held)} keys of each step have one half or more on average."
    )


def _ahead(bound: Bound, trace: Trace) -> str:
    """Of a forecast, the first and the last step of the first target."""
    names = [name.rpartition(" ")[2] for name in _names(trace)]
    middle = names.index("q0.5") if "q0.5" in names else 0
    what = "median" if "q0.5" in names else names[0]
    values = [number(bound.in_unit(float(trace.scores[0, step, middle]))) for step in (0, -1)]
    count = len(trace.scores[0])
    ahead = f"; {count} steps ahead it is {values[1]}" if count > 1 else ""
    return f"The {what} of the first step ahead is {values[0]}{ahead}."


def _at_the_end(bound: Bound, trace: Trace) -> str:
    if trace.probabilities is None:
        return _number(bound, trace)
    chances = _probabilities(trace)
    names = _two_best(trace, chances[0])
    if bound.of.output == "sigmoid":
        held = int((chances >= _HOLDS).sum())
        return f"{held} of {chances.shape[1]} labels have one half or more; {names} likeliest."
    return f"After the last step, {names} likeliest{_of(chances.shape[1])}."


def _number(bound: Bound, trace: Trace) -> str:
    scores = trace.scores[0].astype(np.float64)  # squares of what explodes would overflow
    if bound.task is None:
        unit = int(np.abs(scores).argmax())
        size = number(float(np.linalg.norm(scores)))
        return f"The last state has a size of {size}; largest is unit {unit} with {number(scores[unit])}."
    deviations = number(scores[0])
    return (
        f"The answer is {number(bound.in_unit(float(scores[0])))}, {deviations} deviations from the mean of "
        "what was learned from."
    )


def _two_best(trace: Trace, chances: Array) -> str:
    """Return the likeliest names, and how likely they are: the subject of a sentence."""
    order, names = np.argsort(-chances, kind="stable"), _names(trace)
    first = f"{quoted(names[order[0]])} with {share(chances[order[0]])}"
    if len(order) == 1:
        return f"{first} is"
    return f"{first} and {quoted(names[order[1]])} with {share(chances[order[1]])} are"


def _of(count: int) -> str:
    return f", of {count:,}" if count > 2 else ""


def _probabilities(trace: Trace) -> Array:
    """Return those of the first row, ``(T, V)`` or ``(1, V)``."""
    assert trace.probabilities is not None
    found: Array = np.atleast_2d(trace.probabilities[0])
    return found


def _names(trace: Trace) -> tuple[str, ...]:
    return trace.outputs or tuple(map(str, range(trace.scores.shape[-1])))


def _read(trace: Trace) -> tuple[str, ...]:
    """Return what the layer read that gives the answers: the last one with as many steps."""
    steps = trace.scores.shape[1]
    layer = next(layer for layer in reversed(trace.layers) if layer.h.shape[:2] == (1, steps))
    return trace.items_of(layer)
