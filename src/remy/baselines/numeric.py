"""The baseline for classes of numeric sequences: a linear model of four statistics a channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.baselines.logistic import LabelLogistic
from remy.errors import DataError, ShapeError, UsageError


class StatisticsLogistic:
    """Logistic regression on each channel's mean, standard deviation, first and last value.

    The order of the steps between first and last is lost, so what a network gains on it is what it learned
    from order. The features are scaled to mean 0 and deviation 1 over the training data.

    Parameters
    ----------
    C
        Weight of the data against the L2 penalty, above 0.

    Raises
    ------
    UsageError
        If C is not above 0.

    Examples
    --------
    >>> rising, falling = [[0.0], [1.0], [2.0]], [[2.0], [1.0], [0.0]]
    >>> model = StatisticsLogistic().fit([rising, falling], ["up", "down"])
    >>> model.predict([[[0.0], [5.0]]])
    ['up']
    """

    def __init__(self, *, C: float = 1.0) -> None:
        self._model = LabelLogistic(C=C, asker="StatisticsLogistic")
        self._mean: NDArray[np.float64] | None = None
        self._deviation: NDArray[np.float64] = np.ones(0)

    @property
    def labels(self) -> tuple[Any, ...]:
        """The K labels of the training data, sorted."""
        return self._model.labels

    def fit(self, sequences: Sequence[ArrayLike], labels: Sequence[Any] | NDArray[Any]) -> StatisticsLogistic:
        """Learn from N sequences (T, I), each with its own number of steps T, and their labels.

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        ShapeError
            If there are not as many labels as sequences, or the sequences differ in channels I.
        DataError
            If a sequence has no steps, a number is not finite, or there are fewer than two different labels.
        """
        if len(sequences) != len(labels):
            raise ShapeError(
                f"StatisticsLogistic: expected as many labels as sequences ({len(sequences)}), "
                f"got {len(labels)}."
            )
        table = _statistics(sequences, channels=None)
        self._mean = table.mean(axis=0)
        deviation = table.std(axis=0)
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        self._model.fit((table - self._mean) / self._deviation, labels)
        return self

    def predict(self, sequences: Sequence[ArrayLike]) -> list[Any]:
        """Return the likeliest label of each sequence."""
        return self._model.predict(self._features(sequences))

    def probabilities(self, sequences: Sequence[ArrayLike]) -> NDArray[np.float64]:
        """Return the probability of each of :attr:`labels` for each sequence, (N, K)."""
        return self._model.probabilities(self._features(sequences))

    def _features(self, sequences: Sequence[ArrayLike]) -> NDArray[np.float64]:
        if self._mean is None:
            raise UsageError("StatisticsLogistic: call fit first.")
        table = _statistics(sequences, channels=self._mean.size // 4)
        return np.asarray((table - self._mean) / self._deviation)


def _statistics(sequences: Sequence[ArrayLike], *, channels: int | None) -> NDArray[np.float64]:
    """Return mean, deviation, first and last of each channel: (N, 4 I)."""
    if not len(sequences):
        raise DataError("StatisticsLogistic: expected at least one sequence, got none.")
    rows = []
    for number, sequence in enumerate(sequences):
        values = np.asarray(sequence, np.float64)
        if channels is None and values.ndim == 2:
            channels = values.shape[1]
        if values.ndim != 2 or values.shape[1] != channels:
            raise ShapeError(
                f"StatisticsLogistic: expected sequence {number} of shape (T, I) with I = {channels or '?'} "
                f"channels, got {values.shape}."
            )
        if not len(values):
            raise DataError(f"StatisticsLogistic: sequence {number} has no steps; leave it out.")
        if not np.isfinite(values).all():
            raise DataError(f"StatisticsLogistic: sequence {number} has numbers that are not finite.")
        rows.append(np.concatenate([values.mean(axis=0), values.std(axis=0), values[0], values[-1]]))
    return np.stack(rows)
