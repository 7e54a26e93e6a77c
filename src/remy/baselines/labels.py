"""The baseline of every classifier: always the label that was most frequent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, UsageError


class MajorityClass:
    """Predicts the most frequent label of the training data, of equally frequent ones the first when sorted.

    Attributes
    ----------
    labels : tuple
        The K labels of the training data, sorted; empty before :meth:`fit`.

    Examples
    --------
    >>> model = MajorityClass().fit(["spam", "ham", "ham"])
    >>> model.predict(2), model.labels, model.probabilities.round(2)
    (['ham', 'ham'], ('ham', 'spam'), array([0.67, 0.33]))
    """

    def __init__(self) -> None:
        self.labels: tuple[Any, ...] = ()
        self._shares: NDArray[np.float64] = np.zeros(0)

    def fit(self, labels: Sequence[Any] | NDArray[Any]) -> MajorityClass:
        """Count the N labels.

        Raises
        ------
        DataError
            If there are none.
        """
        counts = Counter(np.asarray(labels).tolist())
        if not counts:
            raise DataError("MajorityClass.fit: expected at least one label, got none.")
        self.labels = tuple(sorted(counts))
        self._shares = np.array([counts[label] for label in self.labels]) / counts.total()
        return self

    def predict(self, count: int) -> list[Any]:
        """Return the most frequent label `count` times.

        Raises
        ------
        UsageError
            If the model was not fitted.
        """
        return [self.labels[int(np.argmax(self.probabilities))]] * count

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Share of each of :attr:`labels` in the training data, (K,): the best constant forecast."""
        if not self.labels:
            raise UsageError("MajorityClass: call fit first.")
        return self._shares.copy()
