"""The answer of the most similar example, for texts that are answered with texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from remy.baselines.scikit_learn import scikit_learn
from remy.errors import UsageError

#: Texts that are compared at once.
_TOGETHER = 256


class NearestNeighbour:
    """Answers a text as its most similar example was answered.

    Similar are texts with the same groups of two and three letters, weighed by TF-IDF (cosine).

    Examples
    --------
    >>> model = NearestNeighbour().fit(["the dog barks", "a red house"], ["der Hund bellt", "ein rotes Haus"])
    >>> model.predict(["two dogs"])
    ['der Hund bellt']
    """

    def __init__(self) -> None:
        self._vectorizer: Any = None
        self._known: Any = None
        self._answers: list[str] = []

    def fit(self, texts: Sequence[str], answers: Sequence[str]) -> NearestNeighbour:
        """Remember N texts and their answers.

        Raises
        ------
        UsageError
            If scikit-learn is not installed.
        """
        found = scikit_learn("feature_extraction.text", asker="NearestNeighbour")
        self._vectorizer = found.TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32
        )
        self._known = self._vectorizer.fit_transform(texts).T.tocsr()
        self._answers = list(answers)
        return self

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the answer of each text's most similar example, the first of equal ones.

        Raises
        ------
        UsageError
            Before :meth:`fit`.
        """
        if self._vectorizer is None:
            raise UsageError("NearestNeighbour.predict: nothing was learned yet; call fit first")
        if not len(texts):
            return []
        features = self._vectorizer.transform(texts)
        places: list[int] = []
        for start in range(0, len(texts), _TOGETHER):
            alike = features[start : start + _TOGETHER] @ self._known
            places += np.asarray(alike.argmax(axis=1)).ravel().tolist()
        return [self._answers[place] for place in places]
