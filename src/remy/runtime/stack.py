"""Recurrent layers of a trained network on the compiled core: whole sequences, in one direction or both."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from remy import _core
from remy.io.architecture.recurrent import core_cell, directions

Floats = NDArray[np.float32]
#: One ``(h, c)`` a layer and direction, each (B, H); c is None but for the LSTM.
States = list[tuple[Floats, Floats | None]]


class Read(NamedTuple):
    """What the layers made of some sequences.

    Attributes
    ----------
    outputs
        (T, B, D) of the last layer; steps past a row's length are zero.
    last
        (B, D): each direction's output after the last step in its own order.
    """

    outputs: Floats
    last: Floats


class RecurrentStack:
    """The layers ``rnn_0``, ``rnn_1``, ... of a model file.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    prefix
        What the layers are called.
    """

    def __init__(
        self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats], *, prefix: str = "rnn"
    ) -> None:
        self.units: int = architecture["units"]
        self.directions = len(directions(architecture))
        self.width = self.units * self.directions
        self._has_cell_state = architecture["cell"] == "lstm"
        name, parts = core_cell(architecture), ("kernel", "recurrent_kernel", "bias")
        self._layers = [
            [
                _core.PackedCell(name, *(tensors[f"{prefix}_{layer}{way}/{part}"] for part in parts))
                for way in directions(architecture)
            ]
            for layer in range(architecture["layers"])
        ]
        # A packed cell has scratch memory of its own, so two threads must take turns.
        self._turn = threading.Lock()

    def zero_states(self, batch: int = 1) -> States:
        """Return the states of `batch` rows before anything was read."""
        shape = (batch, self.units)
        return [
            (np.zeros(shape, np.float32), np.zeros(shape, np.float32) if self._has_cell_state else None)
            for _ in range(len(self._layers) * self.directions)
        ]

    def read(self, x: Floats, lengths: NDArray[np.int64], states: States | None = None) -> Read:
        """Read sequences x (T, B, I) of some lengths (B,).

        Parameters
        ----------
        x, lengths
            What is past a row's length is not read.
        states
            Where to go on from, moved on in place; None for zeros, which is all that makes sense with both
            directions.
        """
        steps, batch, _ = x.shape
        states = states if states is not None else self.zero_states(batch)
        last: Floats = np.zeros((batch, self.width), np.float32)
        with self._turn:
            for number, cells in enumerate(self._layers):
                parts = []
                for way, cell in enumerate(cells):
                    h, c = states[number * self.directions + way]
                    outputs = np.empty((steps, batch, self.units), np.float32)
                    cell.sequence(np.ascontiguousarray(x), h, c, lengths, None, way == 1, True, outputs)
                    parts.append(outputs)
                    last[:, way * self.units : (way + 1) * self.units] = h
                x = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        return Read(x, last)
