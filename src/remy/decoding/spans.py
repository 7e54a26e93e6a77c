"""Tags that mark spans: the schemes BIO and BIOES, which tag may follow which, and the spans they mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, choice

#: How tags mark spans; ``None`` in its place stands for plain tags, which mark none.
Scheme = Literal["bio", "bioes"]

_PREFIXES: dict[str, str] = {"bio": "BI", "bioes": "BIES"}
_OUTSIDE = "O"


class Span(NamedTuple):
    """A stretch of tokens of one type: ``tokens[start:stop]``."""

    type: str
    start: int
    stop: int


def scheme_of(labels: Iterable[str]) -> Scheme | None:
    """Return the scheme that the names of `labels` follow.

    ``bio`` (also called IOB2) has ``B-PER`` for the first token of a span, ``I-PER`` for the others and ``O``
    outside; ``bioes`` also has ``E-PER`` for the last token and ``S-PER`` for a span of one token.

    Parameters
    ----------
    labels
        The names of all tags, in any order.

    Returns
    -------
    "bio", "bioes" or None
        None if a label is neither ``O`` nor of such a form, if all are ``O``, or if there is an ``I-`` or
        ``E-`` of a type without its ``B-``: no legal path would ever reach it.

    Examples
    --------
    >>> scheme_of(["O", "B-PER", "I-PER"]), scheme_of(["O", "S-PER"]), scheme_of(["NOUN", "VERB"])
    ('bio', 'bioes', None)
    """
    parts = [_split(label) for label in set(labels) - {_OUTSIDE}]
    marks = [part for part in parts if part is not None]
    if not marks or len(marks) < len(parts):
        return None
    begun = {kind for prefix, kind in marks if prefix == "B"}
    if any(prefix in "IE" and kind not in begun for prefix, kind in marks):
        return None
    return "bioes" if any(prefix in "ES" for prefix, _ in marks) else "bio"


def allowed_transitions(
    labels: Sequence[str], scheme: Scheme | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which of `labels` may stand first, follow each other and stand last.

    In ``bio``, ``I-X`` follows ``B-X`` or ``I-X`` alone. In ``bioes``, what follows ``B-X`` or ``I-X`` is
    ``I-X`` or ``E-X``, and these follow nothing else; a path starts with ``O``, ``B-`` or ``S-`` and ends
    with ``O``, ``E-`` or ``S-``. Plain tags (None) may stand anywhere.

    Parameters
    ----------
    labels
        The K names of the tags, in the order of their numbers.
    scheme
        As :func:`scheme_of` returns it.

    Returns
    -------
    start (K,) bool
        Which label may stand first.
    transitions (K, K) bool
        ``transitions[a, b]``: b may follow a.
    end (K,) bool
        Which label may stand last.

    Raises
    ------
    UsageError
        If `scheme` is not a known one.
    DataError
        If a label does not belong to the scheme.

    Examples
    --------
    >>> start, transitions, end = allowed_transitions(["O", "B-X", "I-X"], "bio")
    >>> start
    array([ True,  True, False])
    >>> transitions
    array([[ True,  True, False],
           [ True,  True,  True],
           [ True,  True,  True]])
    """
    count = len(labels)
    if scheme is None:
        return np.ones(count, bool), np.ones((count, count), bool), np.ones(count, bool)
    prefixes = _PREFIXES[choice("scheme", scheme, _PREFIXES)]
    marks = [_mark(label, prefixes, scheme) for label in labels]
    # The state "outside" before the first and after the last tag makes both a matter of transitions.
    outside = (_OUTSIDE, "")
    start = [_may_follow(outside, mark, scheme) for mark in marks]
    transitions = [[_may_follow(before, after, scheme) for after in marks] for before in marks]
    end = [_may_follow(mark, outside, scheme) for mark in marks]
    return np.array(start, bool), np.array(transitions, bool).reshape(count, count), np.array(end, bool)


def spans(tags: Sequence[str]) -> list[Span]:
    """Return the spans that `tags` of one sequence mark, in order; BIO and BIOES are read alike.

    Broken sequences are read as conlleval reads them (Tjong Kim Sang & De Meulder 2003, "Introduction to the
    CoNLL-2003 shared task"): an ``I-X`` or ``E-X`` that continues no open span of type X starts one, and an
    open span ends where nothing continues it, with or without its ``E-X``.

    Parameters
    ----------
    tags
        The T tags of one sequence, ``O`` or of a form such as ``B-PER``.

    Raises
    ------
    DataError
        If a tag has another form.

    Examples
    --------
    >>> spans(["B-PER", "I-PER", "O", "I-LOC"])
    [Span(type='PER', start=0, stop=2), Span(type='LOC', start=3, stop=4)]
    """
    found: list[Span] = []
    opened: tuple[str, int] | None = None  # type and start
    for place, tag in enumerate(tags):
        mark = (_OUTSIDE, "") if tag == _OUTSIDE else _split(tag)
        if mark is None:
            raise DataError(
                f"spans: expected 'O' or a tag such as 'B-PER' with one of the prefixes B, I, E, S, "
                f"got '{tag}' at position {place}; plain tags mark no spans."
            )
        prefix, kind = mark
        if opened is not None and not (prefix in "IE" and kind == opened[0]):
            found.append(Span(*opened, place))
            opened = None
        if opened is None and prefix != _OUTSIDE:
            opened = (kind, place)
        if opened is not None and prefix in "ES":
            found.append(Span(*opened, place + 1))
            opened = None
    if opened is not None:
        found.append(Span(*opened, len(tags)))
    return found


def _split(label: str) -> tuple[str, str] | None:
    """Return prefix and type of a label such as ``B-PER``, None for one of another form."""
    prefix, dash, kind = label.partition("-")
    return (prefix, kind) if dash and kind and prefix in tuple("BIES") else None


def _mark(label: str, prefixes: str, scheme: str) -> tuple[str, str]:
    if label == _OUTSIDE:
        return _OUTSIDE, ""
    mark = _split(label)
    if mark is None or mark[0] not in prefixes:
        forms = ", ".join(f"{prefix}-TYPE" for prefix in prefixes)
        raise DataError(
            f"allowed_transitions: label '{label}' does not belong to the scheme '{scheme}' (O, {forms}); "
            "pass None for plain tags."
        )
    return mark


def _may_follow(before: tuple[str, str], after: tuple[str, str], scheme: str) -> bool:
    continues = after[0] in "IE"
    if continues:
        return before[0] in "BI" and before[1] == after[1]
    # In BIO nothing marks the end of a span, so one may end anywhere.
    return scheme == "bio" or before[0] not in "BI"
