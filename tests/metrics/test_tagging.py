"""Scores of tags and spans are those worked out by hand, and those of the spans listed one by one."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from remy import metrics
from remy.decoding import spans
from remy.errors import DataError, ShapeError
from remy.metrics import ClassScores

TAGS = ["O", "B-A", "I-A", "B-B", "I-B"]
sentences = st.lists(
    st.lists(st.tuples(st.sampled_from(TAGS), st.sampled_from(TAGS)), max_size=7), min_size=1, max_size=5
)


def sides(drawn: list[list[tuple[str, str]]]) -> tuple[list[list[str]], list[list[str]]]:
    return [[pair[0] for pair in one] for one in drawn], [[pair[1] for pair in one] for one in drawn]


def test_every_token_counts_alike_whatever_its_sentence() -> None:
    expected = [["D"], ["N", "V", "A"], []]
    predicted = [["D"], ["N", "N", "N"], []]
    assert metrics.token_accuracy(expected, predicted) == 0.5


def test_only_tokens_with_unknown_words_count_for_unknown_words() -> None:
    words = [["the", "zork"], ["blim", "the", "zork"]]
    expected = [["D", "N"], ["V", "D", "N"]]
    predicted = [["X", "N"], ["V", "X", "V"]]
    assert metrics.unknown_word_accuracy(words, expected, predicted, known={"the"}) == pytest.approx(2 / 3)
    assert metrics.unknown_word_accuracy(words, expected, predicted, known=set()) == pytest.approx(2 / 5)
    assert metrics.unknown_word_accuracy(words, expected, predicted, known={"the", "zork", "blim"}) is None


def test_the_scores_of_spans_are_the_ones_worked_out_by_hand() -> None:
    expected = [["B-PER", "I-PER", "O", "B-LOC"], ["B-PER", "O", "O"], ["O"]]
    predicted = [["B-PER", "I-PER", "O", "B-PER"], ["B-PER", "I-PER", "O"], ["B-ORG"]]
    # Right: PER 0:2. Given: 3 PER, 1 ORG. Expected: 2 PER, 1 LOC.
    scores = metrics.span_scores(expected, predicted)
    assert scores.overall == ClassScores(precision=1 / 4, recall=1 / 3, f1=2 / 7, support=3)
    assert scores.types == {
        "LOC": ClassScores(precision=0.0, recall=0.0, f1=0.0, support=1),
        "ORG": ClassScores(precision=0.0, recall=0.0, f1=0.0, support=0),
        "PER": ClassScores(precision=1 / 3, recall=1 / 2, f1=2 / 5, support=2),
    }
    assert list(scores.types) == ["LOC", "ORG", "PER"]


def test_spans_of_bioes_count_like_those_of_bio() -> None:
    assert metrics.span_scores([["S-A", "B-B", "E-B"]], [["B-A", "B-B", "I-B"]]).overall.f1 == 1.0


def test_the_same_span_in_another_sentence_is_not_the_same() -> None:
    scores = metrics.span_scores([["B-A"], ["O"]], [["O"], ["B-A"]])
    assert scores.overall == ClassScores(precision=0.0, recall=0.0, f1=0.0, support=1)


def test_no_spans_on_either_side_count_as_nought() -> None:
    scores = metrics.span_scores([["O", "O"]], [["O", "O"]])
    assert scores.overall == ClassScores(precision=0.0, recall=0.0, f1=0.0, support=0)
    assert scores.types == {}


@given(sentences)
def test_scores_of_spans_are_those_of_scikit_learn_on_the_spans_listed(
    drawn: list[list[tuple[str, str]]],
) -> None:
    expected, predicted = sides(drawn)
    listed: list[list[int]] = [[], []]
    types: list[str] = []
    for wanted, given_ in zip(expected, predicted, strict=True):
        left, right = set(spans(wanted)), set(spans(given_))
        for span in sorted(left | right):
            types.append(span.type)
            listed[0].append(int(span in left))
            listed[1].append(int(span in right))
    scores = metrics.span_scores(expected, predicted)
    for kind in ("A", "B", None):
        pairs = [
            pair
            for pair, its in zip(zip(*listed, strict=True), types, strict=True)
            if kind is None or its == kind
        ]
        if not pairs:
            assert kind not in scores.types
            continue
        found = scores.overall if kind is None else scores.types[kind]
        row = theirs.precision_recall_fscore_support(
            *zip(*pairs, strict=True), average="binary", zero_division=0.0
        )
        assert (found.precision, found.recall, found.f1) == pytest.approx(row[:3])
        assert found.support == sum(pair[0] for pair in pairs)


@given(sentences.filter(any))
def test_accuracy_over_tokens_is_that_of_scikit_learn(drawn: list[list[tuple[str, str]]]) -> None:
    expected, predicted = sides(drawn)
    flat = [list(chain.from_iterable(side)) for side in (expected, predicted)]
    assert metrics.token_accuracy(expected, predicted) == pytest.approx(theirs.accuracy_score(*flat))


@pytest.mark.parametrize("function", [metrics.token_accuracy, metrics.span_scores])
def test_sentences_that_do_not_fit_are_refused(function: Any) -> None:
    name = function.__name__
    with pytest.raises(ShapeError, match=f"^{name}: expected 2 predicted sentences, got 1"):
        function([["O"], ["O"]], [["O"]])
    with pytest.raises(ShapeError, match=f"^{name}: expected 2 tags for sentence 1, got 1: one for each"):
        function([["O"], ["O", "O"]], [["O"], ["O"]])
    with pytest.raises(DataError, match=f"^{name}: expected at least one of the sentences, got none"):
        function([], [])


def test_words_that_do_not_fit_their_tags_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"^unknown_word_accuracy: expected 1 tags for sentence 0, got 2"):
        metrics.unknown_word_accuracy([["a"]], [["N", "N"]], [["N", "N"]], known=set())


def test_accuracy_of_no_token_is_refused() -> None:
    with pytest.raises(DataError, match="token_accuracy: expected at least one token, got none"):
        metrics.token_accuracy([[], []], [[], []])
