"""A trained captioner: a picture, or a vector that stands for one, in; words out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.data.pictures import as_numbers, read_pixels
from remy.data.pieces import PieceTokenizer
from remy.data.vectors import read_vector
from remy.errors import DataError, ModelFileError, ShapeError
from remy.io.architecture.captioner import VECTOR_SIZE
from remy.io.model_file import ModelFile
from remy.runtime.captioner_network import RecurrentCaptioner
from remy.runtime.decoder import Ints
from remy.runtime.description import describe
from remy.runtime.writer import Search, Written, golden_record, golden_replay, judge, mean_nats, write

#: Pictures, or vectors, that are captioned together.
_TOGETHER = 64
#: Vectors of a grid that the golden example holds.
_GOLDEN = 4

Values = NDArray[np.uint8] | NDArray[np.float32]


class Captioner:
    """A trained captioner, run by the compiled core with NumPy alone.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its tokenizer does not fit the network.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "captioner"
        record, architecture = model_file.tokenizer or {}, model_file.architecture
        try:
            self.tokenizer = PieceTokenizer.from_json(record.get("captions"))
        except ModelFileError as error:
            raise ModelFileError(f"{name}: {error}") from None
        known = architecture["target_vocabulary_size"]
        if len(self.tokenizer) != known:
            raise ModelFileError(
                f"{name}: the tokenizer has {len(self.tokenizer)} pieces, the network {known}."
            )
        self.max_length: int = int(record.get("max_length", 50))
        self.lowercase: bool = bool(record.get("lowercase", False))
        self.vector_size: int | None = architecture.get(VECTOR_SIZE)
        self.size: int = architecture.get("picture_size", 1)
        self.channels: int = architecture.get("picture_channels", 1)
        self.places: int = (self.size >> architecture.get("blocks", 0)) ** 2
        self.model_file = model_file
        self.path = path
        self._network = RecurrentCaptioner(architecture, model_file.tensors)

    @property
    def reads_vectors(self) -> bool:
        """Whether it reads vectors rather than pictures."""
        return self.vector_size is not None

    def read(self, path: str | Path) -> Values:
        """Return what a file holds, as it was read for training: pixels (size, size, channels), or vectors.

        Raises
        ------
        DataError
            If it cannot be read, or a vector has another size than those of training.
        """
        if self.vector_size is None:
            return read_pixels(path, size=self.size, channels=self.channels)
        found = read_vector(path)
        if found.shape[-1] != self.vector_size:
            raise DataError(
                f"{path}: expected vectors of {self.vector_size} numbers, as in training, got {found.shape}."
            )
        return found

    def caption(self, values: Values, search: Search | None = None) -> list[list[Written]]:
        """Return what is written of each picture or vector: ``search.n_best`` sequences, the best first.

        Parameters
        ----------
        values
            Pictures (N, size, size, channels), uint8 or from 0 to 1; or vectors (N, D) or (N, S, D).
        search
            How captions are looked for; None for the usual way.

        Raises
        ------
        ShapeError
            If they have another shape than the model reads.
        """
        self._check(values)
        found: list[list[Written]] = [[] for _ in range(len(values))]
        if not len(values):
            return found
        parts = self.places
        if self.reads_vectors:
            parts = values.shape[1] if values.ndim == 3 else 1
        for place, written in write(
            lambda some: self._network.write_of(_numbers(values[some])),
            self.tokenizer,
            parts=[parts] * len(values),
            longest=[self.max_length] * len(values),
            search=search or Search(),
            together=_TOGETHER,
        ):
            found[place] = written
        return found

    def log_probabilities(self, values: Values, captions: Sequence[str]) -> list[NDArray[np.float64]]:
        """Return the logarithm of the probability of every piece of given captions, and of their ends.

        Every piece is judged by the right ones before it (teacher forcing).

        Raises
        ------
        ShapeError
            If the values have another shape than the model reads.
        DataError
            If there are not as many captions as pictures, or one is no string.
        """
        self._check(values)
        if len(values) != len(captions):
            raise DataError(
                f"captioner: expected {len(values)} captions, one a picture, got {len(captions)}."
            )
        written = self.tokenizer.encode(captions)
        return judge(
            lambda some: self._network.write_of(_numbers(values[some])),
            self._network.decoder,
            written,
            together=_TOGETHER,
        )

    def mean_loss(self, values: Values, captions: Sequence[str]) -> float:
        """Return the mean of -log P of the known pieces of given captions, in nats; e to it: perplexity.

        Pieces that are not in the vocabulary are never written and are left out.
        """
        return mean_nats(self.log_probabilities(values, captions))

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(
            self.model_file,
            self.path,
            reads="vectors" if self.reads_vectors else "pictures",
            pieces=self.tokenizer.pieces,
        )

    def golden(self, values: Values) -> dict[str, Any]:
        """Return a golden example for the model file: the greedy caption of one picture, vector or grid."""
        shown = values[:_GOLDEN] if self.reads_vectors and values.ndim == 2 else values
        [[best]] = self.caption(shown[None], Search(beam=1))
        return golden_record(self._likelihoods, shown.tolist(), self.tokenizer.numbers(best.pieces))

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a log-probability.

        Raises
        ------
        ModelFileError
            If there is no golden example, or this machine's output differs from it.
        """
        return golden_replay(self._likelihoods, self.model_file.golden)

    def _likelihoods(self, source: Any, ids: Ints) -> NDArray[np.float64]:
        shown = np.array(source, np.float32) if self.reads_vectors else np.array(source, np.uint8)
        values: Values = shown[None]
        try:
            self._check(values)
        except ShapeError as error:
            raise ValueError(str(error)) from None
        return self._network.decoder.log_probabilities(self._network.write_of(_numbers(values)), [ids])[0]

    def _check(self, values: Values) -> None:
        if self.vector_size is not None:
            if values.ndim not in (2, 3) or values.shape[-1] != self.vector_size or 0 in values.shape[1:]:
                raise ShapeError(
                    f"captioner: expected vectors of shape (N, {self.vector_size}), or grids of them "
                    f"(N, S, {self.vector_size}), got {values.shape}."
                )
        elif values.shape[1:] != (self.size, self.size, self.channels):
            wanted = f"(N, {self.size}, {self.size}, {self.channels})"
            raise ShapeError(f"captioner: expected pictures of shape {wanted}, got {values.shape}.")


def _numbers(values: Values) -> NDArray[np.float32]:
    """Return pixels as numbers from 0 to 1, and what is float as it is."""
    if values.dtype == np.uint8:
        return as_numbers(values)  # type: ignore[arg-type]
    return np.ascontiguousarray(values, np.float32)
