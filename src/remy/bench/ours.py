"""Remy as a side: its torch layers for sequences, its torch-free runtime for single steps."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch

from remy import _core, layers, threads
from remy.bench.cases import Case
from remy.bench.problem import Floats, Problem, name_gradients
from remy.bench.side import Answer, Prepared
from remy.bench.torch_module import gradient, prepare_module
from remy.io.architecture import core_cell
from remy.layers.recurrent import Recurrent

_LAYERS: dict[str, Any] = {"simple_rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}


class Remy:
    """Remy itself.

    Parameters
    ----------
    name
        How it is called, where two of its forms are compared.
    recurrent_dropout
        As of the layers; the numbers are checked without it.
    """

    distributions: tuple[str, ...] = ()

    def __init__(self, name: str = "Remy", *, recurrent_dropout: float = 0.0) -> None:
        self.name = name
        self.recurrent_dropout = recurrent_dropout

    def load(self, threads_: int) -> None:
        """Set the threads of the core and of torch, on whose tensors the layers work."""
        threads.set_num_threads(threads_)
        torch.set_num_threads(threads_)

    def can(self, case: Case) -> bool:
        """Whether it computes such a case: all of them."""
        return True

    def prepare(self, problem: Problem) -> Prepared:
        """Build the layers, or for a step the packed cell."""
        if problem.case.mode == "step":
            return _prepare_step(problem)
        layer, cells = self._build(problem)
        lengths = None if problem.lengths is None else torch.from_numpy(problem.lengths)

        def gradients() -> dict[str, Floats]:
            named: dict[str, Floats] = {}
            for number, cell in enumerate(cells):
                arrays = [gradient(weight) for weight in (cell.kernel, cell.recurrent_kernel, cell.bias)]
                named |= name_gradients(*divmod(number, problem.case.directions), arrays)
            return named

        prepared = prepare_module(problem, layer, lambda x: layer(x, lengths=lengths), gradients)
        if not self.recurrent_dropout:
            return prepared

        def without_dropout() -> Answer:
            layer.eval()
            answer = prepared.answer()
            layer.train()
            return answer

        return dataclasses.replace(prepared, answer=without_dropout)

    def _build(self, problem: Problem) -> tuple[torch.nn.Module, list[Recurrent]]:
        """Return the layers as one module, and its cells in the order of the problem's weights."""
        cells: list[Recurrent] = []
        levels: list[Recurrent | layers.Bidirectional] = []
        for weights in problem.weights:
            pair: list[Recurrent] = [
                _LAYERS[problem.case.cell](
                    problem.case.units,
                    input_size=len(given.kernel),
                    return_sequences=True,
                    go_backwards=bool(direction),
                    recurrent_dropout=self.recurrent_dropout,
                )
                for direction, given in enumerate(weights)
            ]
            for cell, given in zip(pair, weights, strict=True):
                for name in ("kernel", "recurrent_kernel", "bias"):
                    with torch.no_grad():
                        cell.get_parameter(name).copy_(torch.from_numpy(getattr(given, name)))
            cells += pair
            levels.append(layers.Bidirectional(pair[0], backward_layer=pair[1]) if pair[1:] else pair[0])
        return layers.Stacked(levels) if levels[1:] else levels[0], cells


def _prepare_step(problem: Problem) -> Prepared:
    """As the runtime steps: the state moves on in place, and nothing is allocated."""
    weights = problem.weights[0][0]
    name = core_cell({"cell": problem.case.cell, "reset_after": True, "activation": "tanh"})
    cell = _core.PackedCell(name, weights.kernel, weights.recurrent_kernel, weights.bias)
    x = problem.x[:, 0].copy()
    h, c = _copies(problem)

    def answer() -> Answer:
        new_h, new_c = _copies(problem)
        cell.step(x, new_h, new_c)
        return {"outputs": new_h[:, None]} | ({} if new_c is None else {"c": new_c})

    return Prepared(cell.bind(x, h, c), answer)


def _copies(problem: Problem) -> tuple[Floats, Floats | None]:
    h, *c = (part.copy() for part in problem.state)
    return h, c[0] if c else None
