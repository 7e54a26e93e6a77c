"""The one family of exceptions Remy raises on purpose.

The command line prints the message of a :class:`RemyError` without a traceback and exits with its
``exit_code``: 1 for bad data, 2 for bad usage.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class RemyError(Exception):
    """Base of every error Remy raises on purpose."""

    exit_code = 1


class DataError(RemyError):
    """The data cannot be used: missing, empty, damaged or of the wrong kind."""


class ModelFileError(DataError):
    """A model file cannot be read or does not hold what its header promises."""


class UsageError(RemyError, ValueError):
    """An option has a value that cannot be used."""

    exit_code = 2


class ShapeError(RemyError, ValueError):
    """An array has a shape, dtype or device that the called function cannot use."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'lstm'?"`` for the nearest known word, or an empty string."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


def choice(name: str, value: str, known: Iterable[str]) -> str:
    """Return `value` if it is one of `known`, else raise a :class:`UsageError` that suggests one."""
    options = list(known)
    if value not in options:
        listing = ", ".join(options)
        raise UsageError(f"{name}: expected one of {listing}, got '{value}'{nearest(value, options)}")
    return value
