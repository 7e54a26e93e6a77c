"""Numbers and names as the lab's sentences say them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_INVISIBLE: Final = {" ": "a space", "\n": "a line end", "\t": "a tab", "": "nothing"}
#: A share so large rounds to all of it, which it is not.
_NEARLY_ALL: Final = 0.9995


def quoted(name: str) -> str:
    r"""Return what was read, or may come, so that a reader sees it.

    Examples
    --------
    >>> quoted("L"), quoted(" "), quoted("\n"), quoted("a\nb")
    ('“L”', 'a space', 'a line end', '“a\\nb”')
    """
    if name in _INVISIBLE:
        return _INVISIBLE[name]
    if len(name) == 1 and unicodedata.category(name) == "Co":  # events of MIDI are private characters
        from remy.data.events import describe

        return f"“{describe(name)}”"
    return f"“{name if name.isprintable() else name.encode('unicode_escape').decode('ascii')}”"


def number(value: float) -> str:
    """Return a number with three digits, and the minus sign that the page writes.

    Examples
    --------
    >>> number(0.12345), number(-12345.6), number(-0.0)
    ('0.123', '−1.23e+04', '0')
    """
    return f"{float(value) + 0.0:.3g}".replace("-", "−")


def share(value: float) -> str:
    """Return a probability, or another part of a whole, in per cent.

    Examples
    --------
    >>> share(0.4567), share(0.99999), share(1.0)
    ('45.7 %', 'more than 99.9 %', '100 %')
    """
    if _NEARLY_ALL <= value < 1:
        return "more than 99.9 %"
    return f"{number(100 * float(value))} %"


def many(count: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> many(1, "step"), many(1200, "step")
    ('1 step', '1,200 steps')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return the parts of a list, of which there is one at least.

    Examples
    --------
    >>> listed(["LSTM"]), listed(["SimpleRNN", "LSTM", "GRU"])
    ('LSTM', 'SimpleRNN, LSTM and GRU')
    """
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last
