"""A peer is timed only if it computes the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from remy.bench.check import difference
from remy.bench.measure import measure
from remy.bench.ours import Remy
from remy.bench.peers.torch_nn import TorchNN
from remy.bench.problem import make_problem
from remy.bench.results import CaseResult
from remy.bench.session import Session
from tests.bench import small


def measured(*peers: Any, **changes: Any) -> CaseResult:
    problem = make_problem(small.case(**changes))
    return measure(problem, Remy(), peers, part="layers", pace=small.PACE, ceiling=small.ceiling())


@pytest.mark.parametrize("mode", ["inference", "training", "step"])
def test_a_peer_with_two_gates_exchanged_is_named_and_has_no_ratio(mode: str) -> None:
    result = measured(TorchNN(), small.SwappedGates(), mode=mode)
    assert result.failures.keys() == {"swapped"}
    assert "outputs: off by" in result.failures["swapped"]
    assert result.ratios.keys() == {"torch.nn"}
    assert result.seconds.keys() == {"Remy", "torch.nn"}


@pytest.mark.parametrize(
    "name", ["outputs", "gradient of x", "gradient of layer 0 kernel", "gradient of layer 0 bias"]
)
def test_one_wrong_value_anywhere_is_found(name: str) -> None:
    def change(found: dict[str, Any]) -> None:
        found[name].flat[0] += 0.01 * np.abs(found[name]).max()

    result = measured(small.Changed(change))
    assert result.failures["changed"].startswith(f"{name}: off by")
    assert not result.ratios


def test_a_nan_is_a_difference() -> None:
    assert difference({"outputs": np.array([np.nan])}, {"outputs": np.array([1.0])}, steps=1) is not None


def test_an_array_too_few_or_of_another_shape_is_a_difference() -> None:
    expected = {"outputs": np.zeros((2, 3)), "c": np.zeros(3)}
    assert difference({"outputs": np.zeros((2, 3))}, expected, steps=1) == "only one side gives c"
    wrong = {**expected, "outputs": np.zeros((3, 2))}
    assert difference(wrong, expected, steps=1) == "outputs: shape (3, 2) beside (2, 3)"


def test_a_peer_that_fails_is_named_with_its_words_and_the_others_are_timed() -> None:
    result = measured(small.Broken(), TorchNN())
    assert result.failures == {"broken": "cannot compute it: RuntimeError: no such kernel"}
    assert result.ratios.keys() == {"torch.nn"}


def test_a_missing_peer_is_named_with_the_way_to_install_it() -> None:
    session = Session([small.NotInstalled(), TorchNN()], pace=small.PACE, ceiling=small.ceiling())
    session.measure(small.case(), part="layers")
    found = session.results()
    assert found.missing == {
        "absent": "No module named 'a_library_nobody_has'; pip install 'remy-rnn[bench]'"
    }
    assert found.cases[0].ratios.keys() == {"torch.nn"}
    assert not found.failures


def test_times_ratios_and_the_work_belong_together() -> None:
    result = measured(TorchNN())
    assert result.seconds.keys() == {"Remy", "torch.nn"}
    assert result.products == result.operations == 3 * 2 * 18 * 28 * 12
    assert result.ratios["torch.nn"].lower <= result.ratios["torch.nn"].upper


def test_the_fraction_is_what_the_product_of_the_same_round_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    ceiling = small.ceiling()
    series = {"Remy": [4.0, 2.0, 1.0], "large product": [8.0, 2.0, 1.0]}
    monkeypatch.setattr(
        "remy.bench.measure.in_turn", lambda sides, pace: {name: series[name] for name in sides}
    )
    problem = make_problem(small.case())
    result = measure(problem, Remy(), [], part="layers", pace=small.PACE, ceiling=ceiling)
    allowed = 3 * 2 * 18 * 28 * 12 / (2.0 * 64**3)
    assert result.fraction == pytest.approx(allowed)  # of 2, 1 and 1 times that, the median
    assert result.allowed == pytest.approx(2.0 * allowed)
    assert result.seconds == {"Remy": 2.0}


def test_the_ceiling_keeps_the_best_product_seen() -> None:
    ceiling = small.ceiling()
    first = ceiling.rate
    ceiling.saw([1.0, ceiling.operations / first / 2.0])
    assert ceiling.rate == pytest.approx(2.0 * first)
    ceiling.saw([1.0])
    assert ceiling.rate == pytest.approx(2.0 * first)
