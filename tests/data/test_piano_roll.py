"""Rolls from notes and back, and what is no roll."""

from __future__ import annotations

import numpy as np
import pytest

from remy.data.midi import Note
from remy.data.piano_roll import KEY_NAMES, KEYS, LOWEST, MOST_FRAMES, checked_roll, notes_of, roll_of
from remy.errors import DataError


def random_roll(frames: int, seed: int = 0) -> np.ndarray:
    roll = (np.random.default_rng(seed).random((frames, KEYS)) < 0.2).astype(np.uint8)
    roll[0, 0] = roll[-1, 87] = 1
    return roll


@pytest.mark.parametrize("frames", [1, 2, 63])
def test_a_roll_becomes_the_same_roll_again(frames: int) -> None:
    roll = random_roll(frames)
    assert np.array_equal(roll_of(notes_of(roll)), roll)


def test_the_middle_c_has_the_column_of_its_name() -> None:
    roll = roll_of([Note(0, 60, 1)])
    assert np.flatnonzero(roll[0]).tolist() == [60 - LOWEST]
    assert KEY_NAMES[60 - LOWEST] == "C4"
    assert (KEY_NAMES[0], KEY_NAMES[-1], len(KEY_NAMES)) == ("A0", "C8", 88)
    assert notes_of(roll) == [Note(0, 60, 1)]


def test_a_key_that_sounds_on_is_one_note_and_one_that_comes_again_another() -> None:
    roll = np.zeros((6, KEYS), np.uint8)
    roll[[0, 1, 2, 4], 10] = 1
    roll[2:6, 11] = 1
    assert notes_of(roll) == [Note(0, 31, 3), Note(2, 32, 4), Note(4, 31, 1)]


def test_silence_before_the_first_note_and_keys_no_piano_has_are_left_out() -> None:
    roll = roll_of([Note(7, 60, 2), Note(3, 20, 40), Note(9, 109, 1), Note(8, 64, 3)])
    assert roll.shape == (4, KEYS)
    assert np.argwhere(roll).tolist() == [[0, 39], [1, 39], [1, 43], [2, 43], [3, 43]]


def test_nothing_on_the_piano_and_a_piece_without_end_are_refused() -> None:
    with pytest.raises(DataError, match="no note between A0 and C8"):
        roll_of([Note(0, 5, 1)])
    with pytest.raises(DataError, match=r"has 262,145 frames, more than 262,144"):
        roll_of([Note(0, 60, 1), Note(MOST_FRAMES, 60, 1)])


@pytest.mark.parametrize("dtype", [np.uint8, np.float64, np.int64, bool])
def test_numbers_and_truth_values_of_any_kind_are_taken(dtype: type) -> None:
    roll = random_roll(5)
    found = checked_roll(roll.astype(dtype), "piece")
    assert found.dtype == np.uint8
    assert np.array_equal(found, roll)


def with_value(value: float) -> np.ndarray:
    roll = np.zeros((4, KEYS))
    roll[2, 39] = value
    return roll


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((4, 87)), r"expected a piano roll of shape \(T, 88\), .*, got \(4, 87\)\.$"),
        (np.zeros((4, 128)), r"got \(4, 128\)"),
        (np.zeros((2, 4, 88)), r"got \(2, 4, 88\)"),
        (np.zeros((1, 88)), r"expected at least 2 frames, .*, got 1\.$"),
        (np.zeros((0, 88)), r"got 0\.$"),
        (np.full((4, 88), "x"), r"of numbers, got an array of <U1"),
        (with_value(np.nan), r"expected 0 or 1 for every key, got nan in frame 3, column 40 \(C4\)\.$"),
        (with_value(2), r"got 2.0 in frame 3"),
        (with_value(0.5), r"got 0.5 in frame 3"),
        (with_value(-1), r"got -1.0 in frame 3"),
    ],
)
def test_what_is_no_roll_is_refused_in_one_sentence(values: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        checked_roll(values, "piece 7")
    assert str(caught.value).startswith("piece 7: ")
    assert "\n" not in str(caught.value)
