"""Cutting records in no order into three parts. Without torch."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError

Places = NDArray[np.int64]


def split_three(
    keys: Sequence[Hashable], *, split: float, held_out: float, seed: int, name: str
) -> tuple[Places, Places, Places]:
    """Return the places of what is learned from, validated on and scored on, each in the records' order.

    Parameters
    ----------
    keys
        One a record. Records with the same key come into the same part, so that nothing is scored on what was
        learned by heart.
    split, held_out
        Shares to learn from and to score on, of the different keys.
    seed
        Of the random order.
    name
        Of the data, for errors.

    Raises
    ------
    DataError
        If there are fewer than three different keys.

    Examples
    --------
    >>> parts = split_three("abcdefghij", split=0.8, held_out=0.1, seed=0, name="letters")
    >>> [len(part) for part in parts]
    [8, 1, 1]
    """
    numbers: dict[Hashable, int] = {}
    each = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    count = len(numbers)
    if count < 3:
        raise DataError(
            f"{name}: {count} different record{'s are' if count != 1 else ' is'} too few to hold some out; "
            "give another file with --valid."
        )
    scored = min(max(round(count * held_out), 1), count - 2)
    learned = min(max(round(count * split), 1), count - scored - 1)
    part = np.empty(count, np.int64)
    part[np.random.default_rng(seed).permutation(count)] = np.repeat(
        [0, 1, 2], [learned, count - learned - scored, scored]
    )
    of = part[each]
    return tuple(np.flatnonzero(of == number) for number in range(3))  # type: ignore[return-value]
