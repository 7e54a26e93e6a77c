"""The estimator: three lines of Python from sentences to tags."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from remy import runtime
from remy.errors import DataError, ShapeError, UsageError
from remy.tasks.tagging import Tagger
from tests.tasks.tagging import toy


def made(**named: Any) -> Tagger:
    return Tagger(**named, options=toy.SMALL)


def test_it_learns_from_lists_and_from_a_file_alike(tmp_path: Path) -> None:
    words, tags = toy.words()
    path = tmp_path / "train.conllu"
    path.write_text(toy.conllu((words, tags)), encoding="utf-8")
    one, other = made().fit((words, tags)), made().fit(path)
    assert one.predict(words[:9]) == tags[:9]
    new = toy.words(20, seed=7)
    assert one.evaluate(new)["accuracy"] > 0.95
    assert one.predict(new[0]) == other.predict(new[0])
    assert other.evaluate(path)["accuracy"] > 0.95
    assert one.metrics["baseline"]["name"] == "most frequent tag of each word"
    chances = one.predict_proba(words[:1])[0]
    assert chances.shape == (len(words[0]), len(one.labels))
    assert [one.labels[k] for k in chances.argmax(axis=1)] == tags[0]
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)


@pytest.mark.parametrize("cell", ["lstm", "gru", "simple_rnn"])
def test_every_cell_learns_spans(cell: str) -> None:
    model = made(cell=cell, lr=0.02).fit(toy.spans(150), valid=toy.spans(30, seed=1))
    assert model.evaluate(toy.spans(30, seed=2))["span_f1"] > 0.9


def test_it_says_which_words_its_vocabulary_has() -> None:
    model = made().fit(toy.words(40))
    assert model.knows(["the", "The", "flounder"]) == [True, True, False]
    with pytest.raises(UsageError, match="knows: the model has learned nothing yet"):
        made().knows(["the"])


def test_a_live_tagger_tags_word_by_word() -> None:
    model = made(live=True).fit(toy.words())
    words = toy.words(1, seed=3)[0][0]
    given = iter(words)
    answers = model.predict_live(given)
    assert next(answers) == model.predict([words])[0][0]
    assert list(given) == words[1:]
    assert list(model.predict_live(words)) == model.predict([words])[0]
    with pytest.raises(UsageError, match="reads whole sentences"):
        made().fit(toy.words(20)).predict_live(words)


def test_it_is_saved_as_a_model_file(tmp_path: Path) -> None:
    model = made().fit(toy.words(40), out=tmp_path / "run")
    model.save(tmp_path / "model.safetensors")
    loaded = runtime.load_as(tmp_path / "model.safetensors", runtime.Tagger)
    words = toy.words(10, seed=1)[0]
    assert loaded.tag(words) == model.predict(words)
    assert runtime.load_as(tmp_path / "run", runtime.Tagger).tag(words) == model.predict(words)
    with pytest.raises(UsageError, match="this run exists"):
        made().fit(toy.words(40), out=tmp_path / "run")


def test_the_same_seed_makes_the_same_tagger() -> None:
    one, other = made(seed=3).fit(toy.words(30)), made(seed=3).fit(toy.words(30))
    third = made(seed=4).fit(toy.words(30))
    words = toy.words(5, seed=1)[0]
    for a, b, c in zip(*(m.predict_proba(words) for m in (one, other, third)), strict=True):
        assert a.tobytes() == b.tobytes() != c.tobytes()


def test_what_cannot_be_used_is_said_in_a_sentence() -> None:
    with pytest.raises(
        UsageError, match=r"Tagger\.predict: the model has learned nothing yet; call fit first"
    ):
        Tagger().predict([["a"]])
    with pytest.raises(UsageError, match="Tagger: cell: expected one of simple_rnn, lstm, gru"):
        Tagger(cell="ltsm")
    with pytest.raises(UsageError, match="live answers at every word"):
        Tagger(live=True, output="crf")
    with pytest.raises(UsageError, match=r"unknown key 'model\.unit'"):
        Tagger(options={"model.unit": 3})
    with pytest.raises(ShapeError, match="expected the tags of 2 sentences, got 1"):
        Tagger().fit(([["a"], ["b"]], [["X"]]))
    with pytest.raises(DataError, match="no such file"):
        Tagger().fit("nowhere.conllu")
