"""Numeric sequences on one scale."""

import json

import numpy as np
import pytest

from remy.data.standardizer import Standardizer
from remy.errors import DataError, ModelFileError

RANDOM = np.random.default_rng(0)
SEQUENCES = [RANDOM.normal((5.0, -2.0), (3.0, 0.1), (steps, 2)) for steps in (4, 9, 1)]


def test_all_steps_of_all_sequences_together_have_mean_0_and_deviation_1() -> None:
    standardizer = Standardizer.fit(SEQUENCES)
    steps = np.concatenate(standardizer.encode(SEQUENCES))
    np.testing.assert_allclose(steps.mean(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose(steps.std(axis=0), 1.0, atol=1e-5)
    assert steps.dtype == np.float32


def test_it_comes_back_from_the_model_file_as_it_was() -> None:
    standardizer = Standardizer.fit(SEQUENCES)
    again = Standardizer.from_json(json.loads(json.dumps(standardizer.to_json())))
    for one, other in zip(standardizer.encode(SEQUENCES), again.encode(SEQUENCES), strict=True):
        assert np.array_equal(one, other)


def test_a_constant_feature_is_left_alone() -> None:
    assert Standardizer.fit([np.full((3, 1), 7.0)]).encode([np.array([[9.0]])])[0].tolist() == [[2.0]]


def test_a_row_of_numbers_is_one_feature() -> None:
    standardizer = Standardizer.fit([np.array([[1.0], [3.0]])])
    assert standardizer.encode([[1.0, 3.0, 5.0]], max_length=2)[0].tolist() == [[-1.0], [1.0]]


@pytest.mark.parametrize(
    ("sequence", "message"),
    [
        (np.zeros((3, 5)), r"expected sequences of shape \(T, F\) = \(T, 2\) .* got \(3, 5\) at place 0"),
        (np.zeros((0, 2)), "T at least 1"),
        (np.array([[1.0, 2.0], [np.nan, 1.0]]), "holds NaN or infinity at step 1"),
    ],
)
def test_what_cannot_be_read_is_named(sequence: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Standardizer.fit(SEQUENCES).encode([sequence])


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        {"kind": "x", "mean": [0.0], "scale": [1.0]},
        {"kind": "standardizer", "mean": [0.0], "scale": [0.0]},
    ],
)
def test_a_damaged_record_is_refused(record: object) -> None:
    with pytest.raises(ModelFileError, match="standardizer is not a valid one"):
        Standardizer.from_json(record)
