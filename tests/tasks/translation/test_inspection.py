"""Trained translators can be traced."""

from typing import Any

import numpy as np
import pytest

from remy.errors import DataError
from remy.inspect import trace
from remy.tasks import Translator
from tests.tasks.traced import checked_trace, loss_of, refuses
from tests.tasks.translation import toy

SOURCE, TARGET = "the dog sees the red house.", "el perro ve la casa roja."


def made(**changes: Any) -> Translator:
    return Translator(options={**toy.SMALL, "train.epochs": 2, **changes}).fit(toy.pairs(120))


@pytest.fixture(scope="module")
def plain() -> Translator:
    return made(**{"model.layers": 2})


def test_a_translator_agrees_with_its_runtime_the_reference_and_finite_differences(plain: Translator) -> None:
    found = checked_trace(plain, SOURCE, TARGET)
    assert {layer.name for layer in found.layers} == {
        f"{part}_rnn_{layer}" for part in ("encoder", "decoder") for layer in range(2)
    }
    judged = plain._need("judge").log_probabilities([SOURCE], [TARGET])[0]
    assert found.loss == pytest.approx(-judged.mean(), rel=1e-4)
    assert found.scores.shape[1] == len(judged)
    assert trace(plain, SOURCE, TARGET, at=1).loss == pytest.approx(-judged[1], rel=1e-4)
    assert loss_of(plain, SOURCE, "la luna vieja") != pytest.approx(found.loss, rel=1e-2)


def test_layers_read_the_source_and_what_was_written_before(plain: Translator) -> None:
    found = trace(plain, SOURCE, TARGET)
    encoder, decoder = found.layer("encoder_rnn_1"), found.layer("decoder_rnn_1")
    assert found.items_of(encoder) == ("▁the", "▁dog", "▁sees", "▁the", "▁red", "▁house", ".", "</s>")
    assert found.items_of(decoder) == ("<start>", "▁el", "▁perro", "▁ve", "▁la", "▁casa", "▁roja", ".")
    assert found.outputs is not None
    assert found.outputs[0] == "</s>"
    assert "<unk>" not in found.outputs
    assert "<s>" not in found.outputs


def test_without_a_target_it_reads_what_it_writes_itself(plain: Translator) -> None:
    [[best]] = plain.translate([SOURCE])
    found = trace(plain, SOURCE)
    assert found.items_of(found.layer("decoder_rnn_0")) == ("<start>", *best.pieces)
    assert found.probabilities is not None
    assert found.outputs is not None
    places = [found.outputs.index(piece) for piece in (*best.pieces, "</s>")]
    chances = found.probabilities[0, range(len(places)), places]
    assert best.ended
    assert np.log(chances).sum() == pytest.approx(best.log_probability, rel=1e-4)


def test_unknown_pieces_of_a_target_are_read_and_cost_nothing(plain: Translator) -> None:
    found = trace(plain, SOURCE, "el zorro ve")
    judged = plain._need("judge").log_probabilities([SOURCE], ["el zorro ve"])[0]
    assert np.isneginf(judged).tolist() == [False, True, False, False]
    assert found.items_of(found.layer("decoder_rnn_0")) == ("<start>", "▁el", "<unk>", "▁ve")
    assert found.loss == pytest.approx(-judged[np.isfinite(judged)].mean(), rel=1e-4)


@pytest.mark.parametrize(
    "changes",
    [
        {"model.cell": "gru", "model.attention": "multiplicative", "model.input_feeding": True},
        {"model.cell": "simple_rnn", "model.attention": "none", "model.tied": False},
    ],
)
def test_other_decoders_are_traced_too(changes: dict[str, Any]) -> None:
    found = checked_trace(made(**changes), SOURCE, TARGET)
    assert found.layer("decoder_rnn_0").h.shape[1] == found.scores.shape[1] == 8


def test_what_cannot_be_traced_is_refused_in_a_sentence(plain: Translator) -> None:
    refuses(plain, "", None, DataError, "x as a text with at least one character")
    refuses(plain, " ", None, DataError, "at least one piece, got white space")
    refuses(plain, [SOURCE], None, DataError, "expected x as a text, got list")
    refuses(plain, SOURCE, "", DataError, "target as a text with at least one character")
    refuses(plain, SOURCE, 5, DataError, "expected target as a text, got int")
