"""The bank's sentences, from numbers that are known."""

from __future__ import annotations

import numpy as np

from remy.lab.bank.aligning import aligned
from remy.lab.bank.sentences import (
    carry_sentences,
    merge_sentences,
    names_of,
    state_sentence,
    tag_sentences,
)
from remy.lab.schemas.bank import BankSide

NAN = float("nan")


def said(before: str, after: str, norm: list[float], direction: str = "backward") -> str:
    rows = aligned(before.split(), after.split())
    words = [
        (after if row.after is not None else before).split()[row.after or row.before or 0] for row in rows
    ]
    return state_sentence(direction, np.array(norm), rows, words)


def test_most_and_least_and_whether_the_most_is_beside_the_change() -> None:
    assert said("a b c d", "a b c e", [0.01, 0.2, 0.42, 1.5]) == (
        "Backward: the states of all 3 words before the change did change, most at “c” (0.42), right beside "
        "it, least at “a” (0.01); at the change itself they differ by 1.5."
    )
    assert "most at “b” (0.5), least" in said("a b c d", "a b c e", [0.01, 0.5, 0.42, 1.5])


def test_those_that_did_not_change_are_counted_out() -> None:
    found = said("a b c d e", "a b c e", [0.0, 0.2, 0.4, NAN, 0.0])
    assert found == (
        "Backward: the states of 2 of the 3 words before the change did change, most at “c” (0.4), right "
        "beside it, least at “b” (0.2); the state of the one word after the change did not change at all "
        "(difference exactly 0)."
    )


def test_words_between_two_changes_are_told_apart_from_those_around_them() -> None:
    assert said("a b c d e", "a x c y e", [0.1, 2.0, 0.3, 1.0, 0.0]) == (
        "Backward: the state of the one word before the first change, “a”, moved by 0.1; the state of the "
        "one word between the changes, “c”, moved by 0.3; the state of the one word after the last change "
        "did not change at all (difference exactly 0); at the changes themselves they differ by up to 2."
    )


def side(words: str, tags: list[str], shares: list[list[float]]) -> BankSide:
    split = tuple(words.split())
    return BankSide(words=split, known=(True,) * len(split), tags=tuple(tags), probabilities=np.array(shares))


def told(labels: tuple[str, str], before: str = "a b", after: str = "a c") -> tuple[str, ...]:
    one = side(before, [labels[0], labels[1]], [[0.75, 0.25], [0.5, 0.5]])
    other = side(after, [labels[1], labels[1]], [[0.25, 0.75], [0.5, 0.5]])
    rows = aligned(before.split(), after.split())
    return tag_sentences(rows, one, other, np.array([0.5, 0.0]), labels)


def test_marks_stand_in_quotes_and_other_tags_as_they_are() -> None:
    assert told(("none", ",")) == (
        "Of the one word that both sentences share in order 1 got another mark: “a” from no mark to “,”.",
        "The probabilities moved most at “a”: that of no mark from 75 % to 25 %.",
    )
    assert "got another tag: “a” from none to noun" in told(("none", "noun"))[0]


def test_sentences_are_said_to_share_no_word_only_where_they_share_none() -> None:
    assert told(("none", ","), "a b", "c d") == (
        "The sentences share no word, so there is no mark to be compared.",
    )
    assert "share no word" not in told(("none", ","), "a b", "b c")[0]


def test_two_and_one_are_said_as_people_say_them() -> None:
    assert "the states of both words before the change did change" in said("a b c", "a b d", [0.1, 0.2, 1])
    assert "the state of the one word before the change, “a”, moved by 0.1" in said("a b", "a c", [0.1, 1])


def test_a_word_that_stands_there_twice_is_named_with_its_step() -> None:
    assert names_of(["the", "bank", "the"]) == ["“the” of step 0", "“bank”", "“the” of step 2"]


def test_opposite_signs_are_counted() -> None:
    forward, backward = np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [-1.0, 1.0]])
    first, second = merge_sentences("mul", "concat", forward, backward, forward * backward, ["a", "b"])
    assert "at 50 % of the places they have opposite signs" in first
    assert "trained with concat" in first
    assert second == "The merged vector is longest at “a” (1.41)."


def test_directions_that_carry_alike_are_called_alike() -> None:
    first, second = carry_sentences(np.array([0.2, 0.4]), np.array([0.4, 0.2]), ["a", "b"])
    assert "both directions alike" in first
    assert "weighs more at 1 of 2" in second
    assert "most at “a”, by 0.4" in second
