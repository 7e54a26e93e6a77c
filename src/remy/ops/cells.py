"""The sizes that follow from each cell."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CellSizes:
    """What the operators must know of a cell.

    Attributes
    ----------
    family
        The user's word for it, as it stands in error messages: ``simple_rnn``, ``lstm`` or ``gru``.
    gates
        Names of the ``G`` column blocks of the kernels, in order.
    slots
        Names of the ``S`` values recorded for every unit and step.
    gate_names
        The gates' names in words, in the order of the first slots; the simple cell has no gate.
    has_cell_state
        Whether there is a ``c`` beside ``h``.
    bias_rows
        1, or 2 where inputs and recurrent product have their own bias.
    """

    family: str
    gates: tuple[str, ...]
    slots: tuple[str, ...]
    gate_names: tuple[str, ...] = ()
    has_cell_state: bool = False
    bias_rows: int = 1

    def bias_shape(self, units: int) -> tuple[int, ...]:
        """Return the shape of the bias: ``(G*H,)`` or ``(2, G*H)``."""
        width = len(self.gates) * units
        return (width,) if self.bias_rows == 1 else (self.bias_rows, width)


#: The cells, under the names the core and the reference use.
CELLS: dict[str, CellSizes] = {
    "simple_rnn_tanh": CellSizes("simple_rnn", ("h",), ()),
    "simple_rnn_relu": CellSizes("simple_rnn", ("h",), ()),
    "simple_rnn_linear": CellSizes("simple_rnn", ("h",), ()),
    "lstm": CellSizes(
        "lstm",
        ("i", "f", "g", "o"),
        ("i", "f", "g", "o"),
        ("input", "forget", "candidate", "output"),
        has_cell_state=True,
    ),
    "gru_reset_after": CellSizes(
        "gru", ("z", "r", "h"), ("z", "r", "h", "q"), ("update", "reset", "candidate"), bias_rows=2
    ),
    "gru_reset_before": CellSizes("gru", ("z", "r", "h"), ("z", "r", "h"), ("update", "reset", "candidate")),
}
