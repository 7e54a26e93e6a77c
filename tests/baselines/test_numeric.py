"""Four statistics a channel tell numeric sequences apart, whatever their lengths and units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from remy.baselines import StatisticsLogistic
from remy.errors import DataError, ShapeError, UsageError


def wave(kind: str, generator: np.random.Generator) -> NDArray[np.float64]:
    """Two channels of noise; `kind` says which statistic of the second is another."""
    steps = int(generator.integers(3, 12))
    noise = generator.normal(scale=0.1, size=(steps, 2))
    zigzag = np.where(np.arange(steps) % 2, 1.0, -1.0)
    zigzag[[0, -1]] = 0.0
    if kind == "mean":
        noise[1:-1, 1] += 3.0
    elif kind == "deviation":
        noise[:, 1] += 3.0 * (zigzag - zigzag.mean())
    elif kind == "first":
        noise[0, 1] += 3.0
    elif kind == "last":
        noise[-1, 1] += 3.0
    return noise


@pytest.mark.parametrize("kind", ["mean", "deviation", "first", "last"])
def test_each_statistic_tells_classes_apart(kind: str) -> None:
    generator = np.random.default_rng(0)
    labels = ["plain", kind] * 40
    sequences = [wave(label, generator) for label in labels]
    model = StatisticsLogistic().fit(sequences[:40], labels[:40])
    assert model.predict(sequences[40:]) == labels[40:]


def test_the_statistics_are_the_mean_the_deviation_the_first_and_the_last_of_each_channel() -> None:
    from remy.baselines.numeric import _statistics

    table = _statistics([[[1.0, 10.0], [2.0, 10.0], [6.0, 40.0]], [[5.0, 7.0]]], channels=None)
    np.testing.assert_allclose(
        table,
        [
            [3.0, 20.0, np.sqrt(14 / 3), np.sqrt(200), 1.0, 10.0, 6.0, 40.0],
            [5.0, 7.0, 0.0, 0.0, 5.0, 7.0, 5.0, 7.0],
        ],
    )


def test_units_of_a_channel_do_not_matter() -> None:
    generator = np.random.default_rng(1)
    labels = ["plain", "mean"] * 20
    sequences = [wave(label, generator) for label in labels]
    plain = StatisticsLogistic().fit(sequences, labels).probabilities(sequences)
    units = np.array([1e-3, 1e5])
    scaled = [sequence * units + 7.0 for sequence in sequences]
    changed = StatisticsLogistic().fit(scaled, labels).probabilities(scaled)
    np.testing.assert_allclose(changed, plain, rtol=1e-3, atol=1e-6)


def test_a_channel_that_never_changes_does_no_harm() -> None:
    model = StatisticsLogistic().fit([[[0.0, 5.0]], [[1.0, 5.0]]], [0, 1])
    assert model.predict([[[0.1, 5.0]], [[0.9, 5.0]]]) == [0, 1]
    assert model.labels == (0, 1)
    np.testing.assert_allclose(model.probabilities([[[0.5, 5.0]]]), [[0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        ([[[1.0, 2.0]], [[1.0]]], ShapeError, "sequence 1 of shape (T, I) with I = 2 channels, got (1, 1)."),
        ([[1.0], [2.0]], ShapeError, "sequence 0 of shape (T, I) with I = ? channels, got (1,)."),
        ([[[1.0]], np.zeros((0, 1))], DataError, "sequence 1 has no steps; leave it out."),
        ([[[1.0]], [[np.inf]]], DataError, "sequence 1 has numbers that are not finite."),
        ([], DataError, "expected at least one sequence, got none."),
        ([[[1.0]]], ShapeError, "expected as many labels as sequences (1), got 2."),
    ],
)
def test_sequences_that_do_not_fit_are_refused(sequences: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        StatisticsLogistic().fit(
            sequences, ["a", "b"][: len(sequences)] if len(sequences) != 1 else ["a", "b"]
        )
    assert str(caught.value).startswith("StatisticsLogistic: ")
    assert str(caught.value).endswith(message)


def test_new_sequences_must_have_the_channels_of_the_training_data() -> None:
    model = StatisticsLogistic().fit([[[0.0, 5.0]], [[1.0, 5.0]]], [0, 1])
    with pytest.raises(ShapeError, match=r"sequence 0 of shape \(T, I\) with I = 2 channels, got \(1, 3\)"):
        model.predict([[[0.0, 1.0, 2.0]]])
    with pytest.raises(DataError, match="expected at least one sequence, got none"):
        model.predict([])


def test_no_fit_and_an_impossible_penalty_are_refused() -> None:
    with pytest.raises(UsageError, match="StatisticsLogistic: call fit first"):
        StatisticsLogistic().predict([[[0.0]]])
    with pytest.raises(UsageError, match="StatisticsLogistic: expected C above 0, got 0"):
        StatisticsLogistic(C=0)
