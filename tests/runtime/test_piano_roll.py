"""The model of piano rolls without torch: the network that was trained, whole or frame by frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remy import runtime
from remy.errors import DataError, ModelFileError, ShapeError, UsageError
from remy.io import model_file
from remy.io.model_file import ModelFile
from remy.models import PianoRollNetwork
from remy.runtime.roll_scoring import frame_nats
from tests.data.test_piano_roll import random_roll
from tests.models.test_piano_roll import CELLS, architecture, network
from tests.tolerances import assert_close


def made(seed: int = 0, **changes: Any) -> ModelFile:
    settings = architecture(**changes)
    tensors = network(seed, **changes).to_tensors()
    tokenizer = {"kind": "piano_roll", "lowest": 21, "step": 0.5}
    return ModelFile("piano_roll", settings, tensors, tokenizer=tokenizer)


def torch_scores(model: ModelFile, roll: np.ndarray) -> np.ndarray:
    """Scores (T, 88) of the network that was trained."""
    trained = PianoRollNetwork(model.architecture)
    trained.from_tensors(model.tensors)
    with torch.no_grad():
        x = torch.from_numpy(roll.astype(np.float32))[None]
        return trained.eval()(x, torch.tensor([len(roll)]))[0].numpy()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("changes", [{}, {"layers": 1, "units": 33}, {"reset_after": False}])
def test_scores_are_those_of_the_network_that_was_trained(cell: str, changes: dict[str, Any]) -> None:
    model = made(cell=cell, **changes)
    pieces = [random_roll(frames, frames) for frames in (3, 63, 1, 17)]
    found = runtime.PianoRoll(model).logits(pieces)
    for roll, scores in zip(pieces, found, strict=True):
        assert scores.shape == (len(roll) + 1, 88)
        assert_close(scores[:-1], torch_scores(model, roll), dtype=np.float32, steps=64)
        longer = np.concatenate([roll, np.zeros((1, 88), np.uint8)])
        assert_close(scores[-1], torch_scores(model, longer)[-1], dtype=np.float32, steps=64)


@pytest.mark.parametrize("cell", CELLS)
def test_a_piece_read_frame_by_frame_gives_the_scores_of_the_whole(cell: str) -> None:
    model, roll = runtime.PianoRoll(made(cell=cell)), random_roll(40)
    [whole] = model.logits([roll])
    live = model.stream()
    assert live.frames == 0
    assert_close(live.logits, whole[0], dtype=np.float32, steps=1)
    for number, frame in enumerate(roll, 1):
        chances = live.step(frame)
        assert live.frames == number
        assert_close(live.logits, whole[number], dtype=np.float32, steps=64)
        np.testing.assert_allclose(chances, 1 / (1 + np.exp(-live.logits.astype(np.float64))), rtol=1e-6)
    live.restart()
    assert live.frames == 0
    assert_close(live.logits, whole[0], dtype=np.float32, steps=1)


def test_no_answer_depends_on_its_own_frame_or_a_later_one() -> None:
    model, roll = runtime.PianoRoll(made()), random_roll(20)
    other = roll.copy()
    other[11:] ^= 1
    [first], [second] = model.logits([roll]), model.logits([other])
    assert np.array_equal(first[:12], second[:12])
    assert not np.allclose(first[12], second[12])


def test_pieces_do_not_meet_and_keep_their_order() -> None:
    model = runtime.PianoRoll(made())
    pieces = [random_roll(frames, frames) for frames in np.random.default_rng(0).integers(1, 60, 70)]
    together = model.probabilities(pieces)
    for roll, chances in zip(pieces, together, strict=True):
        np.testing.assert_allclose(chances, model.probabilities([roll])[0], atol=1e-6)
    assert model.logits([]) == []


def test_the_score_counts_frames_2_to_t_and_beside_it_all_frames() -> None:
    model = made()
    pieces = [random_roll(frames, frames) for frames in (3, 30, 1, 7)]
    nats = []
    for roll in pieces:
        chances = 1 / (1 + np.exp(-torch_scores(model, roll).astype(np.float64)))
        nats.append(-np.log(np.where(roll == 1, chances, 1 - chances)).sum(axis=1))
    found = runtime.PianoRoll(model).score(pieces)
    assert found.frames == 2 + 29 + 0 + 6
    assert found.nats_per_frame == pytest.approx(np.concatenate([one[1:] for one in nats]).mean(), rel=1e-5)
    assert found.nats_per_frame_from_start == pytest.approx(np.concatenate(nats).mean(), rel=1e-5)


def test_a_sure_and_wrong_model_is_scored_without_infinities() -> None:
    nats = frame_nats(np.array([[1, 0]]), np.array([[-500.0, 500.0]], np.float32))
    np.testing.assert_allclose(nats, [1000.0])


def test_nothing_to_score_is_refused() -> None:
    model = runtime.PianoRoll(made())
    for pieces in ([], [random_roll(1)]):
        with pytest.raises(DataError, match="at least 2 frames"):
            model.score(pieces)


def test_the_same_seed_composes_the_same_piece_and_another_one_another() -> None:
    model = runtime.PianoRoll(made())
    first, again, other = (model.compose(length=12, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (12, 88)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("cell", CELLS)
def test_at_temperature_0_every_frame_has_the_keys_likelier_than_not(cell: str) -> None:
    model, beginning = runtime.PianoRoll(made(cell=cell)), random_roll(6)
    piece = model.continued(beginning, 9, temperature=0.0)
    assert np.array_equal(piece[:6], beginning)
    assert np.array_equal(piece[6:], model.compose(beginning, 9, temperature=0.0, seed=5))
    [chances] = model.probabilities([piece])
    assert np.array_equal(piece[6:], chances[6:15] > 0.5)


def test_a_piece_that_is_composed_is_drawn_frame_by_frame_from_what_is_there() -> None:
    model = runtime.PianoRoll(made())
    piece = model.compose(length=200, seed=3)
    [chances] = model.probabilities([piece])
    # By the model's own reckoning its draws are as surprising as they should be.
    nats = -np.log(np.where(piece, chances[:-1], 1 - chances[:-1])).sum()
    entropy = -(chances[:-1] * np.log(chances[:-1]) + (1 - chances[:-1]) * np.log(1 - chances[:-1]))
    assert nats == pytest.approx(entropy.sum(), rel=0.03)
    assert piece.mean() == pytest.approx(chances[:-1].mean(), abs=0.02)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": -1}, "length: expected at least 0, got -1"),
        ({"temperature": -1.0}, "temperature: expected"),
        ({"seed": -1}, "seed: expected at least 0, got -1"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        runtime.PianoRoll(made()).compose(**options)


def test_what_is_no_roll_is_refused() -> None:
    model = runtime.PianoRoll(made())
    with pytest.raises(ShapeError, match=r"expected shape \(T, 88\) for piece 1, got \(4, 87\)"):
        model.logits([random_roll(3), np.zeros((4, 87))])
    with pytest.raises(DataError, match="expected 0 or 1 for every key of piece 0"):
        model.logits([np.full((4, 88), 0.5)])
    with pytest.raises(DataError, match="expected 0 or 1"):
        model.stream().step(np.full(88, np.nan))
    with pytest.raises(ShapeError, match=r"expected a frame of shape \(88,\), got \(1, 88\)"):
        model.stream().step(np.zeros((1, 88)))


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (None, "expected the 88 keys from 21 on, got 88 from None on"),
        ({"kind": "piano_roll", "lowest": 20, "step": 1.0}, "got 88 from 20 on"),
        ({"kind": "piano_roll", "lowest": 21}, "length of a frame in quarter notes, got None"),
        ({"kind": "piano_roll", "lowest": 21, "step": 0}, "got 0"),
    ],
)
def test_a_file_with_other_keys_or_without_a_grid_is_refused(
    tokenizer: dict[str, Any] | None, message: str
) -> None:
    with pytest.raises(ModelFileError, match=message):
        runtime.PianoRoll(replace(made(), tokenizer=tokenizer))


def test_a_file_with_fewer_keys_is_refused() -> None:
    settings = architecture(keys=40)
    tensors = PianoRollNetwork(settings).to_tensors()
    model = ModelFile("piano_roll", settings, tensors, tokenizer=made().tokenizer)
    with pytest.raises(ModelFileError, match="expected the 88 keys from 21 on, got 40"):
        runtime.PianoRoll(model)


def test_the_golden_example_is_replayed_and_a_changed_weight_is_found(tmp_path: Path) -> None:
    model = made()
    model = replace(model, golden=runtime.PianoRoll(model).golden(random_roll(50)))
    model_file.write(tmp_path / "m.safetensors", model)
    loaded = runtime.load_as(tmp_path / "m.safetensors", runtime.PianoRoll)
    assert loaded.verify() == 0.0
    assert loaded.info()["step"] == 0.5
    kernel = model.tensors["rnn_0/recurrent_kernel"].copy()
    kernel[:, 0] += 0.1
    changed = replace(model, tensors={**model.tensors, "rnn_0/recurrent_kernel": kernel})
    with pytest.raises(ModelFileError, match="verify: the model gives its golden example the score"):
        runtime.PianoRoll(changed).verify()
