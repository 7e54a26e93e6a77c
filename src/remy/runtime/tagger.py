"""A trained tagger: tags and their probabilities for sentences, and word by word while a sentence grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remy.data.batches import Batches
from remy.data.words import WordVocabulary
from remy.errors import DataError, ModelFileError, UsageError
from remy.io.model_file import ModelFile
from remy.runtime import golden_tags
from remy.runtime.description import describe
from remy.runtime.live_tags import LiveTags
from remy.runtime.stack import Floats
from remy.runtime.tag_chain import TagChain
from remy.runtime.tagger_network import RecurrentTagger

#: A batch of sentences has at most so many, so many words with padding, and so many pairs of tags.
_BATCH_SIZE, _BATCH_TOKENS, _BATCH_PAIRS = 64, 4096, 4_000_000

#: Longer sentences are read in pieces of so many words.
PIECE = 1_000


class _Read(NamedTuple):
    """Scores (T, B, K) of some pieces of sentences, and which pieces and how long they are."""

    scores: Floats
    places: NDArray[np.int64]
    lengths: NDArray[np.int64]


class Tagger:
    """A trained tagger, run by the compiled core with NumPy alone.

    How scores become tags: of a CRF the best path (Viterbi). Of a softmax the likeliest tag of each word;
    where the tags mark spans, the likeliest path that BIO or BIOES allows. A model without a backward
    direction that has a softmax is *live*: it chooses from left to right, so that no answer changes when
    more words come.

    A sentence of more than 1,000 words is read in pieces of 1,000, each as a sentence of its own, so that
    memory does not grow with it; a live tagger carries its state from piece to piece, and reads as if it
    were one.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its vocabulary or its labels do not fit the network.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "tagger"
        architecture = model_file.architecture
        try:
            self.vocabulary = WordVocabulary.from_json(model_file.tokenizer)
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        labels = model_file.labels or []
        for what, found, expected in (
            ("words", len(self.vocabulary.words) + 1, architecture["vocabulary_size"]),
            ("characters", len(self.vocabulary.characters) + 1, architecture["characters"]),
            ("labels", len(labels), architecture["labels"]),
        ):
            if found != expected:
                raise ModelFileError(f"{name}: the model file has {found} {what}, the network {expected}.")
        if not all(isinstance(label, str) for label in labels) or len(set(labels)) < len(labels):
            raise ModelFileError(f"{name}: the labels are not different words.")
        self.labels: tuple[str, ...] = tuple(labels)
        self.model_file = model_file
        self.path = path
        #: Whether answers on a growing sentence stay the same.
        self.live = not architecture["bidirectional"] and architecture["output"] == "softmax"
        self._numbers = {label: number for number, label in enumerate(self.labels)}
        self._network = RecurrentTagger(architecture, model_file.tensors)
        try:
            self._chain = TagChain(architecture, model_file.tensors, labels)
        except DataError as error:
            raise ModelFileError(f"{name}: {error}") from None

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """Return a tag for each word of each sentence.

        Raises
        ------
        DataError
            If a word is no string, or a sentence is one string instead of a sequence of words.
        """
        found: list[list[str]] = [[] for _ in sentences]
        pieces, owners = self._pieces(sentences)
        chosen: list[list[str]] = [[] for _ in pieces]
        if self.live:
            for piece, read in self._carried(pieces, owners):
                chosen[piece] = [self.labels[number] for number in read]
        else:
            for scores, places, lengths in self._batches(pieces):
                tags = self._chain.best(scores, lengths)
                for column, piece in enumerate(places):
                    chosen[piece] = [self.labels[number] for number in tags[: lengths[column], column]]
        for owner, tags_of_piece in zip(owners, chosen, strict=True):
            found[owner] += tags_of_piece
        return found

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        """Return for each sentence the probability (T, K) of every tag at every word, tags as in ``labels``.

        Of a CRF the marginal probabilities. Of a softmax those of each word by itself.

        Raises
        ------
        DataError
            As :meth:`tag`.
        """
        pieces, owners = self._pieces(sentences)
        parts: list[NDArray[np.float64]] = [np.zeros((0, len(self.labels)))] * len(pieces)
        for scores, places, lengths in self._reads(pieces, owners):
            chances = self._chain.probabilities(scores, lengths)
            for column, piece in enumerate(places):
                parts[piece] = chances[: lengths[column], column]
        found = [[np.zeros((0, len(self.labels)))] for _ in sentences]
        for owner, part in zip(owners, parts, strict=True):
            found[owner].append(part)
        return [np.concatenate(each) for each in found]

    def mean_loss(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> float | None:
        """Return the mean negative log-likelihood of a word's tag, in nats.

        Sentences with a tag the model does not know are left out, of a CRF also those that break the rules of
        their scheme; None is returned if none is left.
        """
        known = [k for k, each in enumerate(tags) if each and all(tag in self._numbers for tag in each)]
        pieces, owners = self._pieces([sentences[k] for k in known])
        numbers: list[NDArray[np.int64]] = []
        for k in known:
            row = np.array([self._numbers[tag] for tag in tags[k]], np.int64)
            numbers += [row[start : start + PIECE] for start in range(0, len(row), PIECE)]
        total, count = 0.0, 0
        for scores, places, lengths in self._reads(pieces, owners):
            right = np.zeros(scores.shape[:2], np.int64)
            for column, piece in enumerate(places):
                right[: lengths[column], column] = numbers[piece]
            found, words = self._chain.log_likelihood(scores, right, lengths)
            total, count = total + found, count + words
        return -total / count if count else None

    def stream(self) -> LiveTags:
        """Return a sentence that grows word by word; see :class:`LiveTags`.

        Raises
        ------
        UsageError
            If the model reads the future.
        """
        if not self.live:
            raise UsageError("stream: this tagger reads whole sentences; train one with --live.")
        return LiveTags(self._network, self.vocabulary, self.labels, self._chain.left_to_right)

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(
            self.model_file,
            self.path,
            labels=list(self.labels),
            words=len(self.vocabulary.words),
            live=self.live,
        )

    def golden(self, words: Sequence[str]) -> dict[str, Any]:
        """Return a golden example for the model file: the likeliest tags of the first of `words`."""
        return golden_tags.record(self, words)

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a probability.

        Raises
        ------
        ModelFileError
            If there is none, or this machine's output differs from it.
        """
        return golden_tags.replay(self, self.model_file.golden)

    def _pieces(self, sentences: Sequence[Sequence[str]]) -> tuple[list[Sequence[str]], list[int]]:
        """Return the pieces that are read, and the sentence of each; an empty sentence has none."""
        pieces: list[Sequence[str]] = []
        owners: list[int] = []
        for owner, words in enumerate(sentences):
            if isinstance(words, str):
                shown = words[:40]
                raise DataError(
                    f"tag: expected a sentence as a list of words, got {shown!r}; split it first."
                )
            for word in words:
                if not isinstance(word, str):
                    raise DataError(f"tag: expected words, got {word!r} in sentence {owner}.")
            for start in range(0, len(words), PIECE):
                pieces.append(words[start : start + PIECE])
                owners.append(owner)
        return pieces, owners

    def _batches(self, pieces: Sequence[Sequence[str]]) -> Iterator[_Read]:
        lengths = [len(piece) for piece in pieces]
        # Viterbi looks at all pairs of tags of each sentence at once.
        rows = max(1, min(_BATCH_SIZE, _BATCH_PAIRS // len(self.labels) ** 2))
        batches = Batches(lengths, batch_size=rows, batch_tokens=_BATCH_TOKENS, seed=0)
        for places in batches.in_order():
            batch = self.vocabulary.batch([pieces[place] for place in places])
            yield _Read(self._network.scores(batch), places, batch.lengths)

    def _reads(self, pieces: Sequence[Sequence[str]], owners: Sequence[int]) -> Iterator[_Read]:
        """Yield scores; a live tagger's long sentences with the state carried from piece to piece."""
        if not self.live:
            yield from self._batches(pieces)
            return
        counts = np.bincount(owners) if owners else np.zeros(0, np.int64)
        whole = [k for k, owner in enumerate(owners) if counts[owner] == 1]
        for read in self._batches([pieces[k] for k in whole]):
            yield _Read(read.scores, np.array([whole[place] for place in read.places]), read.lengths)
        states, before = self._network.zero_states(), -1
        for piece, owner in enumerate(owners):
            if counts[owner] == 1:
                continue
            if owner != before:
                states, before = self._network.zero_states(), owner
            batch = self.vocabulary.batch([pieces[piece]])
            yield _Read(self._network.scores(batch, states), np.array([piece]), batch.lengths)

    def _carried(
        self, pieces: Sequence[Sequence[str]], owners: Sequence[int]
    ) -> Iterator[tuple[int, list[int]]]:
        """Yield each piece's tags of a live tagger, chosen from left to right."""
        choice, before = self._chain.left_to_right(), -1
        for scores, places, lengths in self._reads(pieces, owners):
            for column, piece in enumerate(places):
                if owners[piece] != before:
                    choice, before = self._chain.left_to_right(), owners[piece]
                yield int(piece), [choice.next(row) for row in scores[: lengths[column], column]]
