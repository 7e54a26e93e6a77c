"""Logistic regression on a table of features: what the baselines for texts and for numbers end in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.baselines.scikit_learn import scikit_learn
from remy.errors import DataError, UsageError


class LabelLogistic:
    """Multinomial logistic regression with an L2 penalty, scikit-learn's, from features to labels.

    It minimises ``½ ||W||² + C Σ_n -log softmax(W x_n + b)[y_n]`` by L-BFGS from zeros, so the same data give
    the same model.

    Parameters
    ----------
    C
        Weight of the data against the penalty, above 0.
    asker
        The baseline's name, for messages.

    Attributes
    ----------
    labels : tuple
        The K labels of the training data, sorted; empty before :meth:`fit`.

    Raises
    ------
    UsageError
        If C is not above 0.

    Examples
    --------
    >>> model = LabelLogistic(C=1.0, asker="example").fit(np.array([[-1.0], [1.0]]), ["low", "high"])
    >>> model.predict(np.array([[2.0]])), model.labels
    (['high'], ('high', 'low'))
    """

    def __init__(self, *, C: float, asker: str) -> None:
        if not C > 0:
            raise UsageError(f"{asker}: expected C above 0, got {C}.")
        self.C = C
        self.asker = asker
        self.labels: tuple[Any, ...] = ()
        self._model: Any = None

    def fit(self, features: Any, labels: Sequence[Any] | NDArray[Any]) -> LabelLogistic:
        """Learn from features (N, F), dense or sparse, and their N labels.

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        DataError
            If there are fewer than two different labels.
        """
        values = np.asarray(labels).tolist()
        self.labels = tuple(sorted(set(values)))
        if len(self.labels) < 2:
            raise DataError(
                f"{self.asker}: expected at least 2 different labels to tell apart, got {list(self.labels)}; "
                "MajorityClass does with one."
            )
        numbers = {label: number for number, label in enumerate(self.labels)}
        linear = scikit_learn("linear_model", asker=self.asker)
        self._model = linear.LogisticRegression(C=self.C, max_iter=1000)
        self._model.fit(features, [numbers[value] for value in values])
        return self

    def predict(self, features: Any) -> list[Any]:
        """Return the likeliest label of each row of features (N, F)."""
        return [self.labels[number] for number in self._fitted().predict(features)]

    def probabilities(self, features: Any) -> NDArray[np.float64]:
        """Return the probability of each of :attr:`labels` for each row of features: (N, K)."""
        return np.asarray(self._fitted().predict_proba(features), np.float64)

    def _fitted(self) -> Any:
        if self._model is None:
            raise UsageError(f"{self.asker}: call fit first.")
        return self._model
