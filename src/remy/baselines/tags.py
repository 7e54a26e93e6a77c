"""The baseline of every tagger: the tag that each word had most often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from remy.errors import DataError, ShapeError, UsageError


class MostFrequentTag:
    """Gives each word its most frequent tag of the training data, without a look at its neighbours.

    An unknown word gets the most frequent tag of the words that were seen once, since those resemble it most
    (Baayen & Sproat 1996, "Estimating lexical priors for low-frequency morphologically ambiguous forms"), and
    where none was seen once the most frequent tag of all. Of equally frequent tags the first when sorted is
    taken. Upper and lower case are told apart.

    Examples
    --------
    >>> model = MostFrequentTag().fit(
    ...     [["the", "dog", "barks"], ["the", "bark"]], [["DET", "NOUN", "VERB"], ["DET", "NOUN"]])
    >>> model.predict(["the", "dog", "meows"])
    ['DET', 'NOUN', 'NOUN']
    """

    def __init__(self) -> None:
        self._tags: dict[str, str] = {}
        self._unknown: str | None = None

    def fit(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> MostFrequentTag:
        """Count the tags of each word.

        Parameters
        ----------
        sentences
            The words of each sentence.
        tags
            Their tags, one for each word.

        Raises
        ------
        ShapeError
            If the two differ in the number or the lengths of sentences.
        DataError
            If there is no word.
        """
        if len(sentences) != len(tags):
            raise ShapeError(
                f"MostFrequentTag: expected the tags of {len(sentences)} sentences, got {len(tags)}."
            )
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for number, (words, marks) in enumerate(zip(sentences, tags, strict=True)):
            if len(words) != len(marks):
                raise ShapeError(
                    f"MostFrequentTag: expected {len(words)} tags for sentence {number}, got {len(marks)}."
                )
            for word, mark in zip(words, marks, strict=True):
                counts[word][mark] += 1
        if not counts:
            raise DataError("MostFrequentTag.fit: expected at least one word, got none.")
        once: Counter[str] = Counter()
        overall: Counter[str] = Counter()
        for seen in counts.values():
            overall.update(seen)
            if seen.total() == 1:
                once.update(seen)
        self._unknown = _most_frequent(once or overall)
        self._tags = {word: _most_frequent(seen) for word, seen in counts.items()}
        return self

    @property
    def known(self) -> frozenset[str]:
        """The words of the training data, none before :meth:`fit`."""
        return frozenset(self._tags)

    def predict(self, words: Sequence[str]) -> list[str]:
        """Return a tag for each of the words of one sentence.

        Raises
        ------
        UsageError
            If the model was not fitted.
        """
        if self._unknown is None:
            raise UsageError("MostFrequentTag: call fit first.")
        return [self._tags.get(word, self._unknown) for word in words]


def _most_frequent(counts: Counter[str]) -> str:
    return min(counts, key=lambda tag: (-counts[tag], tag))
