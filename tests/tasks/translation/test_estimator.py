"""The estimator: three lines of Python from pairs to translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import remy
from remy import Translator
from remy.errors import DataError, ShapeError, UsageError
from tests.tasks.translation import toy


def made(**changes: Any) -> Translator:
    return Translator(options={**toy.SMALL, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"model.cell": "gru", "model.attention": "multiplicative"},
        {"model.input_feeding": True, "model.tied": False},
        {"model.cell": "simple_rnn", "train.lr": 0.01},
        {"train.scheduled_sampling": 0.1},
    ],
)
def test_every_kind_learns_the_grammar(changes: dict[str, Any]) -> None:
    model = made(**{"train.epochs": 14, **changes}).fit(toy.pairs(300), valid=toy.pairs(40, seed=1))
    new = toy.pairs(60, seed=2)
    assert model.evaluate(new)["bleu"] > 40


def test_lists_and_files_give_the_same_and_it_is_saved(tmp_path: Path) -> None:
    sources, targets = toy.pairs(60)
    for name, texts in (("a.en", sources), ("a.es", targets)):
        (tmp_path / name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    quick = {"train.epochs": 2}
    one = made(**quick).fit((sources, targets), out=tmp_path / "run")
    other = made(**quick).fit((tmp_path / "a.en", tmp_path / "a.es"))
    third = made(**quick).fit(f"{tmp_path / 'a.en'},{tmp_path / 'a.es'}")
    texts = toy.pairs(10, seed=5)[0]
    assert one.predict(texts) == other.predict(texts) == third.predict(texts)
    loaded = remy.load(tmp_path / "run")
    assert isinstance(loaded, Translator)
    assert loaded.predict(texts) == one.predict(texts)
    found = loaded.translate(texts[:1], beam=4, n_best=3)[0]
    assert len({each.text for each in found}) == 3
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    np.testing.assert_allclose(found[0].attention.sum(axis=1), 1.0, atol=1e-5)  # type: ignore[union-attr]


def test_without_capitals_it_reads_writes_and_scores_small_letters(tmp_path: Path) -> None:
    sources, targets = toy.pairs(60)
    loud = ([text.upper() for text in sources], [text.title() for text in targets])
    model = made(**{"train.epochs": 2, "data.lowercase": True}).fit(loud)
    assert all(text == text.lower() for text in model.predict(loud[0][:5]))
    assert "case:lc" in model.metrics["model"]["signatures"]["bleu"]
    model.save(tmp_path / "m.safetensors")
    assert "case:lc" in remy.load(tmp_path / "m.safetensors").evaluate(loud)["signatures"]["bleu"]


def test_what_cannot_be_used_is_said_in_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"Translator\.translate: the model has learned nothing yet"):
        Translator().predict(["a"])
    with pytest.raises(UsageError, match="Translator: attention: expected one of none, additive"):
        Translator(attention="additiv")
    with pytest.raises(TypeError, match="unexpected keyword argument 'unit'"):
        Translator(unit=3)
    with pytest.raises(ShapeError, match="expected 2 targets, one a source, got 1"):
        Translator().fit((["a", "b"], ["x"]))
    with pytest.raises(DataError, match="not empty, got ' ' as target 0"):
        Translator().fit((["a"], [" "]))
    with pytest.raises(DataError, match="expected lists of texts"):
        Translator().fit(("abc", ["x", "y", "z"]))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no such file"):
        Translator().fit("nowhere.tsv")
