"""A trained decoder on the compiled core: a token at a time, many rows at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import _core
from remy.data.batches import pad
from remy.decoding.likeliest import log_probabilities
from remy.io.architecture.decoder import DECODER, decoder_layers
from remy.runtime.attention import Attention
from remy.runtime.stack import Floats, RecurrentStack, States

Ints = NDArray[np.int64]


class RecurrentDecoder:
    """Embedding, recurrent layers, attention, readout, output; see :class:`remy.models.decoder.Decoder`.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    begin
        The token before the first.
    never
        Tokens that are never written.
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        tensors: Mapping[str, Floats],
        *,
        begin: int,
        never: Sequence[int] = (),
    ) -> None:
        self.begin = begin
        self.feeds_input = bool(architecture["input_feeding"])
        self.embeddings = np.ascontiguousarray(tensors["target_embedding/embeddings"])
        self.rnn = RecurrentStack(decoder_layers(architecture), tensors, prefix=DECODER)
        self.attention: Attention | None = None
        if architecture["attention"] != "none":
            self.attention = Attention(architecture, tensors)
        self._bridge = (tensors["bridge/kernel"], tensors["bridge/bias"])
        self._readout = _core.PackedDense(
            np.ascontiguousarray(tensors["readout/kernel"]), tensors["readout/bias"]
        )
        self.readout_units: int = architecture["readout_units"]
        kernel = self.embeddings.T if architecture["tied"] else tensors["output/kernel"]
        bias = np.array(tensors["output/bias"])
        bias[list(never)] = -np.inf
        self._output = _core.PackedDense(np.ascontiguousarray(kernel), bias)
        self.vocabulary_size = len(bias)
        # A packed layer has scratch memory of its own, so two threads must take turns.
        self._turn = threading.Lock()

    def write_of(self, start: Floats, parts: Floats, lengths: Ints) -> Writing:
        """Return the beginning of one row for each of N sources.

        Parameters
        ----------
        start
            (N, D0), what the first state is made from.
        parts, lengths
            (N, S, D) what can be looked at, and how many parts of each source (N,), at least 1.
        """
        return Writing(self, start, parts, lengths)

    def first_states(self, start: Floats) -> States:
        """Return the states (N, H) of all layers before the first token."""
        kernel, bias = self._bridge
        states = self.rnn.zero_states(len(start))
        values = np.tanh(start @ kernel + bias).astype(np.float32, copy=False)
        arrays = [array for pair in states for array in pair if array is not None]
        for array, value in zip(arrays, np.split(values, len(arrays), axis=1), strict=True):
            array[...] = value
        return states

    def read_out(self, outputs: Floats) -> Floats:
        """Return the readout (R, Q) of what the last layer gives and what it looked at, (R, H + D)."""
        found = np.empty((len(outputs), self.readout_units), np.float32)
        with self._turn:
            self._readout.apply(np.ascontiguousarray(outputs), found)
        return np.tanh(found, out=found)

    def scores(self, readout: Floats) -> Floats:
        """Return the scores (R, V) of the next token; minus infinity for those never written."""
        found = np.empty((len(readout), self.vocabulary_size), np.float32)
        with self._turn:
            self._output.apply(readout, found)
        return found

    def log_probabilities(self, writing: Writing, written: Sequence[Ints]) -> list[NDArray[np.float64]]:
        """Return the logarithm of the probability of every token of N sequences, (T,) each, one a source."""
        ids, lengths = pad(written)
        found = np.zeros(ids.shape)
        read = np.full(len(ids), self.begin, np.int64)
        for step in range(ids.shape[1]):
            found[:, step] = log_probabilities(writing.step(read), ids[:, step])
            read = ids[:, step]
        return [row[:length] for row, length in zip(found, lengths, strict=True)]


class Writing:
    """Sequences being written: K rows for each of N sources; what :func:`remy.decoding.beam_search` takes."""

    def __init__(self, decoder: RecurrentDecoder, start: Floats, parts: Floats, lengths: Ints) -> None:
        self._decoder = decoder
        self._states = decoder.first_states(start)
        self._parts = parts
        self._keys = decoder.attention.keys(parts) if decoder.attention is not None else parts
        self._inside = np.arange(parts.shape[1]) < lengths[:, None]
        self._weights: Floats | None = None
        self._fed: Floats = np.zeros((len(start), decoder.readout_units), np.float32)

    def step(self, ids: Ints) -> Floats:
        """Read one token a row, (N K,), and return the scores (N K, V) of the next."""
        decoder = self._decoder
        x = decoder.embeddings[ids]
        if decoder.feeds_input:
            x = np.concatenate([x, self._fed], axis=1)
        ones = np.ones(len(ids), np.int64)
        outputs = decoder.rnn.read(x[None], ones, self._states).outputs[0]
        if decoder.attention is not None:
            sources = len(self._parts)
            queries = outputs.reshape(sources, -1, outputs.shape[1])
            weights = decoder.attention.weights(queries, self._keys, self._inside)
            context = (weights @ self._parts).reshape(len(ids), -1)
            self._weights = weights.reshape(len(ids), -1)
            outputs = np.concatenate([outputs, context], axis=1)
        self._fed = decoder.read_out(outputs)
        return decoder.scores(self._fed)

    def attention(self) -> Floats | None:
        """Return what the last step looked at, (N K, S), zero past a source's end; None: at nothing."""
        return self._weights

    def keep(self, rows: Ints, sources: Ints) -> None:
        """Go on with some sources (M,) only, and for each of them from the old rows `rows`, (M K')."""
        self._states = [
            (np.ascontiguousarray(h[rows]), np.ascontiguousarray(c[rows]) if c is not None else None)
            for h, c in self._states
        ]
        self._fed = self._fed[rows]
        if len(sources) != len(self._parts):
            self._parts, self._keys = self._parts[sources], self._keys[sources]
            self._inside = self._inside[sources]
