"""Results as a chart: how often Remy's time goes into that of each peer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from remy.bench.cases import CELLS
from remy.bench.results import CaseResult, Results
from remy.errors import DataError

#: Peer -> colour (Okabe and Ito's, told apart by the colour-blind and of different greys) and marker.
MARKS = {
    "torch.nn": ("#0072B2", "o"),
    "PackedSequence": ("#000000", "D"),
    "Keras-JAX": ("#E69F00", "^"),
    "ONNX Runtime": ("#CC79A7", "s"),
}

_PANELS = (("training", "training step"), ("inference", "inference"), ("step", "one step at batch 1"))
_TICKS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
_EXTRA = {"bidirectional": ", 2 layers, both directions", "mixed": ", mixed lengths"}


def draw(results: Results) -> bytes:
    """Return an SVG: a panel for each mode, a row for each case, and each ratio with its quartiles as a line.

    Raises
    ------
    DataError
        If no case has a ratio to a peer.
    """
    from matplotlib import rc_context

    panels = []
    for mode, heading in _PANELS:
        cases = [
            case
            for case in results.cases
            if case.case.mode == mode
            and case.part != "dropout"
            and any(peer in MARKS for peer in case.ratios)
        ]
        if cases:
            panels.append((heading, cases))
    if not panels:
        raise DataError("chart: expected results with at least one ratio to a peer, got none")
    # The same results give the same file, and its letters stay letters.
    with rc_context({"svg.hashsalt": "remy", "svg.fonttype": "none"}):
        return _figure(results, panels)


def _figure(results: Results, panels: Sequence[tuple[str, Sequence[CaseResult]]]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [len(cases) for _, cases in panels]
    figure = Figure(figsize=(8.5, 1.6 + 0.7 * len(panels) + 0.24 * sum(rows)), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": rows})
    handles: dict[str, Any] = {}
    for axes, (heading, cases) in zip(grid[:, 0], panels, strict=True):
        _panel(axes, heading, cases, handles)
    ratios = [ratio for _, cases in panels for case in cases for ratio in case.ratios.values()]
    grid[-1, 0].set_xlim(
        min(0.8, *(ratio.lower * 0.9 for ratio in ratios)), max(2.0, *(ratio.upper * 1.1 for ratio in ratios))
    )
    figure.supylabel("case: B rows, T steps, u units", fontsize="medium")
    grid[-1, 0].set_xlabel("peer's time / Remy's time (log scale; right of the line Remy is faster)")
    shown = [peer for peer in MARKS if peer in handles]
    figure.legend(
        [handles[peer] for peer in shown], shown, loc="outside upper center", ncols=len(shown), frameon=False
    )
    machine = f"{results.machine.cpu}, {results.threads} threads, {results.machine.isa}, {results.date[:10]}"
    figure.supxlabel(machine, fontsize="x-small", color="#555555")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _panel(axes: Any, heading: str, cases: Sequence[CaseResult], handles: dict[str, Any]) -> None:
    for row, case in enumerate(cases):
        for peer, ratio in case.ratios.items():
            if peer not in MARKS:
                continue
            colour, marker = MARKS[peer]
            spread = [[ratio.median - ratio.lower], [ratio.upper - ratio.median]]
            handles[peer] = axes.errorbar(
                ratio.median, row, xerr=spread, color=colour, marker=marker, markersize=5.5, linewidth=1.0,
                markeredgecolor="black", markeredgewidth=0.4, linestyle="none",
            )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS], minor=False)
    axes.set_xticks([], minor=True)
    axes.axvline(1.0, color="black", linewidth=1.2)
    axes.set_yticks(range(len(cases)), [_label(case) for case in cases], fontsize="small")
    axes.invert_yaxis()
    axes.grid(axis="x", color="#e0e0e0")
    axes.set_axisbelow(True)
    axes.set_title(heading, loc="left", fontsize="medium")


def _label(result: CaseResult) -> str:
    case = result.case
    if result.part in ("character", "classifier", "tagger"):
        return f"{result.part} model, whole step"
    if case.mode == "step":
        return f"{CELLS[case.cell]} {case.units} units"
    return f"{CELLS[case.cell]} B{case.batch} T{case.steps} u{case.units}{_EXTRA.get(result.part, '')}"
