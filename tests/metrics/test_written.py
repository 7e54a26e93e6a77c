"""Scores of written sequences, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest

from remy import metrics
from remy.errors import ShapeError


def test_bleu_is_the_geometric_mean_of_precisions_with_its_brevity_penalty() -> None:
    expected, written = ["the cat sat on the mat today"], ["the cat sat on the mat"]
    # All n-grams of the written text are right; it is one word of seven short.
    found = metrics.bleu(expected, written)
    assert found.score == pytest.approx(100 * math.exp(1 - 7 / 6))
    assert "tok:13a" in found.signature
    assert "case:mixed" in found.signature
    assert (
        metrics.bleu(["A B C D"], ["a b c d"]).score
        < 1e-9
        < metrics.bleu(["A B C D"], ["a b c d"], lowercase=True).score
    )
    assert "case:lc" in metrics.bleu(["a"], ["a"], lowercase=True).signature


def test_bleu_counts_over_the_whole_corpus() -> None:
    expected = ["a b c d e f", "one two three four five"]
    perfect_first = metrics.bleu(expected, ["a b c d e f", "x"]).score
    assert 0 < perfect_first < metrics.bleu(expected, ["a b c d e f", "one two three four x"]).score < 100


def test_chrf_of_the_same_text_is_a_hundred() -> None:
    assert metrics.chrf(["café au lait"], ["café au lait"]).score == pytest.approx(100)
    assert metrics.chrf(["abc"], ["xyz"]).score == 0
    assert metrics.chrf(["abc"], ["abc"]).signature


def test_exact_matches_count_whole_texts() -> None:
    assert metrics.exact_match(["K AE T", "D AO G", "a"], ["K  AE T ", "D AO", "a"]) == pytest.approx(2 / 3)
    assert metrics.exact_match(["Abc"], ["aBC"]) == 0
    assert metrics.exact_match(["Abc"], ["aBC"], lowercase=True) == 1


def test_word_f1_counts_words_as_often_as_both_have_them() -> None:
    # One of two words is right, then two of two; as many are written as expected.
    assert metrics.word_f1(["a a", "left arrow"], ["a b", "arrow left"]) == pytest.approx(2 * 3 / (4 + 4))
    assert metrics.word_f1(["a"], [""]) == 0


def test_as_many_texts_are_needed_as_expected_ones() -> None:
    for score in (metrics.bleu, metrics.chrf, metrics.exact_match, metrics.word_f1):
        with pytest.raises(ShapeError, match="2"):
            score(["a", "b"], ["a"])
