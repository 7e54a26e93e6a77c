"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks import memory
from benchmarks.bars import judge
from remy.bench.cases import CELLS
from remy.bench.results import CaseResult, Memory, Results
from remy.bench.text import duration, where

#: Part, mode and heading of each section.
SECTIONS = (
    ("layers", "training", "Training step of a layer"),
    ("layers", "inference", "Inference of a layer"),
    ("call", "", "A call of a layer that computes next to nothing"),
    ("bidirectional", "", "Two bidirectional layers"),
    ("mixed", "", "Rows of mixed lengths, training step"),
    ("dropout", "", "Cost of recurrent dropout, training step"),
    ("step", "", "One step at batch 1, by the runtime without torch"),
    ("character", "", "Whole training step of a character model"),
    ("classifier", "", "Whole training step of a classifier of texts"),
    ("tagger", "", "Whole training step of a tagger with characters"),
)


def markdown(results: Results) -> str:
    """Return the bars and a table of every part that was measured.

    Ratios are a peer's time over Remy's, with quartiles: above 1 Remy is faster. The fraction is the time
    that the machine's ceiling allows over Remy's.
    """
    blocks = ["\n".join(f"- {line}" for line in [f"measured {results.date}", *where(results)])]
    blocks.append("\n".join(_bars(results)))
    for part, mode, heading in SECTIONS:
        cases = [case for case in results.cases if case.part == part and mode in ("", case.case.mode)]
        peaks = results.memory if (part, mode) == ("layers", "training") else []
        if cases:
            blocks += [f"## {heading}", "\n".join(_section(cases, peaks))]
    if results.memory and not any(case.part == "layers" for case in results.cases):
        blocks += ["## Peak memory of a training step", "\n".join(_memory(results.memory))]
    if results.failures:
        blocks += ["## Failures", "\n".join(f"- {failure}" for failure in results.failures)]
    return "\n\n".join(blocks) + "\n"


def _bars(results: Results) -> Iterable[str]:
    rows = []
    for verdict in judge(results):
        sign = "≤" if verdict.bar.at_most else "≥"
        figure = "" if verdict.figure is None else f"{verdict.figure:.2f}"
        rows.append([verdict.bar.what, f"{sign} {verdict.bar.bound:g}", figure, verdict.word])
    return _table(["bar, as set for two quiet threads of AVX2", "bound", "measured", ""], rows)


def _section(cases: Sequence[CaseResult], peaks: Sequence[Memory]) -> Iterable[str]:
    peers = _names(name for case in cases for name in (*case.ratios, *case.failures))
    by_case = {found.case: found for found in peaks}
    head = ["case", "Remy", "GFLOP/s", "of ceiling", *peers, *(["peak memory, MB"] if peaks else [])]
    rows = []
    for case in cases:
        own = next(iter(case.seconds.values()))
        row = [_title(case), duration(own), f"{case.operations / own / 1e9:.1f}", f"{case.fraction:.2f}"]
        row += [_ratio(case, peer) for peer in peers]
        rows.append(row + ([_peaks(by_case.get(case.case))] if peaks else []))
    return _table(head, rows)


def _title(result: CaseResult) -> str:
    case = result.case
    if result.part != "layers":
        return result.title
    return f"{CELLS[case.cell]} B{case.batch} T{case.steps} u{case.units}"


def _ratio(case: CaseResult, peer: str) -> str:
    if peer in case.failures:
        return "failed"
    if peer not in case.ratios:
        return ""
    found = case.ratios[peer]
    return f"**{found.median:.2f}** ({found.lower:.2f}–{found.upper:.2f})"


def _memory(peaks: Sequence[Memory]) -> Iterable[str]:
    return _table(["case", "peak memory, MB"], [[found.case.title, _peaks(found)] for found in peaks])


def _peaks(found: Memory | None) -> str:
    if found is None:
        return ""
    parts = [f"{name} {peak / 1e6:.1f}" for name, peak in found.bytes.items()]
    share = memory.share(found, "torch.nn")
    return ", ".join(parts) + ("" if share is None else f" (**{share:.2f}** of torch.nn)")


def _names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
