"""Every peer computes what Remy computes, in all the cases it says it can."""

from __future__ import annotations

import pytest

from remy.bench.cases import CELLS, MODES, Case
from remy.bench.check import difference
from remy.bench.ours import Remy
from remy.bench.peers.keras_jax import KerasJax
from remy.bench.peers.onnx_runtime import OnnxRuntime
from remy.bench.peers.packed_sequence import Packed
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.problem import make_problem
from remy.bench.side import Side
from tests.bench import small

TWO = {"layers": 2, "bidirectional": True}
CASES = [small.case(cell, mode) for cell in CELLS for mode in MODES]
CASES += [small.case(cell, mode, mixed=True) for cell in CELLS for mode in ("inference", "training")]
CASES += [small.case("gru", mode, **TWO) for mode in ("inference", "training")]


@pytest.fixture(scope="module", params=[TorchNN(), Packed(), KerasJax(), OnnxRuntime()], ids=lambda s: s.name)
def peer(request: pytest.FixtureRequest) -> Side:
    """A peer, loaded; skipped by name where it is not installed."""
    side: Side = request.param
    try:
        side.load(1)
    except ImportError as error:
        pytest.skip(f"{side.name}: {error}")
    return side


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_peer_computes_the_same_numbers_and_again_the_same(peer: Side, case: Case) -> None:
    if not peer.can(case):
        return
    problem = make_problem(case)
    expected = Remy().prepare(problem).answer()
    prepared = peer.prepare(problem)
    for _ in range(2):
        found = prepared.answer()
        assert difference(found, expected, steps=case.steps) is None
        with prepared.around():
            prepared.call()


def test_every_case_has_a_peer_and_training_gives_every_gradient() -> None:
    sides: list[Side] = [TorchNN(), Packed(), KerasJax(), OnnxRuntime()]
    assert all(any(side.can(case) for side in sides) for case in CASES)
    answer = Remy().prepare(make_problem(small.case("gru", **TWO))).answer()
    assert len(answer) == 2 + 4 * 3


def test_recurrent_dropout_is_compared_without_it_and_timed_with_it() -> None:
    problem = make_problem(small.case())
    plain, dropped = Remy().prepare(problem), Remy("other", recurrent_dropout=0.5).prepare(problem)
    assert difference(dropped.answer(), plain.answer(), steps=6) is None
    outputs = dropped.call()
    assert abs(outputs.detach().numpy() - plain.answer()["outputs"]).max() > 0.01  # type: ignore[attr-defined]
