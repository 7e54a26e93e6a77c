"""The baselines of a piano roll, against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest

from remy.baselines import KeyFrequency, KeyPersistence
from remy.errors import DataError, UsageError

ROLLS = [np.array(rows, np.uint8) for rows in ([[1, 0], [1, 1], [0, 1], [1, 0]], [[0, 0], [1, 0]], [[1, 1]])]


def test_frequencies_are_counted_over_all_frames() -> None:
    model = KeyFrequency().fit(ROLLS)
    np.testing.assert_allclose(model.frequencies, [(5 + 1) / (7 + 2), (3 + 1) / (7 + 2)])
    found = model.probabilities(np.zeros((3, 2), np.uint8))
    np.testing.assert_allclose(found, np.tile(model.frequencies, (3, 1)))


def test_persistence_is_counted_over_pairs_within_pieces() -> None:
    found = KeyPersistence().fit(ROLLS).probabilities(np.array([[1, 0], [0, 1], [0, 0]], np.uint8))
    # The first key is on 2 of 2 times after silence and 1 of 2 after itself, the second 1 of 2 after both.
    off = [(2 + 1) / (2 + 2), (1 + 1) / (2 + 2)]
    on = [(1 + 1) / (2 + 2), (1 + 1) / (2 + 2)]
    np.testing.assert_allclose(found, [off, [on[0], off[1]], [off[0], on[1]]])


def test_persistence_tells_held_keys_from_struck_ones() -> None:
    held = [np.repeat(np.eye(4, dtype=np.uint8), 5, axis=0)] * 3
    found = KeyPersistence().fit(held).probabilities(held[0])
    assert (found[1, 0], found[0, 0], found[5, 1]) == pytest.approx((13 / 17, 1 / 44, 4 / 44))


@pytest.mark.parametrize("kind", [KeyFrequency, KeyPersistence])
def test_no_answer_depends_on_its_own_frame_or_a_later_one(
    kind: type[KeyFrequency] | type[KeyPersistence],
) -> None:
    random = np.random.default_rng(0)
    roll = (random.random((9, 6)) < 0.5).astype(np.uint8)
    model = kind().fit([roll])
    other = roll.copy()
    other[5:] ^= 1
    assert np.array_equal(model.probabilities(roll)[:6], model.probabilities(other)[:6])


def test_nothing_is_impossible() -> None:
    for model in (KeyFrequency().fit(ROLLS), KeyPersistence().fit(ROLLS)):
        found = model.probabilities(np.ones((5, 2), np.uint8))
        assert ((found > 0) & (found < 1)).all()


def test_too_little_data_and_too_early_a_question_are_refused() -> None:
    with pytest.raises(DataError, match=r"KeyFrequency\.fit: expected at least one frame"):
        KeyFrequency().fit([])
    with pytest.raises(DataError, match=r"KeyPersistence\.fit: expected at least two frames in a row"):
        KeyPersistence().fit([np.ones((1, 2), np.uint8)])
    for model in (KeyFrequency(), KeyPersistence()):
        with pytest.raises(UsageError, match="call fit first"):
            model.probabilities(np.ones((1, 2), np.uint8))
