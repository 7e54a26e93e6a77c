"""What each cell means: float64 NumPy, textbook loops, gradients written by hand.

Nothing here is fast, and nothing here is shared with the compiled core or with torch, so that the two can be
held against it. Arrays are time-major, ``(T, B, I)``, as in :mod:`remy.ops`.
"""

from remy.reference.cell import Cell, Step, StepGradients
from remy.reference.records import Backward, Forward
from remy.reference.registry import CELLS, cell_step
from remy.reference.sequence import sequence_backward, sequence_forward

__all__ = [
    "CELLS",
    "Backward",
    "Cell",
    "Forward",
    "Step",
    "StepGradients",
    "cell_step",
    "sequence_backward",
    "sequence_forward",
]
