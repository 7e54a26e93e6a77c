"""The network of a trained tagger on the compiled core: from words with their spelling to scores of tags."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import numpy as np

from remy import _core
from remy.data.words import WordBatch
from remy.io.architecture.tagger import CHARACTERS, character_layer
from remy.runtime.stack import Floats, RecurrentStack, States

#: Different words spelled at once, so that memory does not grow with their number.
_SPELLED_AT_ONCE = 1024


class RecurrentTagger:
    """Character layer beside a word embedding, recurrent layers, dense output.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    """

    def __init__(self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        self.labels: int = architecture["labels"]
        self._characters = tensors["characters_embedding/embeddings"]
        self._spelling = RecurrentStack(character_layer(architecture), tensors, prefix=CHARACTERS)
        self._words = tensors["embedding/embeddings"]
        self._rnn = RecurrentStack(architecture, tensors)
        self._dense = _core.PackedDense(np.ascontiguousarray(tensors["dense/kernel"]), tensors["dense/bias"])
        # A packed layer has scratch memory of its own, so two threads must take turns.
        self._turn = threading.Lock()

    def zero_states(self) -> States:
        """Return the states of one sentence before anything was read."""
        return self._rnn.zero_states(1)

    def scores(self, batch: WordBatch, states: States | None = None) -> Floats:
        """Return the scores (T, B, K) of every tag at every word; past a sentence's end they mean nothing.

        Parameters
        ----------
        batch
            The words, B sentences of up to T.
        states
            Where to go on from, moved on in place; None for the beginning of each sentence.
        """
        embedded = self._words[batch.words.T]
        spelled = self._spell(batch)[batch.places.T]
        x = np.concatenate([embedded, spelled], axis=2)
        outputs = self._rnn.read(x, batch.lengths, states).outputs
        steps, rows, width = outputs.shape
        scores = np.empty((steps * rows, self.labels), np.float32)
        with self._turn:
            self._dense.apply(outputs.reshape(steps * rows, width), scores)
        return scores.reshape(steps, rows, self.labels)

    def _spell(self, batch: WordBatch) -> Floats:
        """Return what the characters of each different word say, (U, 2 S)."""
        parts: list[Floats] = []
        for start in range(0, len(batch.spellings), _SPELLED_AT_ONCE):
            rows = slice(start, start + _SPELLED_AT_ONCE)
            lengths = batch.spelling_lengths[rows]
            characters = self._characters[batch.spellings[rows, : lengths.max()].T]
            parts.append(self._spelling.read(characters, lengths).last)
        return np.concatenate(parts)
