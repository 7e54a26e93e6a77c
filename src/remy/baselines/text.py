"""Baselines for texts: TF-IDF of words and word pairs under a linear model.

With n(w, d) how often the word or pair w stands in text d of N, and df(w) the texts that have it::

    x[d, w] = n(w, d) (log((1 + N) / (1 + df(w))) + 1),    each x[d] scaled to length 1

as scikit-learn has it (G. Salton and C. Buckley, "Term-weighting approaches in automatic text retrieval",
Information Processing & Management 24, 1988). Words are
runs of letters, digits and underscores, in lower case. Everything is deterministic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.baselines.logistic import LabelLogistic
from remy.baselines.scikit_learn import scikit_learn
from remy.errors import DataError, ShapeError, UsageError

Texts = Sequence[str]


class TfidfLogistic:
    """Logistic regression on TF-IDF: one label a text.

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
    >>> model = TfidfLogistic().fit(["good fun", "bad", "so good", "so sad, so bad"], ["+", "-", "+", "-"])
    >>> model.predict(["a good one", "how bad"])
    ['+', '-']
    """

    def __init__(self, *, C: float = 1.0) -> None:
        self._words = _Words("TfidfLogistic")
        self._model = LabelLogistic(C=C, asker="TfidfLogistic")

    @property
    def labels(self) -> tuple[Any, ...]:
        """The K labels of the training data, sorted."""
        return self._model.labels

    def fit(self, texts: Texts, labels: Sequence[Any] | NDArray[Any]) -> TfidfLogistic:
        """Learn from N texts and their labels.

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        ShapeError
            If there are not as many labels as texts.
        DataError
            If no text has a word, or there are fewer than two different labels.
        """
        self._model.fit(self._words.fit(texts, len(labels)), labels)
        return self

    def predict(self, texts: Texts) -> list[Any]:
        """Return the likeliest label of each text."""
        return self._model.predict(self._words.features(texts))

    def probabilities(self, texts: Texts) -> NDArray[np.float64]:
        """Return the probability of each of :attr:`labels` for each text, (N, K)."""
        return self._model.probabilities(self._words.features(texts))


class TfidfMultiLabel:
    """One logistic regression a label on TF-IDF, each label against the rest: any number of labels a text.

    A label that every training text has, or none, is predicted for every text, or none.

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
    >>> texts = ["cheap fast", "dear fast", "cheap slow", "dear slow"]
    >>> model = TfidfMultiLabel(C=10).fit(texts, [[1, 1], [0, 1], [1, 0], [0, 0]])
    >>> model.predict(["cheap but slow", "fast, yet not dear: cheap"])
    array([[ True, False],
           [ True,  True]])
    """

    def __init__(self, *, C: float = 1.0) -> None:
        if not C > 0:
            raise UsageError(f"TfidfMultiLabel: expected C above 0, got {C}.")
        self.C = C
        self._words = _Words("TfidfMultiLabel")
        self._models: list[LabelLogistic | bool] = []

    def fit(self, texts: Texts, labels: ArrayLike) -> TfidfMultiLabel:
        """Learn from N texts and which of K labels each has: (N, K) of 0 and 1.

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        ShapeError
            If `labels` is not of that shape.
        DataError
            If no text has a word, or there is something else than 0 and 1.
        """
        table = np.asarray(labels)
        if table.ndim != 2:
            raise ShapeError(f"TfidfMultiLabel: expected labels of shape (N, K), got {table.shape}.")
        if not np.isin(table, (0, 1)).all():
            raise DataError("TfidfMultiLabel: expected labels of only 0 and 1.")
        features = self._words.fit(texts, len(table))
        self._models = [self._model(features, column) for column in table.astype(bool).T]
        return self

    def predict(self, texts: Texts) -> NDArray[np.bool_]:
        """Return which labels each text has, (N, K): those with a probability above one half."""
        return self.probabilities(texts) > 0.5

    def probabilities(self, texts: Texts) -> NDArray[np.float64]:
        """Return the probability of each label for each text, (N, K)."""
        features = self._words.features(texts)
        result = np.empty((len(texts), len(self._models)))
        for number, model in enumerate(self._models):
            result[:, number] = model if isinstance(model, bool) else model.probabilities(features)[:, 1]
        return result

    def _model(self, features: Any, column: NDArray[np.bool_]) -> LabelLogistic | bool:
        if column.all() or not column.any():
            return bool(column[0])
        return LabelLogistic(C=self.C, asker="TfidfMultiLabel").fit(features, column)


class TfidfRidge:
    """Ridge regression on TF-IDF: numbers from a text.

    It minimises ``||y - X w - b||² + alpha ||w||²`` for each number (Hoerl & Kennard 1970).

    Parameters
    ----------
    alpha
        Weight of the penalty, above 0.

    Raises
    ------
    UsageError
        If alpha is not above 0.

    Examples
    --------
    >>> model = TfidfRidge(alpha=0.1).fit(["good", "bad", "good good"], [1.0, -1.0, 1.0])
    >>> model.predict(["good", "bad"]).round(1)
    array([ 1. , -0.9])
    """

    def __init__(self, *, alpha: float = 1.0) -> None:
        if not alpha > 0:
            raise UsageError(f"TfidfRidge: expected alpha above 0, got {alpha}.")
        self.alpha = alpha
        self._words = _Words("TfidfRidge")
        self._model: Any = None

    def fit(self, texts: Texts, values: ArrayLike) -> TfidfRidge:
        """Learn from N texts and their numbers, (N,) or (N, K).

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        ShapeError
            If there are not as many numbers as texts.
        DataError
            If no text has a word, or a number is not finite.
        """
        numbers = np.asarray(values, np.float64)
        if not np.isfinite(numbers).all():
            raise DataError(f"TfidfRidge: {(~np.isfinite(numbers)).sum()} of the numbers are not finite.")
        linear = scikit_learn("linear_model", asker="TfidfRidge")
        features = self._words.fit(texts, len(numbers))
        self._model = linear.Ridge(alpha=self.alpha, tol=1e-8).fit(features, numbers)
        return self

    def predict(self, texts: Texts) -> NDArray[np.float64]:
        """Return the numbers of each text, (N,) or (N, K) as at the fit."""
        features = self._words.features(texts)
        return np.asarray(self._model.predict(features), np.float64)


class _Words:
    """Texts as a sparse table of TF-IDF weights."""

    def __init__(self, asker: str) -> None:
        self.asker = asker
        self._vectorizer: Any = None

    def fit(self, texts: Texts, count: int) -> Any:
        """Count the words and return the texts' features, (N, F); `count` of targets come with them."""
        if len(texts) != count:
            raise ShapeError(f"{self.asker}: expected as many targets as texts ({len(texts)}), got {count}.")
        module = scikit_learn("feature_extraction.text", asker=self.asker)
        # scikit-learn's own pattern drops words of one letter, which some languages are full of.
        vectorizer = module.TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b")
        analyze = vectorizer.build_analyzer()
        if not any(analyze(text) for text in texts):
            raise DataError(f"{self.asker}: none of the {count} texts has a word in it.")
        features = vectorizer.fit_transform(texts)
        self._vectorizer = vectorizer
        return features

    def features(self, texts: Texts) -> Any:
        if self._vectorizer is None:
            raise UsageError(f"{self.asker}: call fit first.")
        if not len(texts):
            raise DataError(f"{self.asker}: expected at least one text, got none.")
        return self._vectorizer.transform(texts)
