"""A text made ready: its parts, its characters, its baseline."""

import pytest

from remy.data.ngram import NGram
from remy.errors import DataError
from remy.tasks.language.corpus import make_corpus
from remy.tasks.language.sources import Source
from tests.training import tiny

TEXT = Source("plays.txt", tiny.text(1000), "plays.txt")


def test_the_end_is_held_out_and_nothing_is_lost() -> None:
    corpus = make_corpus(TEXT, None, split=0.9)
    assert corpus.train_text + corpus.valid_text == TEXT.text
    assert len(corpus.valid_text) == 100
    assert corpus.valid_name == "last 0.1 of plays.txt"


def test_another_text_can_be_held_out() -> None:
    corpus = make_corpus(TEXT, Source("other.txt", "the king\n"), split=0.5)
    assert (corpus.train_text, corpus.valid_text) == (TEXT.text, "the king\n")


def test_only_characters_of_the_training_part_are_known() -> None:
    corpus = make_corpus(Source("a", "ab" * 50 + "abcabc"), None, split=0.9)
    assert "c" in corpus.valid_text
    assert corpus.tokenizer.vocabulary == ("a", "b")
    assert len(corpus.valid_ids) == len(corpus.valid_text.replace("c", ""))


def test_the_baseline_has_seen_the_training_part_only() -> None:
    corpus = make_corpus(TEXT, None, split=0.9)
    expected = NGram(4).fit(corpus.train_ids, len(corpus.tokenizer)).nats_per_character(corpus.valid_ids)
    assert corpus.baseline_nats(corpus.valid_text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [("x", "1 character is too little"), ("short", "5 characters are too little to learn from; at least 20")],
)
def test_too_little_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make_corpus(Source("tiny.txt", text), None, split=0.9)


def test_a_held_out_text_must_have_something_to_measure() -> None:
    with pytest.raises(DataError, match="a held-out text of 1 character measures nothing"):
        make_corpus(TEXT, Source("v", "x"), split=0.9)
    corpus = make_corpus(TEXT, Source("v.txt", "ΩΩΩΩΩ"), split=0.9)
    with pytest.raises(DataError, match="shares almost no character with the training text"):
        _ = corpus.valid_ids


def test_the_record_says_what_was_learned_from() -> None:
    record = make_corpus(TEXT, None, split=0.9).record()
    assert record["name"] == "plays.txt"
    assert record["sha256"] == TEXT.sha256
    assert (record["train_characters"], record["valid_characters"]) == (900, 100)
