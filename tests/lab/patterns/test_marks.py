"""Words and the marks behind them."""

from __future__ import annotations

import pytest

from remy.errors import DataError
from remy.lab.patterns.marks import words_and_marks


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("Good night!!", "good night", ("none", "!")),
        ("well , go", "well go", (",", "none")),
        ("'tis so-so;", "'tis so-so", ("none", ";")),
        (", first", "first", None),
        ("a, , b", "a b", (",", "none")),
    ],
)
def test_a_mark_belongs_to_the_word_before_it_and_the_first_one_counts(text, words, marks) -> None:
    assert words_and_marks(text) == (tuple(words.split()), marks)


def test_marks_alone_are_refused() -> None:
    with pytest.raises(DataError, match="at least one word, got none"):
        words_and_marks(" ?! ")
