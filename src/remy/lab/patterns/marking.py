"""Many to many of equal length: a tagger, which answers at every word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remy import runtime
from remy.errors import ShapeError, UsageError
from remy.inspect import Trace
from remy.lab.patterns.padded import Padded
from remy.lab.patterns.task import OutputKind, Own, Row, layer_stages, read_by
from remy.models.tagger import TaggerNetwork
from remy.tasks.inspection import network_of


class Marking:
    """The models of :class:`remy.Tagger`.

    Parameters
    ----------
    model
        The estimator.

    Raises
    ------
    UsageError
        If it has a conditional random field, whose loss is of the whole path.
    """

    output_kind: OutputKind = "step"

    def __init__(self, model: Any) -> None:
        self._model = model
        self._trained: runtime.Tagger = model._need("predict")
        if self._trained.model_file.architecture["output"] != "softmax":
            raise UsageError("patterns: expected a tagger with a softmax, whose words are judged one by one")

    @property
    def names(self) -> tuple[str, ...]:
        """The tags."""
        return self._trained.labels

    def steps(self, row: Row) -> int:
        """Return the number of words."""
        return len(row.x)

    def own(self, x: Any, beam: int) -> Own:
        """Return the tags and the probabilities (T, K)."""
        [said] = self._model.predict([list(x)])
        return Own(tuple(said), tuple(x), self._shares(x))

    def alone(self, row: Row) -> NDArray[Any]:
        """Return (T, K)."""
        return self._shares(row.x)

    def bind(self, rows: Sequence[Row]) -> Padded:
        """Bind rows; the scores are (B, T, K)."""
        batch = self._trained.vocabulary.batch([row.x for row in rows])
        arrays = [torch.from_numpy(array) for array in batch]
        network = network_of(self._trained, TaggerNetwork)
        right = np.full(batch.words.shape, -1)
        for place, row in enumerate(rows):
            right[place, : len(row.x)] = [self._number(mark) for mark in self._expect_all(row)]

        def run(network: TaggerNetwork) -> Tensor:
            found: Tensor = network(*arrays)
            return found

        watched = {"embedding": network.embedding}
        # A mark that the model has never seen can have no probability: it counts as little as padding.
        return Padded(network, run, np.maximum(right, 0), right >= 0, batch.words.shape, self.names, watched)

    def stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        """Return the arrays from the words to the scores."""
        return [
            ("numbers of the words", "BT", padded.given),
            ("a vector for each word", "BTE", padded.shapes["embedding"]),
            ("beside it what its letters say", "BTI", read_by(found, "rnn")),
            *layer_stages(found, "rnn"),
            ("scores of the marks", "BTC", found.scores.shape),
        ]

    def read_items(self, row: Row) -> tuple[str, ...]:
        """Return the words."""
        return tuple(row.x)

    def fed_items(self, row: Row) -> tuple[str, ...]:
        """Return nothing: there is no decoder."""
        return ()

    def right_items(self, row: Row) -> tuple[str, ...]:
        """Return the marks."""
        return tuple(row.right)

    def _shares(self, words: Sequence[str]) -> NDArray[Any]:
        return self._trained.probabilities([list(words)])[0]

    def _expect_all(self, row: Row) -> Sequence[str]:
        if len(row.right) != len(row.x):
            raise ShapeError(f"right: expected {len(row.x)} marks, one a word, got {len(row.right)}")
        return row.right

    def _number(self, mark: str) -> int:
        return self.names.index(mark) if mark in self.names else -1
