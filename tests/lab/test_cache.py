"""What was made lately is kept, once, for several threads."""

from __future__ import annotations

import threading

import pytest

from remy.lab.cache import Cache


def test_what_was_asked_for_last_is_kept_up_to_the_weight() -> None:
    cache = Cache[str, int](most=10, weigh=lambda made: made)
    made: list[str] = []

    def get(key: str, weight: int) -> int:
        return cache.get(key, lambda: made.append(key) or weight)  # type: ignore[func-returns-value]

    for key, weight in (("a", 4), ("b", 5), ("a", 4), ("c", 6), ("a", 4), ("b", 5)):
        assert get(key, weight) == weight
    assert made == ["a", "b", "c", "b"]  # c made the cache too heavy, and b had not been asked for so long
    get("heavy", 100)
    get("heavy", 100)
    assert made[4:] == ["heavy"]


def test_what_failed_is_tried_again() -> None:
    cache = Cache[str, int](most=1)

    def fail() -> int:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        cache.get("a", fail)
    assert cache.get("a", lambda: 3) == 3


def test_who_asks_for_the_same_at_once_waits_and_others_do_not() -> None:
    cache = Cache[str, object](most=10)
    begun, may_end = threading.Event(), threading.Event()
    count: list[int] = []

    def make() -> object:
        count.append(1)
        begun.set()
        assert may_end.wait(10)
        return object()

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(cache.get("slow", make))) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    assert cache.get("other", lambda: 7) == 7
    may_end.set()
    for thread in threads:
        thread.join()
    assert len(count) == 1
    assert len({id(each) for each in found}) == 1
