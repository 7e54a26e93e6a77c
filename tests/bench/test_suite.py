"""The parts of the benchmark, each at its smallest."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import pytest

from benchmarks import character, classifier, memory, suite, tagger
from benchmarks.arguments import parse
from remy.bench.check import difference
from remy.bench.problem import make_problem
from remy.bench.turns import Pace
from tests.bench import small

#: Cases of each part.
COUNTS = {
    "layers": 12,
    "bidirectional": 2,
    "mixed": 2,
    "dropout": 2,
    "step": 3,
    "character": 1,
    "classifier": 1,
    "tagger": 1,
}

SMALL = {"batch": 3, "steps": 5, "inputs": 3, "units": 4}
#: Module, and how many arrays its model has.
MODELS = [(character, 3 + 2 * 3), (classifier, 3 + 2 * 3), (tagger, 4 + 3 * 2 * 3)]


@pytest.mark.parametrize(("model", "arrays"), MODELS)
def test_both_models_make_the_same_update(model: Any, arrays: int) -> None:
    problem = make_problem(dataclasses.replace(model.CASE, **SMALL))
    ours, theirs = (side.prepare(problem) for side in model.sides())
    expected, found = ours.answer(), theirs.answer()
    assert difference(found, expected, steps=5) is None
    assert len(expected) == 1 + 2 * arrays
    for prepared in (ours, theirs):
        before = prepared.call()
        assert prepared.call() < before  # type: ignore[operator]
    assert difference(theirs.answer(), expected, steps=5) is None, "an answer starts from the first weights"


@pytest.mark.parametrize(("model", "arrays"), MODELS)
def test_a_model_that_learns_otherwise_is_found(model: Any, arrays: int) -> None:
    problem = make_problem(dataclasses.replace(model.CASE, **SMALL))
    ours, theirs = (side.prepare(problem).answer() for side in model.sides())
    slower = {**theirs, "dense/bias": theirs["dense/bias"] + 1e-4}
    assert str(difference(slower, ours, steps=5)).startswith("dense/bias: off by")


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")
@pytest.mark.slow
def test_peak_memory_is_measured_in_processes_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "TRIES", 1)
    case = small.case(batch=64, steps=100, inputs=64, units=64)
    found = memory.measure(case, ["Remy", "torch.nn"], threads=1, isa="portable")
    assert not found.failures
    # outputs and states alone are 64 * 100 * 64 floats each
    assert all(peak > 2 * 4 * 64 * 100 * 64 for peak in found.bytes.values())
    share = memory.share(found, "torch.nn")
    assert share is not None
    assert 0.1 < share < 10.0


def test_a_process_that_fails_is_named_with_its_last_words() -> None:
    found = memory.measure(small.case(), ["nobody"], threads=1, isa=None)
    assert found.bytes == {}
    assert found.failures == {"nobody": "KeyError: 'nobody'"}
    assert "nobody FAILED" in memory.line(found)


def test_every_part_runs_names_who_is_missing_and_finds_no_difference(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "SHORT_SHAPES", ((1, 2, 3), (2, 3, 4)))
    monkeypatch.setattr(suite, "SHORT_UNITS", (5,))
    monkeypatch.setattr(suite, "MIDDLE", (2, 3, 4))
    monkeypatch.setattr(suite, "KerasJax", small.NotInstalled)
    monkeypatch.setattr(suite, "Pace", lambda turns: Pace(turns, seconds=0.0, pause=0.0))
    for model, _ in MODELS:
        monkeypatch.setattr(model, "CASE", dataclasses.replace(model.CASE, **SMALL))
    monkeypatch.setattr("remy.bench.session.Ceiling", small.ceiling)
    options = parse(["--quick", "--turns", "1", "--only", ",".join(COUNTS)])
    found = suite.run(options, {})
    assert found.failures == []
    assert "absent" in found.missing
    parts = [case.part for case in found.cases]
    assert {part: parts.count(part) for part in options.parts} == COUNTS
    assert all(case.ratios for case in found.cases)
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1 + len(found.cases)
    assert "missing: absent" in captured.err
