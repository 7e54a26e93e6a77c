"""Words as numbers: each one's place in a vocabulary, and the characters that spell it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from remy.errors import ModelFileError

Ids = NDArray[np.int64]

#: The number of the words, and that of the characters, that the vocabulary lacks.
UNKNOWN_ID = 0


class WordBatch(NamedTuple):
    """Some sentences as numbers; the spelling of a word that occurs in several places stands there once.

    Attributes
    ----------
    words
        (B, T), 0 where the vocabulary lacks the word and past the end of a sentence.
    lengths
        (B,), words of each sentence.
    places
        (B, T): for each word the row of its spelling, 0 past the end of a sentence.
    spellings
        (U, C), the numbers of the characters of each different word, the longest word first.
    spelling_lengths
        (U,), characters of each.
    """

    words: Ids
    lengths: Ids
    places: Ids
    spellings: Ids
    spelling_lengths: Ids


class WordVocabulary:
    """The words and the characters a tagger knows.

    Parameters
    ----------
    words, characters
        In the order of their numbers, which begin at 1; 0 stands for all others.
    lowercase
        Whether words are looked up with small letters. Characters are as they stand.
    max_characters
        How many characters of a word are read: of a longer one its beginning and its end.

    Examples
    --------
    >>> vocabulary = WordVocabulary.fit([["The", "dog"], ["the", "end"]])
    >>> vocabulary.words
    ('the', 'dog', 'end')
    >>> vocabulary.ids(["The", "cat"]).tolist()
    [1, 0]
    """

    def __init__(
        self,
        words: Sequence[str],
        characters: Sequence[str],
        *,
        lowercase: bool = True,
        max_characters: int = 40,
    ) -> None:
        self.words, self.characters = tuple(words), tuple(characters)
        self.lowercase, self.max_characters = lowercase, max_characters
        self._words = {word: number for number, word in enumerate(self.words, start=1)}
        self._characters = {character: number for number, character in enumerate(self.characters, start=1)}

    @classmethod
    def fit(
        cls,
        sentences: Iterable[Sequence[str]],
        *,
        vocabulary: int = 100_000,
        min_count: int = 1,
        lowercase: bool = True,
        max_characters: int = 40,
    ) -> Self:
        """Return the vocabulary of sentences like these, the frequent words first.

        Parameters
        ----------
        sentences
            Their words.
        vocabulary
            The most words, all unknown ones counted as one.
        min_count
            Words seen less often are unknown.
        lowercase, max_characters
            As the class has them.
        """
        counts: Counter[str] = Counter()
        letters: Counter[str] = Counter()
        for words in sentences:
            counts.update(word.lower() for word in words) if lowercase else counts.update(words)
            for word in words:
                letters.update(word)
        frequent = sorted(
            (word for word, n in counts.items() if n >= min_count), key=lambda w: (-counts[w], w)
        )
        return cls(
            frequent[: vocabulary - 1],
            sorted(letters, key=lambda letter: (-letters[letter], letter)),
            lowercase=lowercase,
            max_characters=max_characters,
        )

    def ids(self, words: Sequence[str]) -> Ids:
        """Return the number of each word, (T,)."""
        found = (self._words.get(word.lower() if self.lowercase else word, UNKNOWN_ID) for word in words)
        return np.fromiter(found, np.int64, len(words))

    def spelling(self, word: str) -> list[int]:
        """Return the numbers of a word's characters; an empty word is one unknown character."""
        if len(word) > self.max_characters:
            head = (self.max_characters + 1) // 2
            word = word[:head] + word[head - self.max_characters :]
        return [self._characters.get(character, UNKNOWN_ID) for character in word] or [UNKNOWN_ID]

    def batch(self, sentences: Sequence[Sequence[str]]) -> WordBatch:
        """Return some sentences as numbers.

        Examples
        --------
        >>> batch = WordVocabulary(["a", "dog"], "adgo").batch([["a", "dog"], ["dog"]])
        >>> batch.words.tolist(), batch.places.tolist(), batch.spellings.tolist()
        ([[1, 2], [2, 0]], [[1, 0], [0, 0]], [[2, 4, 3], [1, 0, 0]])
        """
        lengths = np.array([len(words) for words in sentences], np.int64)
        shape = len(sentences), int(lengths.max(initial=0))
        ids, places = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        spelled = {
            word: self.spelling(word) for word in dict.fromkeys(itertools.chain.from_iterable(sentences))
        }
        different = sorted(spelled, key=lambda word: -len(spelled[word]))
        rows = {word: row for row, word in enumerate(different)}
        for row, words in enumerate(sentences):
            ids[row, : len(words)] = self.ids(words)
            places[row, : len(words)] = [rows[word] for word in words]
        spelling_lengths = np.array([len(spelled[word]) for word in different], np.int64)
        spellings = np.zeros((len(different), int(spelling_lengths.max(initial=0))), np.int64)
        for row, word in enumerate(different):
            spellings[row, : spelling_lengths[row]] = spelled[word]
        return WordBatch(ids, lengths, places, spellings, spelling_lengths)

    def to_json(self) -> dict[str, Any]:
        """Return everything as values for the model file's header."""
        return {
            "kind": "words",
            "lowercase": self.lowercase,
            "max_characters": self.max_characters,
            "characters": list(self.characters),
            "words": list(self.words),
        }

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """Return the vocabulary of a model file.

        Raises
        ------
        ModelFileError
            If `record` is not one.
        """
        if not isinstance(record, dict) or record.get("kind") != "words":
            raise ModelFileError("the tokenizer is not a vocabulary of words.")
        lowercase, most = record.get("lowercase"), record.get("max_characters")
        if type(lowercase) is not bool or type(most) is not int or most < 2:
            raise ModelFileError("the tokenizer's lowercase or max_characters is not a valid one.")
        for name in ("words", "characters"):
            entries = record.get(name)
            if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
                raise ModelFileError(f"the tokenizer's {name} are no list of strings.")
            if len(set(entries)) < len(entries):
                raise ModelFileError(f"the tokenizer's {name} name one twice.")
        return cls(record["words"], record["characters"], lowercase=lowercase, max_characters=most)
