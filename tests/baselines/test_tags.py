"""Each word gets its most frequent tag; unknown ones get that of the words seen once."""

import pytest

from remy.baselines import MostFrequentTag
from remy.errors import DataError, ShapeError, UsageError

WORDS = [["the", "can", "can", "rust"], ["can", "the", "the", "tin"], ["the", "oil"]]
TAGS = [["DET", "AUX", "AUX", "VERB"], ["NOUN", "DET", "DET", "NOUN"], ["DET", "NOUN"]]


def test_a_known_word_gets_its_most_frequent_tag() -> None:
    assert MostFrequentTag().fit(WORDS, TAGS).predict(["can", "rust", "the"]) == ["AUX", "VERB", "DET"]


def test_an_unknown_word_gets_the_most_frequent_tag_of_words_seen_once() -> None:
    # DET is the most frequent of all; of rust, tin and oil it is NOUN.
    assert MostFrequentTag().fit(WORDS, TAGS).predict(["zyzzyva", "The"]) == ["NOUN", "NOUN"]


def test_without_words_seen_once_an_unknown_word_gets_the_most_frequent_tag_of_all() -> None:
    model = MostFrequentTag().fit([["a", "a", "b", "b", "b"]], [["X", "X", "Y", "Y", "Y"]])
    assert model.predict(["c"]) == ["Y"]


def test_of_equally_frequent_tags_the_first_when_sorted_is_taken() -> None:
    for tags in (["Y", "X"], ["X", "Y"]):
        assert MostFrequentTag().fit([["a", "a"]], [tags]).predict(["a", "new"]) == ["X", "X"]


def test_the_known_words_are_those_of_the_training_data() -> None:
    assert MostFrequentTag().known == frozenset()
    assert MostFrequentTag().fit(WORDS, TAGS).known == {"the", "can", "rust", "tin", "oil"}


def test_a_sentence_without_words_gets_no_tags() -> None:
    assert MostFrequentTag().fit([["a"], []], [["X"], []]).predict([]) == []


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeError, match="MostFrequentTag: expected the tags of 2 sentences, got 1"):
        MostFrequentTag().fit([["a"], ["b"]], [["X"]])
    with pytest.raises(ShapeError, match="MostFrequentTag: expected 1 tags for sentence 1, got 2"):
        MostFrequentTag().fit([["a"], ["b"]], [["X"], ["X", "Y"]])
    with pytest.raises(DataError, match=r"MostFrequentTag.fit: expected at least one word, got none"):
        MostFrequentTag().fit([[], []], [[], []])
    with pytest.raises(UsageError, match="MostFrequentTag: call fit first"):
        MostFrequentTag().predict(["a"])
