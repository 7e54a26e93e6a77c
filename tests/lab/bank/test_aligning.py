"""Which word is which: what both sentences begin and end with is the same, and what they share between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from remy.lab.bank.aligning import aligned

WORDS = some.lists(some.sampled_from(["to", "be", "or", "not"]), max_size=8)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("a b c", "a b d", "same same replaced"),
        ("a b c", "a x b c", "same inserted same same"),
        ("a b c", "b c", "deleted same same"),
        ("a b c", "a x y z c", "same replaced inserted inserted same"),
        ("a b c d", "a x d", "same replaced deleted same"),
        ("a a a", "a a", "same same deleted"),
        ("a b", "a b", "same same"),
        ("a", "b", "replaced"),
        ("a b c d", "x b c y", "replaced same same replaced"),
        ("a b c", "a x b y c", "same inserted same inserted same"),
    ],
)
def test_a_word_is_the_same_or_replaced_or_inserted_or_deleted(before: str, after: str, kinds: str) -> None:
    assert [row.kind for row in aligned(before.split(), after.split())] == kinds.split()


@given(WORDS, WORDS)
def test_every_word_of_both_has_one_row_in_order_and_the_same_words_are_the_same(
    before: list[str], after: list[str]
) -> None:
    rows = aligned(before, after)
    assert [row.before for row in rows if row.before is not None] == list(range(len(before)))
    assert [row.after for row in rows if row.after is not None] == list(range(len(after)))
    for row in rows:
        both = row.before is not None and row.after is not None
        assert both == (row.kind in ("same", "replaced"))
        if row.kind == "same":
            assert row.before is not None
            assert row.after is not None
            assert before[row.before] == after[row.after]
    kept = any(row.kind == "same" for row in rows)
    assert kept == bool(set(before) & set(after))
