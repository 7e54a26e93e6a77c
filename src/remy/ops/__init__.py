"""torch operators of the recurrences: the compiled core on the CPU, a loop of torch operators elsewhere.

Arrays are time-major, ``(T, B, I)``. All checks of arguments live here; the layers rely on them.
"""

from remy.ops.cells import CELLS, CellSizes
from remy.ops.interface import SequenceResult, sequence
from remy.ops.loop import force_loop
from remy.ops.record import SequenceGradients, SequenceRecord, sequence_record

__all__ = [
    "CELLS",
    "CellSizes",
    "SequenceGradients",
    "SequenceRecord",
    "SequenceResult",
    "force_loop",
    "sequence",
    "sequence_record",
]
