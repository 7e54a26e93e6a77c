"""Cases, sides and results small enough for tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from remy.bench.cases import Case, layer_cases, step_cases
from remy.bench.ceiling import Ceiling
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.problem import Problem, reorder_gates
from remy.bench.results import CaseResult, CeilingRecord, Machine, Memory, Ratio, Results
from remy.bench.side import Prepared
from remy.bench.turns import Pace

PACE = Pace(turns=2, seconds=0.0, pause=0.0)


def case(cell: str = "lstm", mode: str = "training", **changes: Any) -> Case:
    """Return a case of odd sizes."""
    sizes = {"batch": 1, "steps": 1} if mode == "step" else {"batch": 3, "steps": 6}
    return Case(cell, mode, **{**sizes, "inputs": 5, "units": 7, **changes})


def ceiling() -> Ceiling:
    """Return a ceiling that is measured in no time."""
    return Ceiling(size=64)


class SwappedGates(TorchNN):
    """torch with the first two gates of an LSTM exchanged."""

    name = "swapped"

    def prepare(self, problem: Problem) -> Prepared:
        """Build the module of other weights."""
        (given,), *_ = problem.weights
        arrays = (given.kernel, given.recurrent_kernel, given.bias)
        swapped = type(given)(*(reorder_gates(array, (1, 0, 2, 3)) for array in arrays))
        return super().prepare(dataclasses.replace(problem, weights=((swapped,),)))


class Changed(TorchNN):
    """torch with one array of its answer changed."""

    name = "changed"

    def __init__(self, change: Callable[[dict[str, np.ndarray]], None]) -> None:
        self._change = change

    def prepare(self, problem: Problem) -> Prepared:
        """Build the module and change what it answers."""
        prepared = super().prepare(problem)

        def answer() -> dict[str, np.ndarray]:
            found = {name: np.array(array) for name, array in prepared.answer().items()}
            self._change(found)
            return found

        return dataclasses.replace(prepared, answer=answer)


class Broken(TorchNN):
    """A library that fails."""

    name = "broken"

    def prepare(self, problem: Problem) -> Prepared:
        """Fail."""
        raise RuntimeError("no such kernel\nand more words")


class NotInstalled(TorchNN):
    """A library that is not there."""

    name = "absent"

    def load(self, threads: int) -> None:
        """Fail as an import does."""
        import a_library_nobody_has  # type: ignore[import-not-found]  # noqa: F401


def results(**changes: Any) -> Results:
    """Return results of a complete run: every ratio 3, every fraction 0.8."""
    peers = {
        "training": ["torch.nn", "Keras-JAX"],
        "inference": ["torch.nn", "Keras-JAX", "ONNX Runtime"],
        "step": ["torch.nn", "ONNX Runtime"],
    }
    gated = [Case(cell, "training", 32, 100, 128, 128, mixed=True) for cell in ("gru", "lstm")]
    cases = [one(c, "layers", peers[c.mode]) for c in layer_cases()]
    cases += [one(c, "step", peers["step"]) for c in step_cases()]
    cases += [one(c, "mixed", ["PackedSequence"]) for c in gated]
    cases += [one(dataclasses.replace(c, mixed=False), "dropout", ["recurrent_dropout=0.2"]) for c in gated]
    cases.append(one(Case("lstm", "training", 32, 128, 64, 256, layers=2), "character", ["torch.nn"]))
    cases.append(one(Case("lstm", "training", 32, 40, 100, 128), "classifier", ["PackedSequence"]))
    cases.append(one(Case("lstm", "training", 32, 25, 228, 128, layers=2), "tagger", ["PackedSequence"]))
    fields: dict[str, Any] = {
        "date": "2026-01-02T03:04:05+00:00",
        "machine": Machine(cpu="a processor", cores=2, isa="avx2", system="Linux"),
        "versions": {"python": "3.11", "remy": "0.1.0"},
        "threads": 2,
        "turns": 15,
        "ceiling": CeilingRecord(operations_per_second=1.4e11, bytes_per_second={4096: 1e11}),
        "missing": {},
        "cases": cases,
        "memory": [
            Memory(case=c, bytes={"Remy": 9_000_000, "torch.nn": 10_000_000})
            for c in layer_cases(modes=("training",))
        ],
    }
    return Results(**{**fields, **changes})


def one(case: Case, part: str, peers: list[str], ratio: float = 3.0) -> CaseResult:
    """Return the result of one case."""
    return CaseResult(
        part=part,
        title=case.title,
        case=case,
        seconds={"Remy": 0.01} | dict.fromkeys(peers, 0.01 * ratio),
        ratios={peer: Ratio(median=ratio, lower=ratio - 0.1, upper=ratio + 0.1) for peer in peers},
        failures={},
        operations=1_000_000,
        products=1_000_000,
        reads={4096: 100},
        allowed=0.008,
        fraction=0.8,
    )
