"""Faults of a file: raised at the first for who trains on it, counted for who checks it."""

from __future__ import annotations

from collections import Counter

from remy.errors import DataError


class Faults:
    """What is wrong with a file, by kind.

    Parameters
    ----------
    counted
        Whether faults are counted instead of raised.

    Attributes
    ----------
    counts
        How many of each kind.
    first
        The message of the first of each kind.

    Examples
    --------
    >>> faults = Faults(counted=True)
    >>> faults.add("missing", "a.csv:3: column 'rain' is empty.")
    >>> faults.counts["missing"], faults.first["missing"]
    (1, "a.csv:3: column 'rain' is empty.")
    """

    def __init__(self, *, counted: bool = False) -> None:
        self.counted = counted
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}

    def add(self, kind: str, message: str) -> None:
        """Take note of a fault.

        Raises
        ------
        DataError
            With `message`, unless faults are counted.
        """
        if not self.counted:
            raise DataError(message)
        self.counts[kind] += 1
        self.first.setdefault(kind, message)
