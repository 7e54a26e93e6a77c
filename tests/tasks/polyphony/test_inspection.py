"""Trained models of piano rolls can be traced."""

from pathlib import Path

import numpy as np
import pytest

from remy.data.piano_roll import KEY_NAMES
from remy.errors import DataError, ShapeError, UsageError
from remy.inspect import trace
from remy.tasks import PianoRoll
from tests.tasks.polyphony import toy
from tests.tasks.traced import checked_trace, loss_of, refuses

PIECE = toy.piece(12, 3)


@pytest.fixture(scope="module")
def model() -> PianoRoll:
    small = PianoRoll(units=16, layers=2, epochs=3, lr=0.02, threads=1)
    return small.fit(toy.pieces(10))


def test_a_model_agrees_with_its_runtime_the_reference_and_finite_differences(model: PianoRoll) -> None:
    found = checked_trace(model, PIECE, "next")
    assert [layer.name for layer in found.layers] == ["rnn_0", "rnn_1"]
    assert found.outputs == KEY_NAMES
    assert found.probabilities is not None
    np.testing.assert_allclose(found.probabilities[0], model.predict_proba([PIECE])[0][:-1], atol=1e-5)


def test_the_next_frames_cost_what_the_runtime_says(model: PianoRoll) -> None:
    score = model._need("score").score([PIECE])
    assert loss_of(model, PIECE, "next") == pytest.approx(score.nats_per_frame_from_start, rel=1e-4)
    assert loss_of(model, PIECE, PIECE) == loss_of(model, PIECE, "next")
    assert loss_of(model, PIECE, 1 - PIECE) > 2 * loss_of(model, PIECE, "next")


def test_each_step_reads_the_keys_of_the_frame_before(model: PianoRoll) -> None:
    piece = PIECE[:4].copy()
    piece[1] = 0
    found = trace(model, piece)
    chord = " ".join(KEY_NAMES[key] for key in np.flatnonzero(piece[0]))
    assert found.items_of(found.layers[1])[:3] == ("<start>", chord, "rest")
    assert len(found.items[""]) == found.layers[0].h.shape[1] == 4


def test_a_file_is_traced_as_the_piece_it_holds(model: PianoRoll, tmp_path: Path) -> None:
    path = toy.write(tmp_path, count=1)
    assert np.array_equal(trace(model, path, "next").scores, trace(model, toy.piece(8, 0)).scores)
    refuses(
        model, str(toy.write(tmp_path, "two.npz", count=2)), None, UsageError, "expected one piece .* got 2"
    )


def test_what_cannot_be_traced_is_refused_in_a_sentence(model: PianoRoll) -> None:
    refuses(model, np.zeros((0, 88)), None, DataError, "at least one frame, got an empty one")
    refuses(
        model, np.zeros((4, 80)), None, ShapeError, r"x as a piano roll of shape \(T, 88\), got \(4, 80\)"
    )
    refuses(model, None, None, ShapeError, r"x as a piano roll of shape \(T, 88\), got NoneType")
    refuses(model, np.full((4, 88), 0.5), None, DataError, "0 or 1 for every key of x")
    refuses(model, PIECE, PIECE[1:], ShapeError, "a target of 12 frames, .* got 11; 'next' takes those of x")
    refuses(model, PIECE, "last", DataError, "the target 'next' or a piano roll, got 'last'")
