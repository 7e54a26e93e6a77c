"""What a cell of a table is: a number, a time, a missing value, or words."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_TIME = re.compile(r"\d{4}[-/]\d{1,2}([-/]\d{1,2})?([T ].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}([T ].*)?")
_NOT_A_NUMBER = frozenset({"nan", "+nan", "-nan"})


def number(cell: str) -> float | None:
    """Return the finite number a cell holds, or None.

    Examples
    --------
    >>> number(" -1.5e3 "), number("n/a"), number("1_000"), number("inf")
    (-1500.0, None, None, None)
    """
    text = cell.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) != float("inf") else None


def is_nan(cell: str) -> bool:
    """Return whether a cell says NaN, as floating-point programs write a missing value."""
    return cell.strip().lower() in _NOT_A_NUMBER


def looks_like_time(cell: str) -> bool:
    """Return whether a cell has the shape of a date or a date and time (an integer has not).

    Examples
    --------
    >>> looks_like_time("2012-01-31"), looks_like_time("1/31/2012 10:00"), looks_like_time("2012")
    (True, True, False)
    """
    return _TIME.fullmatch(cell.strip()) is not None
