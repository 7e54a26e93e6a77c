"""ONNX Runtime: one graph of the standard's own RNN, GRU and LSTM nodes, for inference."""

from __future__ import annotations

from typing import Any

import numpy as np

from remy.bench.cases import Case
from remy.bench.problem import CellWeights, Floats, Problem, reorder_gates
from remy.bench.side import Answer, Prepared

#: Cell -> the standard's operator, and for each of its gates the place of that gate in Keras's order.
_OPERATORS = {
    "simple_rnn": ("RNN", (0,)),
    "gru": ("GRU", (0, 1, 2)),  # z, r, h in both
    "lstm": ("LSTM", (0, 3, 1, 2)),  # i, o, f, c
}

#: Old enough for every ONNX Runtime that runs on Python 3.11.
_OPSET, _IR_VERSION = 17, 8


class OnnxRuntime:
    """``InferenceSession.run``: NumPy arrays in, NumPy arrays out; batch first as everyone."""

    name = "ONNX Runtime"
    distributions: tuple[str, ...] = ("onnxruntime", "onnx")

    def __init__(self) -> None:
        self._threads = 1

    def load(self, threads: int) -> None:
        """Import both.

        Raises
        ------
        ImportError
            If one is missing.
        """
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401

        self._threads = threads

    def can(self, case: Case) -> bool:
        """Whether it computes such a case: inference without lengths."""
        return case.mode != "training" and not case.mixed

    def prepare(self, problem: Problem) -> Prepared:
        """Build the graph and its session."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            _graph(problem).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        names = [output.name for output in session.get_outputs()]
        states = [f"initial_{name}" for name in names[1:]]
        first = {"x": problem.x} | {
            name: part[None].copy() for name, part in zip(states, problem.state, strict=True)
        }
        feeds = dict(first)

        def run() -> None:
            # The names of the new states stand for those that go in next.
            for name, part in zip(states, session.run(None, feeds)[1:], strict=True):
                feeds[name] = part

        def answer() -> Answer:
            found = dict(zip(names, session.run(None, first), strict=True))
            return {"outputs": found["outputs"]} | ({"c": found["c"][0]} if "c" in found else {})

        return Prepared(run, answer)


def _graph(problem: Problem) -> Any:
    from onnx import helper, numpy_helper

    case = problem.case
    operator, order = _OPERATORS[case.cell]
    options: dict[str, Any] = {"hidden_size": case.units}
    if case.cell == "gru":
        options["linear_before_reset"] = 1
    if case.bidirectional:
        options["direction"] = "bidirectional"
    states = ["h", "c"][: len(problem.state)]
    constants: dict[str, np.ndarray[Any, Any]] = {}
    # This provider's nodes are time-major, (T, B, I) to (T, directions, B, H).
    nodes = [helper.make_node("Transpose", ["x"], ["x_0"], perm=[1, 0, 2])]
    for layer, weights in enumerate(problem.weights):
        parts = [f"{part}_{layer}" for part in ("W", "R", "B")]
        constants |= dict(zip(parts, _to_onnx(weights, order), strict=True))
        inputs = [f"x_{layer}", *parts, *(["", *(f"initial_{name}" for name in states)] if states else [])]
        nodes.append(helper.make_node(operator, inputs, [f"y_{layer}", *states], **options))
        last = layer == case.layers - 1
        axes = (case.batch, case.steps) if last else (case.steps, case.batch)
        constants[f"shape_{layer}"] = np.array([*axes, case.units * case.directions], np.int64)
        perm = [2, 0, 1, 3] if last else [0, 2, 1, 3]
        nodes.append(helper.make_node("Transpose", [f"y_{layer}"], [f"turned_{layer}"], perm=perm))
        after = "outputs" if last else f"x_{layer + 1}"
        nodes.append(helper.make_node("Reshape", [f"turned_{layer}", f"shape_{layer}"], [after]))
    graph = helper.make_graph(
        nodes,
        "layers",
        [_value("x", problem.x.shape), *(_value(f"initial_{name}", _state(case)) for name in states)],
        [_value("outputs", problem.d_outputs.shape), *(_value(name, _state(case)) for name in states)],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)


def _value(name: str, shape: tuple[int, ...]) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _state(case: Case) -> tuple[int, int, int]:
    return (1, case.batch, case.units)


def _to_onnx(weights: tuple[CellWeights, ...], order: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Return W ``(directions, G*H, I)``, R ``(directions, G*H, H)`` and B ``(directions, 2*G*H)``."""
    kernels = [reorder_gates(given.kernel, order).T for given in weights]
    recurrent = [reorder_gates(given.recurrent_kernel, order).T for given in weights]
    biases = []
    for given in weights:
        bias = reorder_gates(given.bias, order)
        biases.append((bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])).reshape(-1))
    return np.stack(kernels), np.stack(recurrent), np.stack(biases)
