"""The scores of a captioner: which of several captions counts, and what the common ones are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from remy.tasks.captioning.corpus import Corpus
from remy.tasks.captioning.given import corpus_of
from remy.tasks.captioning.scoring import closest, common


def of(captions: Sequence[str | list[str]]) -> Corpus:
    return corpus_of(np.arange(len(captions), dtype=np.float64)[:, None], captions, size=8, colour=False)


def test_the_closest_caption_is_the_same_one_else_the_one_with_most_words_in_common() -> None:
    each = [["dog a", "a dog"], ["cat", "a Dog"], ["one", "two"]]
    assert closest(each, ["a dog", "the dog", "three"], lowercase=True) == ["a dog", "a Dog", "one"]
    assert closest(each[1:2], ["the dog"], lowercase=False) == ["cat"]


def test_a_picture_is_common_where_all_words_of_all_its_captions_were_seen_often() -> None:
    train = of([*["Arrow left"] * 20, *["box"] * 19])
    scored = of(["left arrow", "arrow box", ["left", "box"], ["left", "arrow"]])
    written = {"model": ["left arrow", "", "", "arrow"], "other": ["up", "", "", "left"]}
    expected = {who: closest(scored.each, wrote, lowercase=True) for who, wrote in written.items()}
    found = common(train, scored, expected, written, lowercase=True)
    assert found == {"least": 20, "records": 2, "word_f1": {"model": 1.0, "other": 2 / 5}}


def test_capitals_are_other_words_where_they_are_kept() -> None:
    train, scored = of(["Arrow"] * 20), of(["arrow"])
    assert common(train, scored, {"model": ["arrow"]}, {"model": ["arrow"]}, lowercase=False) is None


def test_there_may_be_no_common_picture() -> None:
    assert common(of(["a"]), of(["a"]), {"model": ["a"]}, {"model": ["a"]}, lowercase=True) is None
