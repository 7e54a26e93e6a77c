"""A trained stack of recurrent layers on the compiled core: one step at a time, or a whole sequence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import _core
from remy.errors import ShapeError
from remy.io.architecture import core_cell

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]


class Bound:
    """Calls that take a step of each layer with the arrays of one state; they go into no copy and no file."""

    def __init__(self) -> None:
        self.network: object = None
        self.steps: list[Callable[[], None]] = []

    def __reduce__(self) -> tuple[type[Bound], tuple[()]]:
        return Bound, ()


@dataclass(frozen=True)
class State:
    """What a network remembers of the rows it has read, and the buffers a step writes to.

    Attributes
    ----------
    hidden
        One array (B, H) a layer: h.
    cell
        One array (B, H) a layer: the LSTM's c; empty for the other cells.
    logits (B, V)
        Where :meth:`RecurrentNetwork.step` puts its result.
    bound
        The cells of the network that stepped last, bound to these arrays.
    """

    hidden: tuple[Floats, ...]
    cell: tuple[Floats, ...]
    logits: Floats
    embedded: Floats
    sums: Floats
    bound: Bound = field(default_factory=Bound, init=False, repr=False, compare=False)

    @property
    def batch(self) -> int:
        """Number of rows."""
        return len(self.logits)

    def copy(self) -> State:
        """Return a state that goes its own way from here."""
        return State(
            tuple(h.copy() for h in self.hidden),
            tuple(c.copy() for c in self.cell),
            self.logits.copy(),
            self.embedded.copy(),
            self.sums.copy(),
        )


class RecurrentNetwork:
    """Embedding, recurrent layers and a dense output, as the model file's ``language_model`` describes them.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    """

    def __init__(self, architecture: Mapping[str, Any], tensors: Mapping[str, Floats]) -> None:
        self.units: int = architecture["units"]
        self.layers: int = architecture["layers"]
        self.vocabulary_size: int = architecture["vocabulary_size"]
        self._has_cell_state = architecture["cell"] == "lstm"
        self._residual: bool = architecture["residual"]
        self._embeddings = np.ascontiguousarray(tensors["embedding/embeddings"])
        name = core_cell(architecture)
        self._cells = [
            _core.PackedCell(name, *(tensors[f"rnn_{k}/{w}"] for w in ("kernel", "recurrent_kernel", "bias")))
            for k in range(self.layers)
        ]
        kernel = self._embeddings.T if architecture["tied"] else tensors["dense/kernel"]
        self._dense = _core.PackedDense(np.ascontiguousarray(kernel), tensors["dense/bias"])
        # A packed cell has scratch memory of its own, so two threads must take turns.
        self._turn = threading.Lock()

    def zero_state(self, batch: int = 1) -> State:
        """Return the state of `batch` rows before anything was read."""
        if batch < 1:
            raise ShapeError(f"state: expected a batch of at least 1, got {batch}.")
        zeros = [np.zeros((batch, self.units), np.float32) for _ in range(2 * self.layers + 1)]
        return State(
            hidden=tuple(zeros[: self.layers]),
            cell=tuple(zeros[self.layers : -1]) if self._has_cell_state else (),
            logits=np.zeros((batch, self.vocabulary_size), np.float32),
            embedded=np.zeros((batch, self._embeddings.shape[1]), np.float32),
            sums=zeros[-1],
        )

    def step(self, ids: Ids, state: State) -> Floats:
        """Read one id a row and return the logits (B, V) of the next; `state` moves on in place.

        The result is ``state.logits``, which the next step overwrites. No array is allocated.
        """
        if ids.shape != (state.batch,):
            raise ShapeError(f"step: expected ids of shape (B,) = ({state.batch},), got {ids.shape}.")
        self._check_range("step", ids)
        with self._turn:
            # mode="clip" because "raise" makes numpy buffer the output; the range is checked above.
            x = np.take(self._embeddings, ids, axis=0, out=state.embedded, mode="clip")
            for h, step in zip(state.hidden, self._steps(state), strict=True):
                step()
                x = np.add(x, h, out=state.sums) if self._adds(x) else h
            self._dense.apply(x, state.logits)
        return state.logits

    def sequence(self, ids: Ids, state: State, mask: NDArray[np.bool_] | None = None) -> Floats:
        """Read ids (T, B) and return the logits (T, B, V) after each; `state` moves on in place.

        Where `mask` (T, B) is False the state is carried on unread, and the logits mean nothing.
        """
        if ids.ndim != 2 or ids.shape[1] != state.batch:
            raise ShapeError(f"sequence: expected ids of shape (T, B) = (T, {state.batch}), got {ids.shape}.")
        self._check_range("sequence", ids)
        steps, batch = ids.shape
        x = self._embeddings[ids]
        logits = np.empty((steps * batch, self.vocabulary_size), np.float32)
        with self._turn:
            for layer, cell in enumerate(self._cells):
                outputs = np.empty((steps, batch, self.units), np.float32)
                c = state.cell[layer] if state.cell else None
                cell.sequence(x, state.hidden[layer], c, None, mask, False, False, outputs)
                if self._adds(x):
                    outputs += x
                x = outputs
            self._dense.apply(x.reshape(steps * batch, self.units), logits)
        if steps:
            state.logits[...] = logits[-batch:]
        return logits.reshape(steps, batch, self.vocabulary_size)

    def _steps(self, state: State) -> list[Callable[[], None]]:
        """Return this network's cells, bound to the arrays of `state` that they read and write."""
        bound = state.bound
        if bound.network is not self:
            steps: list[Callable[[], None]] = []
            x = state.embedded
            for layer, cell in enumerate(self._cells):
                h = state.hidden[layer]
                steps.append(cell.bind(x, h, state.cell[layer] if state.cell else None))
                x = state.sums if self._adds(x) else h
            bound.network, bound.steps = self, steps
        return bound.steps

    def _adds(self, x: Floats) -> bool:
        """Whether a layer that reads `x` adds it to its output: where it may and the sizes agree."""
        return self._residual and x.shape[-1] == self.units

    def _check_range(self, where: str, ids: Ids) -> None:
        if ids.size and (ids.min() < 0 or ids.max() >= self.vocabulary_size):
            raise ShapeError(
                f"{where}: expected ids from 0 to {self.vocabulary_size - 1}, got {ids.min()} .. {ids.max()}."
            )
