"""The captions that need no network."""

import numpy as np
import pytest

from remy.baselines.captions import MostFrequentCaption, NearestPicture
from remy.errors import UsageError


def test_the_most_frequent_caption_is_the_answer_to_everything() -> None:
    model = MostFrequentCaption().fit(["rain", "a dog", "a dog", "a cat a cat", "a cat"])
    assert model.predict(3) == ["a dog"] * 3


def test_of_equally_frequent_captions_the_one_with_the_best_words_is_taken() -> None:
    assert MostFrequentCaption().fit(["zebra", "home outline", "outline", "tree outline"]).predict(1) == [
        "outline"
    ]


def test_a_word_that_a_caption_repeats_counts_as_often_as_others_repeat_it() -> None:
    captions = ["b b b b b b", "a", "a c", "b d", "a e", "a f", "a g"]
    # 2 * 5 / (7 + 17) is more than 2 * (2 + 5) / (42 + 17): only the first b is found in "b d".
    assert MostFrequentCaption().fit(captions).predict(1) == ["a"]


def test_the_nearest_picture_lends_its_caption() -> None:
    pixels = np.zeros((3, 4, 4, 1), np.uint8)
    pixels[0, :, 0], pixels[1, 0, :], pixels[2, :, 3] = 255, 255, 255
    model = NearestPicture().fit(pixels, ["left", "top", "right"])
    assert model.predict(pixels[::-1] // 2) == ["right", "top", "left"]


def test_what_all_pictures_have_makes_none_similar() -> None:
    known, asked = np.array([[10.0, 0.0], [10.0, 4.0]]), np.array([[5.0, 1.5]])
    # Its own direction is nearer to (10, 4), but it has less of what tells the two apart than their mean.
    assert NearestPicture().fit(known, ["one", "two"]).predict(asked) == ["one"]


def test_a_baseline_that_was_not_fitted_says_so() -> None:
    with pytest.raises(UsageError, match="call fit first"):
        MostFrequentCaption().predict(1)
    with pytest.raises(UsageError, match="call fit first"):
        NearestPicture().predict(np.zeros((1, 2)))
