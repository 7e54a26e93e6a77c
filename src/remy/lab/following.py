"""What follows each character of a text, as its target: all are known but that of the last one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import torch

from remy.errors import DataError, UsageError
from remy.inspect import Subject

#: The target of a text that is its own next characters; a piano roll's is its own next frames.
NEXT: Final = "next"


def followers_of(text: str, at: int | None) -> tuple[str, int | None]:
    """Return the character after each, and the step that is meant.

    Parameters
    ----------
    text
        T characters.
    at
        A step whose follower is known, negative from the last of these; None for all.

    Returns
    -------
    followers : str
        T characters; the last one stands in for what is not known, see :func:`without_last`.
    at : int or None
        Not negative.

    Raises
    ------
    DataError
        If the text has one character.
    UsageError
        If there is no such step.

    Examples
    --------
    >>> followers_of("HELL", -1)
    ('ELLL', 2)
    """
    known = len(text) - 1
    if known < 1:
        raise DataError(f"target: '{NEXT}' needs a text of 2 characters or more, got {len(text)}")
    if at is not None and not -known <= at < known:
        raise UsageError(
            f"at: expected {-known} to {known - 1}, as what follows the last character is not known, got {at}"
        )
    return text[1:] + text[-1], None if at is None else at % known


def without_last(subject: Subject) -> Subject:
    """Return a subject with answers ``(1, T, V)`` of which the last one does not count."""
    counted = torch.ones(1, len(subject.items[""]), dtype=torch.bool)
    counted[0, -1] = False
    return replace(subject, counted=counted)
