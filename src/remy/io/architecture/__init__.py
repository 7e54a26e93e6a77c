"""Which tensors a network has, from the description of its architecture.

This is the one table that the model file, the runtime and the training code agree on: a file for each kind.
"""

from remy.io.architecture.kinds import expected_tensors
from remy.io.architecture.recurrent import ACTIVATIONS, GATE_ORDER, cell_tensors, core_cell, stack_tensors

__all__ = ["ACTIVATIONS", "GATE_ORDER", "cell_tensors", "core_cell", "expected_tensors", "stack_tensors"]
