"""The numbers of a case: weights, inputs and states, the same for everyone who computes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remy.bench.cases import Case
from remy.io.architecture import cell_tensors

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class CellWeights:
    """Weights of one cell in Keras's layout: kernel ``(I, G*H)``, recurrent kernel ``(H, G*H)``, bias."""

    kernel: Floats
    recurrent_kernel: Floats
    bias: Floats


@dataclass(frozen=True)
class Problem:
    """A case with its numbers.

    Attributes
    ----------
    x
        Inputs ``(B, T, I)``.
    d_outputs
        Gradient of the loss ``sum(outputs * d_outputs)`` by the outputs, ``(B, T, F)``; 0 after a row's end.
    state
        For a step: h, and for the LSTM c, each ``(B, H)``; otherwise empty and zeros are meant.
    lengths
        Steps of every row, ``(B,)``, or ``None`` where all have T.
    weights
        For each layer a tuple with the cell of each direction.
    """

    case: Case
    x: Floats
    d_outputs: Floats
    state: tuple[Floats, ...]
    lengths: NDArray[np.int64] | None
    weights: tuple[tuple[CellWeights, ...], ...]

    @property
    def valid_steps(self) -> int:
        """Steps of all rows together, without padding."""
        return self.case.batch * self.case.steps if self.lengths is None else int(self.lengths.sum())

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Where a step counts, ``(B, T)``."""
        if self.lengths is None:
            return np.ones((self.case.batch, self.case.steps), bool)
        return np.arange(self.case.steps)[None, :] < self.lengths[:, None]


def make_problem(case: Case, seed: int = 0) -> Problem:
    """Draw the numbers of `case`: weights distinct for every gate, of the size that training starts from."""
    random = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 1.0) -> Floats:
        return (random.standard_normal(shape) * scale).astype(np.float32)

    def cell(inputs: int) -> CellWeights:
        shapes = cell_tensors("", case.cell, inputs, case.units, reset_after=True).values()
        scales = inputs**-0.5, case.units**-0.5, 0.1
        return CellWeights(
            *(normal(*shape, scale=scale) for shape, scale in zip(shapes, scales, strict=True))
        )

    weights = tuple(
        tuple(cell(case.inputs_of(layer)) for _ in range(case.directions)) for layer in range(case.layers)
    )
    states = 0 if case.mode != "step" else 2 if case.cell == "lstm" else 1
    problem = Problem(
        case=case,
        x=normal(case.batch, case.steps, case.inputs),
        d_outputs=normal(case.batch, case.steps, case.units * case.directions),
        state=tuple(normal(case.batch, case.units, scale=0.5) for _ in range(states)),
        lengths=random.integers(1, case.steps + 1, case.batch) if case.mixed else None,
        weights=weights,
    )
    problem.d_outputs[~problem.valid] = 0.0
    return problem


def reorder_gates(array: Floats, order: Sequence[int]) -> Floats:
    """Return the blocks of the last axis in another order.

    Examples
    --------
    >>> reorder_gates(np.array([[0, 1, 2]], np.float32), (1, 0, 2))
    array([[1., 0., 2.]], dtype=float32)
    """
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[place] for place in order], axis=-1)


def name_gradients(layer: int, direction: int, arrays: Sequence[Floats]) -> dict[str, Floats]:
    """Return the gradients of one cell's kernel, recurrent kernel and bias under their names in an answer."""
    prefix = f"gradient of layer {layer}{' backward' if direction else ''} "
    return {
        prefix + name: array
        for name, array in zip(("kernel", "recurrent_kernel", "bias"), arrays, strict=True)
    }
