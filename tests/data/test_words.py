"""Words as numbers."""

import numpy as np
import pytest

from remy.data.words import WordVocabulary
from remy.errors import ModelFileError

SENTENCES = [["The", "dog", "saw", "the", "cat"], ["the", "end"], ["Dog", "dog"]]


def test_frequent_words_come_first_and_small_letters_are_the_same_word() -> None:
    vocabulary = WordVocabulary.fit(SENTENCES)
    assert vocabulary.words == ("dog", "the", "cat", "end", "saw")
    assert vocabulary.ids(["The", "the", "DOG", "mouse"]).tolist() == [2, 2, 1, 0]
    as_written = WordVocabulary.fit(SENTENCES, lowercase=False)
    assert as_written.ids(["The", "the"]).tolist() == [3, 2] or "The" in as_written.words
    assert as_written.ids(["THE"]).tolist() == [0]


def test_rare_words_and_those_past_the_limit_are_unknown() -> None:
    assert WordVocabulary.fit(SENTENCES, min_count=2).words == ("dog", "the")
    assert WordVocabulary.fit(SENTENCES, vocabulary=2).words == ("dog",)


def test_characters_keep_their_case_and_unknown_ones_are_zero() -> None:
    vocabulary = WordVocabulary(["a"], ["d", "D", "o"])
    assert vocabulary.spelling("Dod") == [2, 3, 1]
    assert vocabulary.spelling("xo") == [0, 3]
    assert vocabulary.spelling("") == [0]


@pytest.mark.parametrize(("most", "read"), [(4, "abyz"), (5, "abcyz"), (26, None)])
def test_of_a_long_word_the_beginning_and_the_end_are_read(most: int, read: str | None) -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = WordVocabulary([], alphabet, max_characters=most)
    assert vocabulary.spelling(alphabet) == WordVocabulary([], alphabet).spelling(read or alphabet)


def test_a_batch_spells_every_different_word_once_the_longest_first() -> None:
    vocabulary = WordVocabulary.fit(SENTENCES)
    batch = vocabulary.batch([["the", "end", "The"], ["elephant"], ["end"]])
    assert batch.lengths.tolist() == [3, 1, 1]
    assert (np.diff(batch.spelling_lengths) <= 0).all()
    assert len(batch.spellings) == 4
    for row, words in enumerate([["the", "end", "The"], ["elephant"], ["end"]]):
        for step, word in enumerate(words):
            place = batch.places[row, step]
            spelled = batch.spellings[place, : batch.spelling_lengths[place]].tolist()
            assert spelled == vocabulary.spelling(word)
            assert batch.words[row, step] == vocabulary.ids([word])[0]


def test_it_comes_back_from_the_model_file() -> None:
    vocabulary = WordVocabulary.fit(SENTENCES, lowercase=False, max_characters=3)
    again = WordVocabulary.from_json(vocabulary.to_json())
    assert again.to_json() == vocabulary.to_json()
    assert again.ids(SENTENCES[0]).tolist() == vocabulary.ids(SENTENCES[0]).tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "character"}, "the tokenizer is not a vocabulary of words"),
        ({"words": ["a", "a"]}, "words name one twice"),
        ({"characters": "abc"}, "characters are no list"),
        ({"words": [1]}, "words are no list of strings"),
        ({"lowercase": None}, "lowercase or max_characters"),
        ({"max_characters": 1}, "lowercase or max_characters"),
    ],
)
def test_a_damaged_vocabulary_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ModelFileError, match=message):
        WordVocabulary.from_json(WordVocabulary.fit(SENTENCES).to_json() | change)
    with pytest.raises(ModelFileError, match="not a vocabulary of words"):
        WordVocabulary.from_json(None)
