"""Splitting ordered data: the tail is held out, because shuffling would let the future leak into training."""

from __future__ import annotations

from typing import Any, TypeVar

from remy.errors import DataError, UsageError

Ordered = TypeVar("Ordered", bound=Any)


def head_tail(data: Ordered, tail: float = 0.1, *, least: int = 2) -> tuple[Ordered, Ordered]:
    """Cut a text or an array in two: the first part to learn from, the last part to measure on.

    Parameters
    ----------
    data
        Anything with a length that can be sliced: a text, an array of ids, a list.
    tail
        Fraction of the items in the second part, between 0 and 1.
    least
        Fewest items either part may have. Two characters are the fewest that hold a prediction.

    Raises
    ------
    UsageError
        If `tail` is not between 0 and 1.
    DataError
        If `data` is too short to leave `least` items in both parts.

    Examples
    --------
    >>> head_tail("abcdefghij", 0.2)
    ('abcdefgh', 'ij')
    """
    if not 0 < tail < 1:
        raise UsageError(f"head_tail: expected a tail fraction between 0 and 1, got {tail}.")
    count = len(data)
    if count < 2 * least:
        raise DataError(f"the data have {count} items, too few to split; at least {2 * least} are needed.")
    cut = min(max(round(count * (1 - tail)), least), count - least)
    return data[:cut], data[cut:]
