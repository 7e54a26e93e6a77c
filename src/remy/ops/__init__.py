"""torch operators of the recurrences: the compiled core on the CPU, a loop of torch operators elsewhere.

Arrays are time-major, ``(T, B, I)``. All checks of arguments live here; the layers rely on them.
"""

from remy.ops.cells import CELLS, CellSizes
from remy.ops.interface import SequenceResult, sequence
from remy.ops.loop import force_loop
from remy.ops.record import SequenceGradients, SequenceRecord, sequence_record
from remy.ops.watching import Recording, record, watch

__all__ = [
    "CELLS",
    "CellSizes",
    "Recording",
    "SequenceGradients",
    "SequenceRecord",
    "SequenceResult",
    "force_loop",
    "record",
    "sequence",
    "sequence_record",
    "watch",
]
