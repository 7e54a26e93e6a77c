"""Texts to tokens and numbers."""

import json

import pytest

from remy.data.tokenizer import UNKNOWN_ID, Tokenizer
from remy.errors import DataError, ModelFileError, UsageError

TEXTS = ["Don't stop, don’t go!", "Café au lait", "don't"]


def test_words_keep_their_apostrophes_and_marks_stand_alone() -> None:
    tokenizer = Tokenizer.fit(TEXTS, tokens="words")
    assert tokenizer.cut("Don't go, STOP!") == ["don't", "go", ",", "stop", "!"]


def test_decomposed_letters_are_read_as_composed_ones() -> None:
    tokenizer = Tokenizer.fit(TEXTS, tokens="words")
    assert tokenizer.encode(["Cafe\u0301"])[0].tolist() == tokenizer.encode(["café"])[0].tolist()


@pytest.mark.parametrize("tokens", ["words", "characters", "subwords"])
def test_a_tokenizer_comes_back_from_the_model_file_as_it_was(tokens: str) -> None:
    tokenizer = Tokenizer.fit(TEXTS, tokens=tokens)
    again = Tokenizer.from_json(json.loads(json.dumps(tokenizer.to_json())))
    assert again.vocabulary == tokenizer.vocabulary
    for text in (*TEXTS, "unknown zebra"):
        assert again.encode([text])[0].tolist() == tokenizer.encode([text])[0].tolist()


def test_numbers_are_places_in_the_vocabulary_and_zero_is_unknown() -> None:
    tokenizer = Tokenizer.fit(TEXTS, tokens="words")
    (ids,) = tokenizer.encode(["zebra don't"])
    assert ids[0] == UNKNOWN_ID
    assert tokenizer.vocabulary[ids[1]] == "don't"
    assert tokenizer.vocabulary[UNKNOWN_ID] == "<unk>"


def test_rare_tokens_are_unknown_and_the_vocabulary_has_an_end() -> None:
    assert "go" not in Tokenizer.fit(TEXTS, min_count=2).vocabulary
    assert len(Tokenizer.fit(TEXTS, vocabulary=3)) == 3


def test_characters_include_spaces_and_line_ends() -> None:
    tokenizer = Tokenizer.fit(["a b\nc"], tokens="characters")
    assert len(tokenizer.encode(["a b\nc"])[0]) == 5
    assert UNKNOWN_ID not in tokenizer.encode(["a b\nc"])[0]


def test_capitals_are_kept_where_it_is_asked_for() -> None:
    assert "Don't" in Tokenizer.fit(TEXTS, lowercase=False).vocabulary


def test_a_text_without_tokens_is_one_unknown_token() -> None:
    assert Tokenizer.fit(TEXTS).encode(["", "  "])[1].tolist() == [UNKNOWN_ID]


def test_a_long_text_is_read_from_its_beginning() -> None:
    tokenizer = Tokenizer.fit(TEXTS)
    (whole,) = tokenizer.encode([TEXTS[0]])
    (cut,) = tokenizer.encode([TEXTS[0]], max_length=2)
    assert cut.tolist() == whole[:2].tolist()


def test_what_cannot_be_used_is_named() -> None:
    with pytest.raises(UsageError, match="did you mean 'words'"):
        Tokenizer.fit(TEXTS, tokens="wrds")
    with pytest.raises(DataError, match="expected strings, got int at place 1"):
        Tokenizer.fit(TEXTS).encode(["a", 3])  # type: ignore[list-item]
    for record in (None, {}, {"kind": "tokenizers", "tokens": "words", "tokenizers": {"a": 1}}):
        with pytest.raises(ModelFileError, match="tokenizer is not a valid one"):
            Tokenizer.from_json(record)
