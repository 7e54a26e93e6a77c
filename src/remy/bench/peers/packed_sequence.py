"""``torch.nn`` on rows of unequal length, packed as torch wants them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from remy.bench.cases import Case
from remy.bench.peers.torch_nn import build, gradients
from remy.bench.problem import Problem
from remy.bench.side import Prepared
from remy.bench.torch_module import prepare_module


class Packed:
    """torch's modules between ``pack_padded_sequence`` and ``pad_packed_sequence``, both within the time."""

    name = "PackedSequence"
    distributions: tuple[str, ...] = ("torch",)

    def load(self, threads: int) -> None:
        """Set torch's threads."""
        torch.set_num_threads(threads)

    def can(self, case: Case) -> bool:
        """Whether it computes such a case: those with lengths."""
        return case.mixed

    def prepare(self, problem: Problem) -> Prepared:
        """Build the module."""
        module = build(problem)
        lengths = torch.from_numpy(problem.lengths)

        def forward(x: Tensor) -> Tensor:
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
            outputs, _ = pad_packed_sequence(
                module(packed)[0], batch_first=True, total_length=problem.case.steps
            )
            return outputs

        return prepare_module(problem, module, forward, lambda: gradients(problem, module))
