"""The answer of the most similar example."""

from __future__ import annotations

import pytest

from remy.baselines import NearestNeighbour
from remy.errors import UsageError


def test_a_known_text_is_answered_as_it_was() -> None:
    texts = [f"{a} {b}" for a in ("red", "blue", "small") for b in ("house", "dog", "moon")]
    model = NearestNeighbour().fit(texts, [text.upper() for text in texts])
    assert model.predict(texts[::-1]) == [text.upper() for text in texts[::-1]]
    assert model.predict(["the blue doggy"]) == ["BLUE DOG"]
    assert model.predict([]) == []


def test_of_equal_ones_the_first_answers() -> None:
    assert NearestNeighbour().fit(["ab", "ab"], ["1", "2"]).predict(["ab", "zz"]) == ["1", "1"]


def test_it_has_to_learn_first() -> None:
    with pytest.raises(UsageError, match="nothing was learned yet"):
        NearestNeighbour().predict(["a"])
