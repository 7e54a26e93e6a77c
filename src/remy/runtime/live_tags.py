"""A sentence that grows: a tag for each word as soon as it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from remy.data.words import WordVocabulary
from remy.decoding.left_to_right import LeftToRight
from remy.runtime.tagger_network import RecurrentTagger


class LiveTags:
    """A sentence that grows: each word is answered at once, and no answer changes later.

    Made by :meth:`remy.runtime.Tagger.stream`, which passes its parts.

    Attributes
    ----------
    words
        How many were read of this sentence.
    """

    def __init__(
        self,
        network: RecurrentTagger,
        vocabulary: WordVocabulary,
        labels: Sequence[str],
        choice: Callable[[], LeftToRight],
    ) -> None:
        self._network, self._vocabulary, self._labels = network, vocabulary, labels
        self._new_choice = choice
        self.restart()

    def restart(self) -> None:
        """Begin a new sentence."""
        self.words = 0
        self._states = self._network.zero_states()
        self._choice = self._new_choice()

    def step(self, word: str) -> str:
        """Read the next word and return its tag, the one :meth:`Tagger.tag` gives it in a longer sentence."""
        scores = self._network.scores(self._vocabulary.batch([[word]]), self._states)
        self.words += 1
        return self._labels[self._choice.next(scores[0, 0])]
