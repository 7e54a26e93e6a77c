"""Choosing tags one after the other."""

import numpy as np

from remy.decoding import allowed_transitions
from remy.decoding.left_to_right import LeftToRight

LABELS = ["O", "B-X", "I-X", "B-Y", "I-Y"]


def choices(scores: np.ndarray, labels: list[str] = LABELS, scheme: str | None = "bio") -> list[str]:
    start, transitions, _ = allowed_transitions(labels, scheme)  # type: ignore[arg-type]
    choice = LeftToRight(start, transitions)
    return [labels[choice.next(row)] for row in scores]


def test_a_tag_that_may_not_follow_is_never_chosen() -> None:
    scores = np.random.default_rng(0).normal(size=(200, 5))
    found = choices(scores)
    start, transitions, _ = allowed_transitions(LABELS, "bio")
    path = [LABELS.index(tag) for tag in found]
    assert start[path[0]]
    assert transitions[path[:-1], path[1:]].all()
    assert "I-X" in found
    assert "I-Y" in found


def test_the_likeliest_allowed_tag_is_chosen() -> None:
    assert choices(np.array([[0.0, 1, 9, 2, 0], [0.0, 1, 8, 2, 9]])) == ["B-Y", "I-Y"]
    assert choices(np.array([[0.0, 1], [1.0, 0]]), ["A", "B"], None) == ["B", "A"]


def test_what_comes_later_changes_nothing() -> None:
    scores = np.random.default_rng(1).normal(size=(50, 5))
    other = scores.copy()
    other[25:] *= -1
    assert choices(scores)[:25] == choices(other)[:25]


def test_after_a_tag_that_nothing_may_follow_anything_may() -> None:
    choice = LeftToRight([True, True], [[False, False], [True, True]])
    assert [choice.next([1.0, 0.0]), choice.next([0.0, 1.0])] == [0, 1]
