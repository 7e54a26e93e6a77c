"""A text made ready: its parts, its characters, its baseline."""

from dataclasses import replace

import pytest

from remy.data.ngram import NGram
from remy.data.notation import ABC, MIDI
from remy.errors import DataError
from remy.tasks.language.corpus import make_corpus
from remy.tasks.language.sources import Source
from tests import music
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


def songs(count: int, name: str = "songs.abc") -> Source:
    tunes = [f"X:1\nT:{k}\nK:C\n{'CDEF|' * (k + 1)}\n\n" for k in range(count)]
    return Source(name, "".join(tunes), name, notation=ABC, notes=("1 of 9 tunes skipped",), skipped=1)


@pytest.mark.parametrize("split", [0.01, 0.5, 0.77, 0.9, 0.99])
@pytest.mark.parametrize("count", [2, 3, 10, 37])
def test_music_is_split_between_two_tunes(count: int, split: float) -> None:
    source = songs(count)
    corpus = make_corpus(source, None, split=split)
    assert corpus.train_text + corpus.valid_text == source.text
    assert corpus.valid_text.startswith("X:1\n")
    parts = ABC.tunes(corpus.train_text), ABC.tunes(corpus.valid_text)
    assert [*parts[0], *parts[1]] == ABC.tunes(source.text)
    assert abs(len(parts[0]) - count * split) <= 1
    assert corpus.notes == (
        *source.notes,
        f"tunes in ABC notation: {len(parts[0])} to learn from, {len(parts[1])} held out",
    )


def test_the_record_of_music_counts_its_tunes() -> None:
    record = make_corpus(songs(10), None, split=0.8).record()
    kept = {key: record[key] for key in ("notation", "train_tunes", "valid_tunes", "skipped")}
    assert kept == {"notation": "abc", "train_tunes": 8, "valid_tunes": 2, "skipped": 1}
    assert "notation" not in make_corpus(TEXT, None, split=0.9).record()


def test_of_one_tune_the_end_is_held_out_and_that_is_said() -> None:
    one = replace(songs(1), text=music.SCALE + "\n")
    corpus = make_corpus(one, None, split=0.9)
    assert corpus.train_text + corpus.valid_text == one.text
    assert len(corpus.valid_text) >= 2
    assert corpus.notes[-1].startswith(
        "songs.abc: one tune, so its end is held out; a fair score needs other"
    )


def test_other_tunes_can_be_held_out_and_all_that_was_skipped_is_counted() -> None:
    corpus = make_corpus(songs(4), songs(3, "others.abc"), split=0.5)
    assert (corpus.train_text, corpus.valid_text) == (songs(4).text, songs(3).text)
    assert (corpus.skipped, len(corpus.notes)) == (2, 2)


def test_what_is_held_out_is_in_the_same_notation() -> None:
    midi = Source("a.mid", "", "a.mid", notation=MIDI)
    with pytest.raises(
        DataError, match=r"^a\.mid: expected tunes in ABC notation, as songs\.abc has, got MIDI"
    ):
        make_corpus(songs(4), midi, split=0.5)
    with pytest.raises(
        DataError, match=r"^songs\.abc: expected plain text, as plays\.txt has, got tunes in ABC"
    ):
        make_corpus(TEXT, songs(4), split=0.5)
