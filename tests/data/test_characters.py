"""The character tokenizer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remy.data import CharacterTokenizer
from remy.errors import DataError, ModelFileError, UsageError


@given(st.text(min_size=1))
def test_decoding_gives_back_what_was_encoded(text: str) -> None:
    tokenizer = CharacterTokenizer.fit(text)
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int32
    assert tokenizer.decode(ids) == text
    assert set(ids.tolist()) == set(range(len(tokenizer)))
    assert list(tokenizer.vocabulary) == sorted(set(text))


@given(st.permutations("abc\n é𝄞"))
def test_ids_are_positions_in_the_vocabulary_in_any_order(vocabulary: list[str]) -> None:
    tokenizer = CharacterTokenizer(vocabulary)
    assert tokenizer.encode("".join(vocabulary)).tolist() == list(range(len(vocabulary)))
    assert tokenizer.decode(np.arange(len(vocabulary))) == "".join(vocabulary)


def test_the_json_form_gives_the_same_tokenizer_back() -> None:
    tokenizer = CharacterTokenizer.fit("naïve 𝄞\n")
    again = CharacterTokenizer.from_json(json.loads(json.dumps(tokenizer.to_json())))
    assert again.vocabulary == tokenizer.vocabulary
    assert tokenizer.to_json()["kind"] == "character"


def test_an_unseen_character_is_named_with_its_position() -> None:
    tokenizer = CharacterTokenizer.fit("abc")
    with pytest.raises(DataError) as caught:
        tokenizer.encode("abxcyx")
    assert str(caught.value) == (
        "the text has characters outside the model's vocabulary of 3: 'x', 'y' (the first at position 2)."
    )


def test_many_unseen_characters_are_counted_not_listed() -> None:
    with pytest.raises(DataError, match=r"'b', 'c', .* and 15 more \(the first at position 0\)"):
        CharacterTokenizer.fit("a").encode("bcdefghijklmnopqrstuvwxyz")


def test_skipping_leaves_unseen_characters_out() -> None:
    tokenizer = CharacterTokenizer.fit("abc")
    assert tokenizer.decode(tokenizer.encode("axbyc€", unknown="skip")) == "abc"
    assert tokenizer.encode("xyz", unknown="skip").size == 0


def test_an_empty_text_has_no_ids_but_cannot_be_fitted() -> None:
    assert CharacterTokenizer.fit("a").encode("").tolist() == []
    with pytest.raises(DataError, match="the text is empty"):
        CharacterTokenizer.fit("")


def test_a_mistyped_choice_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'skip'"):
        CharacterTokenizer.fit("a").encode("a", unknown="skp")


@pytest.mark.parametrize("ids", [[3], [-1], [0, 99]])
def test_an_id_outside_the_vocabulary_is_refused(ids: list[int]) -> None:
    with pytest.raises(DataError, match=f"expected ids from 0 to 2, got {ids[-1]}"):
        CharacterTokenizer.fit("abc").decode(ids)


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        ([], "at least one"),
        (["a", "bc"], "single characters, got 'bc'"),
        (["a", "b", "a"], "'a' occurs twice"),
    ],
)
def test_a_vocabulary_that_is_not_one_is_refused(vocabulary: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        CharacterTokenizer(vocabulary)
    with pytest.raises(ModelFileError, match=message):
        CharacterTokenizer.from_json({"kind": "character", "vocabulary": vocabulary})


@pytest.mark.parametrize(
    "description", [None, {}, {"kind": "word"}, {"kind": "character", "vocabulary": "ab"}]
)
def test_a_description_of_something_else_is_refused(description: dict[str, object] | None) -> None:
    with pytest.raises(ModelFileError, match=r"^tokenizer: "):
        CharacterTokenizer.from_json(description)


def test_membership_is_of_single_characters() -> None:
    tokenizer = CharacterTokenizer.fit("abc")
    assert "a" in tokenizer
    assert "ab" not in tokenizer
    assert 0 not in tokenizer
