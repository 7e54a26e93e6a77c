"""``torch.nn.RNN``, ``GRU`` and ``LSTM``, run eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy.bench.cases import Case
from remy.bench.problem import CellWeights, Floats, Problem, name_gradients, reorder_gates
from remy.bench.side import Answer, Prepared
from remy.bench.torch_module import gradient, prepare_module
from remy.io.torch_weights import GATE_ORDER

_MODULES: dict[str, Any] = {"simple_rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


class TorchNN:
    """The recurrent modules of torch."""

    name = "torch.nn"
    distributions: tuple[str, ...] = ("torch",)

    def load(self, threads: int) -> None:
        """Set torch's threads."""
        torch.set_num_threads(threads)

    def can(self, case: Case) -> bool:
        """Whether it computes such a case: all without lengths."""
        return not case.mixed

    def prepare(self, problem: Problem) -> Prepared:
        """Build the module."""
        module = build(problem)
        if problem.case.mode == "step":
            return _prepare_step(problem, module)
        return prepare_module(problem, module, lambda x: module(x)[0], lambda: gradients(problem, module))


def build(problem: Problem) -> torch.nn.Module:
    """Return torch's module with the weights of `problem`."""
    case = problem.case
    module: torch.nn.Module = _MODULES[case.cell](
        case.inputs,
        case.units,
        num_layers=case.layers,
        bidirectional=case.bidirectional,
        batch_first=True,
    )
    state: dict[str, Tensor] = {}
    for layer, weights in enumerate(problem.weights):
        for direction, given in enumerate(weights):
            state |= _to_torch(given, GATE_ORDER[case.cell], _suffix(layer, direction))
    module.load_state_dict(state)
    return module


def gradients(problem: Problem, module: torch.nn.Module) -> dict[str, Floats]:
    """Return the gradients of the weights in Keras's layout."""
    inverse = np.argsort(GATE_ORDER[problem.case.cell]).tolist()
    named: dict[str, Floats] = {}
    for layer, weights in enumerate(problem.weights):
        for direction, given in enumerate(weights):
            suffix = _suffix(layer, direction)
            parts = ("weight_ih_", "weight_hh_", "bias_ih_", "bias_hh_")
            kernel, recurrent, *biases = (
                reorder_gates(gradient(module.get_parameter(part + suffix)).T, inverse) for part in parts
            )
            bias = np.stack(biases) if given.bias.ndim == 2 else biases[0]
            named |= name_gradients(layer, direction, (kernel, recurrent, bias))
    return named


def _suffix(layer: int, direction: int) -> str:
    return f"l{layer}{'_reverse' if direction else ''}"


def _to_torch(given: CellWeights, order: tuple[int, ...], suffix: str) -> dict[str, Tensor]:
    bias = given.bias if given.bias.ndim == 2 else np.stack([given.bias, np.zeros_like(given.bias)])
    arrays = {
        "weight_ih_": reorder_gates(given.kernel, order).T,
        "weight_hh_": reorder_gates(given.recurrent_kernel, order).T,
        "bias_ih_": reorder_gates(bias[0], order),
        "bias_hh_": reorder_gates(bias[1], order),
    }
    return {name + suffix: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()}


def _prepare_step(problem: Problem, module: torch.nn.Module) -> Prepared:
    module.eval()
    x = torch.from_numpy(problem.x.copy())
    parts = tuple(torch.from_numpy(part.copy())[None] for part in problem.state)
    first: Any = parts if len(parts) == 2 else parts[0]
    state = first

    def step() -> None:
        nonlocal state
        _, state = module(x, state)

    def answer() -> Answer:
        with torch.inference_mode():
            outputs, after = module(x, first)
        return {"outputs": outputs.numpy()} | ({"c": after[1][0].numpy()} if len(parts) == 2 else {})

    return Prepared(step, answer, torch.inference_mode)
