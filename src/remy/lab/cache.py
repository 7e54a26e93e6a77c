"""What was made lately, kept for several threads: who asks for the same at once waits for one to make it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Cache(Generic[Key, Made]):
    """Keeps what was asked for last, up to a weight.

    Parameters
    ----------
    most
        The weight of everything together; what was asked for last is kept whatever it weighs.
    weigh
        How much something weighs; None for 1 each.

    Examples
    --------
    >>> cache = Cache[str, int](most=2)
    >>> cache.get("a", lambda: 1), cache.get("a", lambda: 2)
    (1, 1)
    >>> cache.get("b", lambda: 3) + cache.get("c", lambda: 4), cache.get("a", lambda: 5)
    (7, 5)
    """

    def __init__(self, *, most: float, weigh: Callable[[Made], float] | None = None) -> None:
        self._most = most
        self._weigh = weigh or (lambda _: 1.0)
        self._kept: OrderedDict[Key, tuple[Made, float]] = OrderedDict()
        self._turns: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """Return what is kept under `key`, or what `make` returns; what it raises is not kept."""
        with self._lock:
            if key in self._kept:
                return self._touched(key)
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._kept:
                    return self._touched(key)
            try:
                made = make()
                weight = self._weigh(made)
            except BaseException:
                with self._lock:
                    self._turns.pop(key, None)
                raise
            with self._lock:
                self._turns.pop(key, None)
                self._kept[key] = (made, weight)
                self._drop()
        return made

    def _touched(self, key: Key) -> Made:
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def _drop(self) -> None:
        total = sum(weight for _, weight in self._kept.values())
        while total > self._most and len(self._kept) > 1:
            _, (_, weight) = self._kept.popitem(last=False)
            total -= weight
