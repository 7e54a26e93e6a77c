"""Trained classifiers and regressors on the compiled core: an answer at the end, or after every step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import _core
from remy.data.batches import Batches, pad
from remy.data.standardizer import Standardizer
from remy.data.tokenizer import Tokenizer
from remy.errors import ModelFileError, UsageError
from remy.io.model_file import ModelFile
from remy.runtime import golden_answer
from remy.runtime.description import describe
from remy.runtime.pooling import pool, pool_prefixes
from remy.runtime.stack import Floats, RecurrentStack

#: Rows and steps that are read together.
_BATCH, _BATCH_STEPS = 64, 20_000


class SequenceModel:
    """What a classifier and a regressor share: from texts or numbers to scores.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its tokenizer, or its labels, do not fit the network.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else model_file.task
        architecture, tensors = model_file.architecture, model_file.tensors
        try:
            self.encoder = _encoder(model_file)
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        self.model_file = model_file
        self.path = path
        self.max_length: int | None = (model_file.tokenizer or {}).get("max_length")
        self._pooling: str = architecture["pooling"]
        self._output: str = architecture["output"]
        self._embeddings = tensors.get("embedding/embeddings")
        self._stack = RecurrentStack(architecture, tensors)
        self._attention = tensors.get("attention/kernel")
        self._dense = _core.PackedDense(tensors["dense/kernel"], tensors["dense/bias"])
        self._outputs: int = architecture["outputs"]

    @property
    def reads_text(self) -> bool:
        """Whether the inputs are texts rather than numeric sequences."""
        return isinstance(self.encoder, Tokenizer)

    @property
    def is_live(self) -> bool:
        """Whether no future is read, so that there is an answer after every step."""
        return self._stack.directions == 1

    def scores(self, inputs: Sequence[Any]) -> Floats:
        """Return the outputs (N, C) for texts, or for numeric sequences (T, F); before any softmax.

        Raises
        ------
        DataError
            If an input cannot be read.
        """
        encoded = self._encode(inputs)
        scores = np.empty((len(encoded), self._outputs), np.float32)
        lengths = [len(each) for each in encoded]
        batches = Batches(lengths, batch_size=_BATCH, batch_tokens=_BATCH_STEPS, seed=0)
        for places in batches.in_order():
            x, steps = self._padded([encoded[place] for place in places])
            read = self._stack.read(x, steps)
            pooled = pool(self._pooling, read, steps, self._attention)
            found = np.empty((len(places), self._outputs), np.float32)
            self._dense.apply(pooled, found)
            scores[places] = found
        return scores

    def prefix_scores(self, one: Any) -> Floats:
        """Return the outputs (T, C) after every step of one input: each as if the input had ended there.

        Raises
        ------
        UsageError
            If the model reads the future.
        """
        if not self.is_live:
            raise UsageError(
                f"{self.model_file.task}: reads in both directions, so it has no answer before the end; "
                "train it with --live"
            )
        x, steps = self._padded(self._encode([one]))
        pooled = pool_prefixes(self._pooling, self._stack.read(x, steps).outputs[:, 0], self._attention)
        found = np.empty((len(pooled), self._outputs), np.float32)
        self._dense.apply(pooled, found)
        return found

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(self.model_file, self.path, labels=self.model_file.labels)

    def golden(self, one: Any) -> dict[str, Any]:
        """Return a golden example for the model file: the beginning of an input and its scores."""
        return golden_answer.record(self.scores, one)

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a score.

        Raises
        ------
        ModelFileError
            If there is no golden example, or this machine's output differs from it.
        """
        return golden_answer.replay(self.scores, self.model_file.golden)

    def _encode(self, inputs: Sequence[Any]) -> list[NDArray[Any]]:
        return list(self.encoder.encode(inputs, max_length=self.max_length))

    def _padded(self, rows: Sequence[NDArray[Any]]) -> tuple[Floats, NDArray[np.int64]]:
        """Return inputs of the first layer (T, B, I), and lengths (B,)."""
        padded, lengths = pad(rows)
        steps_first = np.ascontiguousarray(padded.swapaxes(0, 1))
        return self._embeddings[steps_first] if self._embeddings is not None else steps_first, lengths


class Classifier(SequenceModel):
    """A trained classifier, run by the compiled core with NumPy alone.

    Examples
    --------
    See :class:`remy.tasks.classification.Classifier`, which makes one.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        super().__init__(model_file, path=path)
        labels = model_file.labels or []
        if len(labels) != self._outputs:
            name = str(path) if path is not None else "classifier"
            raise ModelFileError(f"{name}: has {len(labels)} labels, the network {self._outputs} outputs.")
        self.labels: tuple[str, ...] = tuple(labels)

    @property
    def multi_label(self) -> bool:
        """Whether an input has any number of labels rather than one."""
        return self._output == "sigmoid"

    @property
    def separator(self) -> str | None:
        """What stands between several labels of a record; None where each has one."""
        return (self.model_file.tokenizer or {}).get("separator", "|") if self.multi_label else None

    def probabilities(self, inputs: Sequence[Any]) -> NDArray[np.float64]:
        """Return the probability of every label, (N, C); with one label an input each row sums to 1."""
        return self._normalized(self.scores(inputs))

    def prefix_probabilities(self, one: Any) -> NDArray[np.float64]:
        """Return the probabilities (T, C) after every step; see :meth:`prefix_scores`."""
        return self._normalized(self.prefix_scores(one))

    def predict(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the likeliest label of every input; with several labels those of one half or more."""
        return self.choose(self.probabilities(inputs))

    def choose(self, probabilities: NDArray[np.float64]) -> list[Any]:
        """Return the labels that probabilities (N, C) mean."""
        if self.multi_label:
            return [tuple(self.labels[k] for k in np.flatnonzero(row >= 0.5)) for row in probabilities]
        return [self.labels[k] for k in probabilities.argmax(axis=1)]

    def _normalized(self, scores: Floats) -> NDArray[np.float64]:
        wide = scores.astype(np.float64)
        if self.multi_label:
            return np.asarray(1.0 / (1.0 + np.exp(-wide)))
        shifted = np.exp(wide - wide.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


class Regressor(SequenceModel):
    """A trained regressor, run by the compiled core with NumPy alone."""

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        super().__init__(model_file, path=path)
        try:
            target = (model_file.tokenizer or {})["target"]
            self._mean, self._deviation = float(target["mean"]), float(target["deviation"])
        except (KeyError, TypeError, ValueError):
            name = str(path) if path is not None else "regressor"
            raise ModelFileError(f"{name}: its header does not say what unit it answers in.") from None

    def predict(self, inputs: Sequence[Any]) -> NDArray[np.float64]:
        """Return the number of every input, (N,), in the unit it was learned in."""
        return self._in_unit(self.scores(inputs))

    def prefix_predictions(self, one: Any) -> NDArray[np.float64]:
        """Return the number after every step, (T,); see :meth:`prefix_scores`."""
        return self._in_unit(self.prefix_scores(one))

    def _in_unit(self, scores: Floats) -> NDArray[np.float64]:
        # In float64: numbers far from zero beside how they differ would lose that in float32.
        return np.asarray(scores[:, 0].astype(np.float64) * self._deviation + self._mean)


def _encoder(model_file: ModelFile) -> Tokenizer | Standardizer:
    architecture, record = model_file.architecture, model_file.tokenizer
    encoder: Tokenizer | Standardizer
    if architecture["vocabulary_size"]:
        encoder = Tokenizer.from_json(record)
        found, expected, what = len(encoder), architecture["vocabulary_size"], "tokens"
    else:
        encoder = Standardizer.from_json(record)
        found, expected, what = encoder.features, architecture["features"], "features"
    if found != expected:
        raise ModelFileError(f"its encoder has {found} {what}, the network {expected}.")
    return encoder
