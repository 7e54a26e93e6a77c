"""Trained taggers can be traced."""

from typing import Any

import numpy as np
import pytest

from remy.errors import DataError, ShapeError
from remy.inspect import trace
from remy.runtime import PIECE
from remy.tasks import Tagger
from tests.tasks.tagging import toy
from tests.tasks.traced import checked_trace, loss_of, refuses

WORDS = ["the", "fish", "walks", "quickly"]
TAGS = ["DET", "NOUN", "VERB", "ADV"]
LIVING = ["Anna", "lives", "in", "New", "York"]
SPANS = ["B-PER", "O", "O", "B-LOC", "I-LOC"]


def made(**named: Any) -> Tagger:
    return Tagger(**named, options={**toy.SMALL, "train.epochs": 2})


@pytest.fixture(scope="module")
def plain() -> Tagger:
    return made().fit(toy.words(60))


@pytest.fixture(scope="module")
def with_crf() -> Tagger:
    return made(output="crf").fit(toy.spans(60))


def test_a_tagger_agrees_with_its_runtime_the_reference_and_finite_differences(plain: Tagger) -> None:
    found = checked_trace(plain, WORDS, TAGS)
    assert found.outputs == plain.labels
    assert found.probabilities is not None
    np.testing.assert_allclose(found.probabilities[0], plain.predict_proba([WORDS])[0], atol=1e-5)
    right = [plain.labels.index(tag) for tag in TAGS]
    nats = -np.log(plain.predict_proba([WORDS])[0][range(4), right])
    assert found.loss == pytest.approx(nats.mean(), rel=1e-4)
    assert trace(plain, WORDS, TAGS, at=1).loss == pytest.approx(nats[1], rel=1e-4)
    assert loss_of(plain, WORDS, TAGS[::-1]) > found.loss


def test_words_are_what_the_layers_of_words_read_and_characters_are_counted(plain: Tagger) -> None:
    found = trace(plain, ["a", "fish", "a", "quickly"])
    by_name = {layer.name: layer for layer in found.layers}
    assert set(by_name) == {"characters_rnn_0", "rnn_0"}
    assert found.items_of(by_name["rnn_0"]) == ("a", "fish", "a", "quickly")
    assert by_name["characters_rnn_0"].h.shape[:2] == (3, len("quickly"))
    assert by_name["characters_rnn_0"].valid.sum(axis=1).tolist() == [7, 4, 1]
    assert found.items_of(by_name["characters_rnn_0"]) == ("0", "1", "2", "3", "4", "5", "6")


def test_a_crf_has_the_likelihood_of_the_whole_path_as_its_loss(with_crf: Tagger) -> None:
    found = checked_trace(with_crf, LIVING, SPANS)
    assert found.probabilities is None
    assert found.outputs == with_crf.labels
    expected = with_crf._need("loss").mean_loss([LIVING], [SPANS])
    assert expected is not None
    assert found.loss == pytest.approx(expected * len(LIVING), rel=1e-4)
    assert loss_of(with_crf, LIVING, ["O"] * 5) > found.loss


def test_a_live_tagger_reads_any_length_and_others_one_piece(plain: Tagger) -> None:
    live = made(live=True).fit(toy.words(30))
    checked_trace(live, WORDS, TAGS)
    long = WORDS * (PIECE // 4) + ["fish"]
    assert trace(live, long).residuals.forward < 1e-5
    refuses(plain, long, None, DataError, "pieces of 1,000 words; expected one piece, got 1,001 words")


def test_what_cannot_be_traced_is_refused_in_a_sentence(plain: Tagger, with_crf: Tagger) -> None:
    refuses(plain, "the fish", None, DataError, "x as a list of words, got str; split it first")
    refuses(plain, 7, None, DataError, "x as a list of words, got int")
    refuses(plain, [WORDS], None, DataError, "x as a list of words, got one with")
    refuses(plain, [], None, DataError, "x as a list of words with at least one, got an empty one")
    refuses(plain, WORDS, TAGS[:3], ShapeError, "expected 4 tags as the target, one a word, got 3")
    refuses(plain, WORDS, "DET", DataError, "target as a list of tags, got str")
    refuses(plain, WORDS, ["DET", "NOUN", "VERBS", "ADV"], DataError, "did you mean 'VERB'")
    refuses(
        with_crf, LIVING, ["O", "I-LOC", *SPANS[2:]], DataError, "does not allow the tag 'I-LOC' of word 2"
    )
