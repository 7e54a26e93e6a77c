"""Many to one: a classifier, whose answer comes at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remy import runtime
from remy.data.batches import pad
from remy.data.tokenizer import Tokenizer
from remy.errors import DataError, nearest
from remy.inspect import Trace
from remy.lab.patterns.padded import Padded
from remy.lab.patterns.task import OutputKind, Own, Row, layer_stages
from remy.models import ClassifierNetwork
from remy.tasks.inspection import network_of

#: What makes one vector of all steps, by its name in the architecture.
POOLED = {
    "last": "the states at the end",
    "max": "the largest over the steps",
    "mean": "the mean over the steps",
    "attention": "the weighted mean over the steps",
}


class Classifying:
    """The models of :class:`remy.Classifier`.

    Parameters
    ----------
    model
        The estimator.
    """

    output_kind: OutputKind = "end"

    def __init__(self, model: Any) -> None:
        self._model = model
        self._trained: runtime.Classifier = model._need("predict")

    @property
    def names(self) -> tuple[str, ...]:
        """The labels."""
        return self._trained.labels

    @property
    def pooling(self) -> str:
        """How steps become one vector."""
        return str(self._trained.model_file.architecture["pooling"])

    def steps(self, row: Row) -> int:
        """Return T."""
        return len(self._encoded(row.x))

    def own(self, x: Any, beam: int) -> Own:
        """Return the label and the probabilities (1, C)."""
        shares = self._model.predict_proba([x])
        [said] = self._model.predict([x])
        prefixes = self._model.predict_prefixes(x) if self._trained.is_live else None
        return Own(said, (str(said),), shares, prefixes=prefixes)

    def alone(self, row: Row) -> NDArray[Any]:
        """Return (1, C)."""
        return np.asarray(self._model.predict_proba([row.x]))

    def bind(self, rows: Sequence[Row]) -> Padded:
        """Bind rows; the scores are (B, C)."""
        padded, lengths = pad([self._encoded(row.x) for row in rows])
        x, long = torch.from_numpy(padded), torch.from_numpy(lengths)
        network = network_of(self._trained, ClassifierNetwork)

        def run(network: ClassifierNetwork) -> Tensor:
            found: Tensor = network(x, long)
            return found

        watched: dict[str, torch.nn.Module] = {"pooling": network.pooling}
        if network.reads_tokens:
            watched["embedding"] = network.embedding
        return Padded(
            network,
            run,
            np.array([self._number(row.right) for row in rows], np.int64),
            np.ones(len(rows), np.bool_),
            padded.shape,
            self.names,
            watched,
        )

    def stages(self, padded: Padded, found: Trace) -> list[tuple[str, str, tuple[int, ...]]]:
        """Return the arrays from the items to the scores."""
        reads_items = "embedding" in padded.shapes
        first = ("numbers of the items", "BT") if reads_items else ("numbers that are read", "BTI")
        stages = [(*first, padded.given)]
        if reads_items:
            stages.append(("a vector for each item", "BTI", padded.shapes["embedding"]))
        return [
            *stages,
            *layer_stages(found),
            (POOLED[self.pooling], "BD", padded.shapes["pooling"]),
            ("scores of the answers", "BC", found.scores.shape),
        ]

    def read_items(self, row: Row) -> tuple[str, ...]:
        """Return the tokens, or of numbers the steps' places."""
        encoder, encoded = self._trained.encoder, self._encoded(row.x)
        if not isinstance(encoder, Tokenizer):
            return tuple(map(str, range(len(encoded))))
        cut = encoder.cut(row.x)[: len(encoded)]
        return tuple(cut) if cut else tuple(encoder.vocabulary[number] for number in encoded)

    def fed_items(self, row: Row) -> tuple[str, ...]:
        """Return nothing: there is no decoder."""
        return ()

    def right_items(self, row: Row) -> tuple[str, ...]:
        """Return the one label."""
        return (str(row.right),)

    def _encoded(self, x: Any) -> NDArray[Any]:
        return self._trained._encode([x])[0]

    def _number(self, label: Any) -> int:
        if label not in self.names:
            known = ", ".join(self.names)
            raise DataError(f"right: expected one of {known}, got '{label}'{nearest(str(label), self.names)}")
        return self.names.index(label)
