"""The captions that need no network: the same for every picture, or that of the most similar one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.errors import UsageError

#: Pictures that are compared at once.
_TOGETHER = 256


class MostFrequentCaption:
    """Answers every picture with the caption that was seen most often.

    Of several equally frequent ones it takes the one that shares most words with all captions (their F1):
    where every caption is its own, any other choice would be too easy to beat.

    Examples
    --------
    >>> model = MostFrequentCaption().fit(["a red house", "a dog", "a cat", "a dog"])
    >>> model.predict(2)
    ['a dog', 'a dog']
    >>> MostFrequentCaption().fit(["left arrow", "arrow", "up arrow"]).predict(1)
    ['arrow']
    """

    def __init__(self) -> None:
        self._answer: str | None = None

    def fit(self, captions: Sequence[str]) -> MostFrequentCaption:
        """Remember the most frequent one of N captions."""
        counts = Counter(captions)
        most = max(counts.values())
        seen: Counter[tuple[str, int]] = Counter()
        total = 0
        for caption in captions:
            words = _numbered(caption)
            seen.update(words)
            total += len(words)

        def f1(caption: str) -> float:
            words = _numbered(caption)
            return 2.0 * sum(seen[word] for word in words) / (len(words) * len(captions) + total)

        self._answer = max((caption for caption, count in counts.items() if count == most), key=f1)
        return self

    def predict(self, count: int) -> list[str]:
        """Return the caption so many times.

        Raises
        ------
        UsageError
            Before :meth:`fit`.
        """
        if self._answer is None:
            raise UsageError("MostFrequentCaption.predict: nothing was learned yet; call fit first")
        return [self._answer] * count


class NearestPicture:
    """Answers a picture or vector with the first caption of the most similar one.

    Similar is what has a large cosine, after the mean of all is taken away.

    Examples
    --------
    >>> model = NearestPicture().fit(np.eye(3), ["one", "two", "three"])
    >>> model.predict(np.array([[0.1, 0.9, 0.0]]))
    ['two']
    """

    def __init__(self) -> None:
        self._known: NDArray[np.float32] | None = None
        self._mean: Any = None
        self._answers: list[str] = []

    def fit(self, values: NDArray[Any], captions: Sequence[str]) -> NearestPicture:
        """Remember N pictures or vectors (N, ...) and a caption of each."""
        flat = values.reshape(len(values), -1)
        self._mean = flat.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._known = self._directions(flat)
        self._answers = list(captions)
        return self

    def predict(self, values: NDArray[Any]) -> list[str]:
        """Return the caption of each one's most similar picture, the first of equal ones.

        Raises
        ------
        UsageError
            Before :meth:`fit`.
        """
        if self._known is None:
            raise UsageError("NearestPicture.predict: nothing was learned yet; call fit first")
        places: list[int] = []
        for start in range(0, len(values), _TOGETHER):
            some = values[start : start + _TOGETHER]
            alike = self._directions(some.reshape(len(some), -1)) @ self._known.T
            places += alike.argmax(axis=1).tolist()
        return [self._answers[place] for place in places]

    def _directions(self, flat: NDArray[Any]) -> NDArray[np.float32]:
        values = flat.astype(np.float32) - self._mean
        lengths = np.linalg.norm(values, axis=1, keepdims=True)
        return np.asarray(values / np.maximum(lengths, np.float32(1e-12)), np.float32)


def _numbered(caption: str) -> list[tuple[str, int]]:
    """Return the words, each with how often it came before, so that only as many as both have are shared."""
    before: Counter[str] = Counter()
    found = []
    for word in caption.split():
        found.append((word, before[word]))
        before[word] += 1
    return found
