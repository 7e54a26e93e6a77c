"""What is measured: a cell, what it does, and the sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Cell -> how it is written in a table.
CELLS: Final = {"simple_rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}

#: Inference: outputs of whole sequences. Training: those, and the gradients of the inputs and all weights.
#: Step: one step of one sequence from a given state.
MODES: Final = ("inference", "training", "step")

#: (B, T, H) of the layer cases; as many inputs as units.
SHAPES: Final = (
    (1, 100, 32),
    (1, 100, 128),
    (8, 100, 64),
    (32, 100, 64),
    (32, 100, 128),
    (64, 50, 256),
    (32, 100, 512),
)

#: Those of the short table.
SHORT_SHAPES: Final = ((1, 100, 128), (32, 100, 128))

STEP_UNITS: Final = (32, 64, 128, 256, 512)
STEP_INPUTS: Final = 32


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    Attributes
    ----------
    cell
        One of :data:`CELLS`; the GRU has the reset after the product, the only form all peers have.
    mode
        One of :data:`MODES`.
    batch, steps, inputs, units
        B, T, I and H.
    layers
        Recurrent layers one on the other.
    bidirectional
        Whether every layer reads in both directions.
    mixed
        Whether the rows have lengths drawn uniformly from 1 to T.
    """

    cell: str
    mode: str
    batch: int
    steps: int
    inputs: int
    units: int
    layers: int = 1
    bidirectional: bool = False
    mixed: bool = False

    @property
    def directions(self) -> int:
        """Cells of each layer."""
        return 2 if self.bidirectional else 1

    def inputs_of(self, layer: int) -> int:
        """Features that layer number `layer` reads."""
        return self.units * self.directions if layer else self.inputs

    @property
    def title(self) -> str:
        """A few words for a table.

        Examples
        --------
        >>> Case("lstm", "training", 32, 100, 128, 128, layers=2, bidirectional=True).title
        'LSTM training B32 T100 u128, 2 layers, bidirectional'
        """
        extra = [f"{self.layers} layers"] * (self.layers > 1)
        extra += ["bidirectional"] * self.bidirectional + ["mixed lengths"] * self.mixed
        sizes = f"B{self.batch} T{self.steps} u{self.units}"
        return ", ".join([f"{CELLS[self.cell]} {self.mode} {sizes}", *extra])


def layer_cases(
    cells: Sequence[str] = tuple(CELLS),
    shapes: Sequence[tuple[int, int, int]] = SHAPES,
    modes: Sequence[str] = ("inference", "training"),
) -> list[Case]:
    """Return one layer of every cell in every mode and shape."""
    return [
        Case(cell, mode, batch, steps, units, units)
        for mode in modes
        for cell in cells
        for batch, steps, units in shapes
    ]


def step_cases(cells: Sequence[str] = tuple(CELLS), units: Sequence[int] = STEP_UNITS) -> list[Case]:
    """Return one step at batch 1 of every cell and size."""
    return [Case(cell, "step", 1, 1, STEP_INPUTS, size) for cell in cells for size in units]
