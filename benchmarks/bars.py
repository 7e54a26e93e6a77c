"""The bars that the benchmark has to clear: data, and what a run says of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import memory
from remy.bench.results import CaseResult, Results


def geometric_mean(values: Sequence[float]) -> float:
    """Return the geometric mean."""
    return math.exp(math.fsum(map(math.log, values)) / len(values))


#: In place of a peer: the fraction of the machine's ceiling counts.
FRACTION = "ceiling"


@dataclass(frozen=True)
class Where:
    """Which cases a bar is about; empty and 1 stand for any.

    Attributes
    ----------
    part, mode, cells
        As in the results.
    batch, units
        The least.
    exact
        Whether `units` is the only number of units.
    """

    part: str
    mode: str = ""
    cells: tuple[str, ...] = ()
    batch: int = 1
    units: int = 1
    exact: bool = False

    def holds(self, result: CaseResult) -> bool:
        """Whether `result` is one of these cases."""
        case = result.case
        return (
            result.part == self.part
            and self.mode in ("", case.mode)
            and case.cell in (self.cells or (case.cell,))
            and case.batch >= self.batch
            and (case.units == self.units if self.exact else case.units >= self.units)
        )


@dataclass(frozen=True)
class Bar:
    """One bound.

    Attributes
    ----------
    what
        Its words.
    bound
        The number to reach.
    summary
        From the figures of all cases to one.
    cases
        How many cases a complete run has for it.
    where
        Which ones.
    peer
        Whose ratio counts, or :data:`FRACTION`.
    at_most
        Whether the bound is one from above.
    """

    what: str
    bound: float
    summary: Callable[[Sequence[float]], float]
    cases: int
    where: Where
    peer: str
    at_most: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a run says of a bar: the figure, of how many of its cases, and whether it clears the bar."""

    bar: Bar
    figure: float | None
    cases: int

    @property
    def word(self) -> str:
        """``met``, ``not met``, with the number of cases where some lack, or ``not measured``."""
        if self.figure is None:
            return "not measured"
        met = self.figure <= self.bar.bound if self.bar.at_most else self.figure >= self.bar.bound
        word = "met" if met else "not met"
        return word if self.cases == self.bar.cases else f"{word} ({self.cases} of {self.bar.cases} cases)"


_GATED = ("gru", "lstm")

#: For two threads of a quiet machine with AVX2.
BARS = (
    Bar(
        "training step against torch.nn, geometric mean",
        2.8,
        geometric_mean,
        21,
        Where("layers", "training"),
        "torch.nn",
    ),
    Bar(
        "training step against torch.nn, LSTM alone, geometric mean",
        1.25,
        geometric_mean,
        7,
        Where("layers", "training", cells=("lstm",)),
        "torch.nn",
    ),
    Bar("training step against torch.nn, worst case", 1.0, min, 21, Where("layers", "training"), "torch.nn"),
    Bar(
        "training step against Keras-JAX, geometric mean",
        1.8,
        geometric_mean,
        21,
        Where("layers", "training"),
        "Keras-JAX",
    ),
    Bar(
        "inference against torch.nn, geometric mean",
        2.5,
        geometric_mean,
        21,
        Where("layers", "inference"),
        "torch.nn",
    ),
    Bar("inference against torch.nn, worst case", 1.0, min, 21, Where("layers", "inference"), "torch.nn"),
    Bar(
        "inference against ONNX Runtime, geometric mean",
        1.5,
        geometric_mean,
        21,
        Where("layers", "inference"),
        "ONNX Runtime",
    ),
    Bar(
        "mixed lengths against PackedSequence, training, LSTM and GRU, the lower",
        4.0,
        min,
        2,
        Where("mixed"),
        "PackedSequence",
    ),
    Bar(
        "cost of recurrent_dropout over none, the higher",
        1.10,
        max,
        2,
        Where("dropout"),
        "recurrent_dropout=0.2",
        at_most=True,
    ),
    Bar(
        "fraction of the ceiling, training, B >= 32 and units >= 128, worst case",
        0.75,
        min,
        9,
        Where("layers", "training", batch=32, units=128),
        FRACTION,
    ),
    Bar(
        "training step of the character model against plain PyTorch",
        1.3,
        min,
        1,
        Where("character"),
        "torch.nn",
    ),
    Bar(
        "training step of the classifier against plain PyTorch with PackedSequence",
        1.5,
        min,
        1,
        Where("classifier"),
        "PackedSequence",
    ),
    Bar(
        "training step of the tagger against plain PyTorch with PackedSequence",
        1.5,
        min,
        1,
        Where("tagger"),
        "PackedSequence",
    ),
    Bar(
        "one step, units 128, LSTM and GRU, against torch.nn, the lower",
        15.0,
        min,
        2,
        Where("step", cells=_GATED, units=128, exact=True),
        "torch.nn",
    ),
    Bar(
        "one step, units 128, LSTM and GRU, against ONNX Runtime's run, the lower",
        4.0,
        min,
        2,
        Where("step", cells=_GATED, units=128, exact=True),
        "ONNX Runtime",
    ),
    Bar(
        "peak memory of a training step against torch.nn, worst case",
        1.0,
        max,
        21,
        Where("memory"),
        "torch.nn",
        at_most=True,
    ),
)


def judge(results: Results) -> list[Verdict]:
    """Return what `results` say of every bar."""
    verdicts = []
    for bar in BARS:
        figures = _figures(bar, results)
        verdicts.append(Verdict(bar, bar.summary(figures) if figures else None, len(figures)))
    return verdicts


def report(results: Results) -> str:
    """Return the verdicts in columns."""
    rows = [("bar, as set for two quiet threads of AVX2", "bound", "measured", "")]
    for verdict in judge(results):
        sign = "<=" if verdict.bar.at_most else ">="
        figure = "" if verdict.figure is None else f"{verdict.figure:.2f}"
        rows.append((verdict.bar.what, f"{sign} {verdict.bar.bound:g}", figure, verdict.word))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{a:<{width}}  {b:>7}  {c:>8}  {d}".rstrip() for a, b, c, d in rows)


def _figures(bar: Bar, results: Results) -> list[float]:
    if bar.where.part == "memory":
        shares = [memory.share(found, bar.peer) for found in results.memory]
        return [share for share in shares if share is not None]
    cases = [case for case in results.cases if bar.where.holds(case)]
    if bar.peer == FRACTION:
        return [case.fraction for case in cases]
    return [case.ratios[bar.peer].median for case in cases if bar.peer in case.ratios]
