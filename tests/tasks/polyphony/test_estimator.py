"""The estimator: learning, answering, composing, from Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import remy
from remy.data import read_rolls
from remy.errors import DataError, UsageError
from tests.tasks.polyphony import toy


@pytest.fixture(scope="module")
def model() -> remy.PianoRoll:
    options = {"model.recurrent_dropout": 0.0}
    small = remy.PianoRoll(units=32, epochs=12, lr=0.02, dropout=0.0, threads=1, options=options)
    return small.fit(toy.pieces())


def test_the_next_frame_is_known_after_a_few(model: remy.PianoRoll) -> None:
    roll = toy.piece(20, 3)
    assert np.array_equal(model.predict(roll[:11]) > 0.5, roll[11])
    [chances] = model.predict_proba([roll])
    assert chances.shape == (21, 88)
    np.testing.assert_allclose(chances[11], model.predict(roll[:11]), atol=1e-6)


def test_a_piece_goes_on_as_it_began(model: remy.PianoRoll) -> None:
    roll = toy.piece(20, 1)
    assert np.array_equal(model.compose(roll[:8], 12, temperature=0.0), roll[8:])


def test_a_file_holds_the_beginning_and_what_was_composed(model: remy.PianoRoll, tmp_path: Path) -> None:
    roll = toy.piece(8, 1)
    piece = model.write(tmp_path / "a.mid", roll, 12, seed=1)
    assert piece.shape == (20, 88)
    assert np.array_equal(piece[:8], roll)
    [found] = read_rolls(tmp_path / "a.mid", step=1.0).parts["all"]
    assert np.array_equal(found, piece[: len(found)])
    assert not piece[len(found) :].any()
    with pytest.raises(UsageError, match="exists; give --force"):
        model.write(tmp_path / "a.mid")
    model.write(tmp_path / "a.mid", length=9, seed=2, force=True)


def test_a_saved_model_answers_the_same(model: remy.PianoRoll, tmp_path: Path) -> None:
    model.save(tmp_path / "m.safetensors")
    loaded = remy.load(tmp_path / "m.safetensors")
    assert isinstance(loaded, remy.PianoRoll)
    roll = toy.piece(9, 0)
    assert np.array_equal(loaded.predict(roll), model.predict(roll))
    assert loaded.evaluate(toy.pieces(4)) == model.evaluate(toy.pieces(4))
    assert loaded.metrics == model.metrics


def test_other_pieces_choose_and_score(tmp_path: Path) -> None:
    small = remy.PianoRoll(units=4, epochs=1, threads=1)
    metrics = small.fit(toy.write(tmp_path), valid=toy.pieces(3), test=toy.write_divided(tmp_path)).metrics
    data = metrics["data"]
    assert (data["train_pieces"], data["valid_pieces"], data["test_pieces"]) == (20, 3, 2)
    assert metrics["scored_on"]["name"] == "the test part of parts.npz"


def test_what_was_not_learned_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match=r"PianoRoll\.compose: the model has learned nothing yet"):
        remy.PianoRoll().compose()
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        remy.PianoRoll(colour=3)
    with pytest.raises(DataError, match="expected at least one piece"):
        remy.PianoRoll().fit([])
