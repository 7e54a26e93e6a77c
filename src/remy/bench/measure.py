"""One case: prepare the sides, compare their numbers, time them in turn."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from remy.bench.ceiling import Ceiling
from remy.bench.check import difference
from remy.bench.problem import Problem
from remy.bench.results import CaseResult, Ratio
from remy.bench.side import Answer, Prepared, Side
from remy.bench.turns import Pace, in_turn, ratio
from remy.bench.work import allowed_seconds, operations, work

_PRODUCT = "large product"


def measure(
    problem: Problem,
    ours: Side,
    peers: Sequence[Side],
    *,
    part: str,
    pace: Pace,
    ceiling: Ceiling,
    title: str | None = None,
    other_operations: int = 0,
) -> CaseResult:
    """Compare and time a case; a peer that computes other numbers is named and has no ratio.

    Parameters
    ----------
    problem
        The case and its numbers.
    ours, peers
        Who computes it, already loaded; peers that do not compute such a case are left out.
    part, title
        As in :class:`CaseResult`; the title is the case's by default.
    pace
        How long.
    ceiling
        The machine's.
    other_operations
        Those of products besides the recurrent layers'.
    """
    mine = ours.prepare(problem)
    expected = mine.answer()
    sides, failures = {ours.name: mine}, {}
    for peer in (peer for peer in peers if peer.can(problem.case)):
        prepared = _agreeing(peer, problem, expected)
        if isinstance(prepared, str):
            failures[peer.name] = prepared
        else:
            sides[peer.name] = prepared
    # The product has its turn like everybody: what the machine does meanwhile falls on it too.
    series = in_turn({**sides, _PRODUCT: Prepared(ceiling.product, dict)}, pace)
    products = series.pop(_PRODUCT)
    ceiling.saw(products)
    seconds = {name: statistics.median(times) for name, times in series.items()}
    least = work(problem)
    rates = (ceiling.operations / each for each in products)
    allowed = [allowed_seconds(least, rate, ceiling.bandwidth) for rate in rates]
    return CaseResult(
        part=part,
        title=title or problem.case.title,
        case=problem.case,
        seconds=seconds,
        ratios={
            name: Ratio(**ratio(series[name], series[ours.name])._asdict())
            for name in sides
            if name != ours.name
        },
        failures=failures,
        operations=operations(problem) + other_operations,
        products=least.products + other_operations,
        reads=least.reads,
        allowed=statistics.median(allowed),
        fraction=ratio(allowed, series[ours.name]).median,
    )


def _agreeing(peer: Side, problem: Problem, expected: Answer) -> Prepared | str:
    """Return the peer ready to be timed, or why it is not to be."""
    try:
        prepared = peer.prepare(problem)
        found = prepared.answer()
    except Exception as error:  # whatever a foreign library raises is its failure, not the run's end
        first, *_ = str(error).splitlines() or [""]
        return f"cannot compute it: {type(error).__name__}: {first}"
    return difference(found, expected, steps=problem.case.steps) or prepared
