"""Texts to pieces and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data.pieces import BEGIN_ID, END_ID, UNKNOWN_ID, PieceTokenizer
from remy.errors import DataError, ModelFileError, UsageError

TEXTS = ["No, thanks.", "No rain, no sun.", "Don't, it's  late!", "naïve café"]


@pytest.mark.parametrize("pieces", ["words", "characters", "subwords"])
def test_what_was_cut_is_put_together_as_it_was(pieces: str) -> None:
    tokenizer = PieceTokenizer.fit(TEXTS, pieces=pieces)
    for text, ids in zip(TEXTS, tokenizer.encode(TEXTS), strict=True):
        assert ids[-1] == END_ID
        assert UNKNOWN_ID not in ids
        assert tokenizer.decode(ids) == " ".join(text.split())
    loaded = PieceTokenizer.from_json(tokenizer.to_json())
    assert loaded.vocabulary == tokenizer.vocabulary
    assert loaded.sha256 == tokenizer.sha256
    assert [ids.tolist() for ids in loaded.encode(TEXTS)] == [ids.tolist() for ids in tokenizer.encode(TEXTS)]


@given(st.lists(st.text(alphabet="ab c,.'é", max_size=12), min_size=1, max_size=4))
def test_any_text_of_known_letters_comes_back(texts: list[str]) -> None:
    tokenizer = PieceTokenizer.fit(["abc,.'é", "a b c , . ' é", *texts], pieces="subwords")
    for text, ids in zip(texts, tokenizer.encode(texts), strict=True):
        assert tokenizer.decode(ids) == " ".join(text.split())


def test_words_and_marks_are_pieces_and_rare_ones_are_unknown() -> None:
    tokenizer = PieceTokenizer.fit(["red fox.", "red dog."], pieces="words", min_count=2)
    assert set(tokenizer.vocabulary) == {"<unk>", "<s>", "</s>", "▁red", "."}
    assert tokenizer.encode(["red wolf."])[0].tolist().count(UNKNOWN_ID) == 1


def test_a_vocabulary_has_at_most_so_many_pieces() -> None:
    words = " ".join(f"w{number}" for number in range(50))
    assert len(PieceTokenizer.fit([words], pieces="words", vocabulary=20)) == 20


def test_marks_that_stand_in_a_text_are_no_marks() -> None:
    tokenizer = PieceTokenizer.fit(["a </s> b <s> c"], pieces="characters")
    ids = tokenizer.encode(["a </s> b"])[0]
    assert (ids == END_ID).sum() == 1
    assert BEGIN_ID not in ids


def test_capitals_can_count_as_small_letters() -> None:
    tokenizer = PieceTokenizer.fit(["No rain"], pieces="words", lowercase=True)
    assert tokenizer.decode(tokenizer.encode(["NO RAIN"])[0]) == "no rain"


def test_no_more_than_the_most_pieces_are_read() -> None:
    tokenizer = PieceTokenizer.fit(["abcdef"], pieces="characters")
    assert len(tokenizer.encode(["abcdef"], max_length=4)[0]) == 5


def test_pieces_know_their_words() -> None:
    tokenizer = PieceTokenizer.fit(["low lower, newest"] * 3, pieces="subwords", vocabulary=30)
    pieces = [*tokenizer.cut(tokenizer.encode(["low lower"])[0]), "</s>"]
    words = tokenizer.words_of(pieces)
    assert words[-1] == -1
    assert set(words[:-1]) == {0, 1}
    for word, text in enumerate(["low", "lower"]):
        joined = "".join(piece for piece, of in zip(pieces, words, strict=True) if of == word)
        assert joined.lstrip("▁") == text
    letters = PieceTokenizer.fit(["a b"], pieces="characters")
    assert letters.words_of(["a", " ", "b", "</s>"]) == [0, 1, 2, -1]


def test_what_cannot_be_used_is_said() -> None:
    with pytest.raises(UsageError, match="expected one of words, characters, subwords"):
        PieceTokenizer.fit(["a"], pieces="letters")
    with pytest.raises(DataError, match="expected strings, got int"):
        PieceTokenizer.fit(["a"], pieces="words").encode([3])  # type: ignore[list-item]
    for record in (None, {}, {"kind": "pieces", "pieces": "words", "tokenizers": {}}):
        with pytest.raises(ModelFileError, match="the tokenizer is not a valid one"):
            PieceTokenizer.from_json(record)
    assert PieceTokenizer.fit(["ab"], pieces="characters").decode(np.array([], np.int64)) == ""
