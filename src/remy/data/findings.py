"""What a check counts: lengths, labels, records that are there twice, records shared with another file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from remy.data.records import Place


def lengths(counts: ArrayLike, unit: str) -> dict[str, Any]:
    """Return how long the records are: a summary of `counts` (N,), for JSON.

    Examples
    --------
    >>> lengths([1, 2, 3, 10], "words")
    {'unit': 'words', 'min': 1, 'median': 2.5, 'mean': 4.0, 'p90': 7.9, 'max': 10}
    """
    numbers = np.asarray(counts, dtype=np.int64)
    if not numbers.size:
        return {"unit": unit, "min": 0, "median": 0.0, "mean": 0.0, "p90": 0.0, "max": 0}
    return {
        "unit": unit,
        "min": int(numbers.min()),
        "median": float(np.median(numbers)),
        "mean": round(float(numbers.mean()), 2),
        "p90": round(float(np.percentile(numbers, 90)), 2),
        "max": int(numbers.max()),
    }


def balance(labels: Counter[str]) -> dict[str, int]:
    """Return the labels and how often each occurs, the most frequent first.

    Examples
    --------
    >>> balance(Counter({"a": 1, "b": 3}))
    {'b': 3, 'a': 1}
    """
    return dict(sorted(labels.items(), key=lambda item: (-item[1], item[0])))


class Seen:
    """The contents of records and their labels, kept as 16 bytes each, to find what comes twice.

    Examples
    --------
    >>> seen = Seen()
    >>> for line, label in enumerate(["good", "good", "bad"], start=1):
    ...     seen.add("Fine.", label, Place("a.csv", line))
    >>> seen.to_json()
    {'same': 2, 'conflicting': 1, 'first': 'a.csv:2 repeats line 1'}
    """

    def __init__(self) -> None:
        self._first: dict[bytes, tuple[str | None, int]] = {}
        self._same = 0
        self._conflicting = 0
        self._where = ""

    def add(self, content: str | bytes, label: str | None, place: Place) -> None:
        """Take in a record; count it if its content was there before, and again if with another label."""
        key = _key(content)
        if key not in self._first:
            self._first[key] = (label, place.line)
            return
        known, line = self._first[key]
        self._same += 1
        self._conflicting += label != known
        self._where = self._where or f"{place} repeats line {line}"

    def __contains__(self, content: str | bytes) -> bool:
        return _key(content) in self._first

    def to_json(self) -> dict[str, Any]:
        """Return how many records repeat an earlier one, how many with another label, and the first."""
        found: dict[str, Any] = {"same": self._same, "conflicting": self._conflicting}
        return {**found, "first": self._where} if self._where else found


class Shared:
    """Counts the records of a test file that the checked file has too, and its unknown labels."""

    def __init__(self, name: str, seen: Seen, known: Iterable[str]) -> None:
        self._name = name
        self._seen = seen
        self._known = frozenset(known)
        self._records = 0
        self._shared = 0
        self._where = ""
        self._unknown: Counter[str] = Counter()

    def add(self, content: str | bytes, labels: Iterable[str | None], place: Place) -> None:
        """Take in a record of the test file with its label, or with the tags of its words."""
        self._records += 1
        if content in self._seen:
            self._shared += 1
            self._where = self._where or str(place)
        self._unknown.update(label for label in labels if label is not None and label not in self._known)

    def to_json(self) -> dict[str, Any]:
        """Return the counts."""
        found = {
            "file": self._name,
            "records": self._records,
            "shared": self._shared,
            "unknown_labels": balance(self._unknown),
        }
        return {**found, "first_shared": self._where} if self._where else found


def _key(content: str | bytes) -> bytes:
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.blake2b(data, digest_size=16).digest()
