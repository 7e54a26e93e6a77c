"""Results as plain text: a line for a case, and the short table."""

from __future__ import annotations

from remy.bench.results import CaseResult, Results


def duration(seconds: float) -> str:
    """Return a time in three digits, in the unit that suits it.

    Examples
    --------
    >>> duration(0.0000031), duration(0.0124), duration(1.5)
    ('3.10 µs', '12.4 ms', '1.50 s')
    """
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= 0.9995 * scale:
            return f"{_three(seconds / scale)} {unit}"
    return f"{_three(seconds / 1e-6)} µs"


def _three(value: float) -> str:
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def case_line(result: CaseResult) -> str:
    """Return one line: the times of all sides, and how often Remy's time goes into its peers'."""
    own, *_ = result.seconds.items()
    parts = [f"{own[0]} {duration(own[1])} ({result.fraction:.0%} of the ceiling)"]
    for name, ratio in result.ratios.items():
        spread = f"{ratio.lower:.2f} to {ratio.upper:.2f}"
        parts.append(f"{name} {duration(result.seconds[name])}, {ratio.median:.2f}x ({spread})")
    parts += [f"{name} FAILED: {reason}" for name, reason in result.failures.items()]
    return f"{result.title}: {'; '.join(parts)}"


def where(results: Results) -> list[str]:
    """Return the sentences that say where and with what the results were measured."""
    machine, ceiling = results.machine, results.ceiling
    lines = [
        f"{machine.cpu}, {machine.cores} cores, {results.threads} threads, {machine.isa}; "
        f"large product {ceiling.operations_per_second / 1e9:.0f} GFLOP/s",
        ", ".join(f"{name} {version}" for name, version in results.versions.items()),
    ]
    lines += [f"missing: {name} ({reason})" for name, reason in results.missing.items()]
    if results.capped:
        free = [name for name, capped in results.capped.items() if not capped]
        lines.append(f"instruction set capped to {machine.isa}, but for: {', '.join(free) or 'nobody'}")
    return lines


def short_table(results: Results) -> str:
    """Lay cases out in rows and peers in columns: peer's time over Remy's, above 1 where Remy is faster."""
    peers = list(dict.fromkeys(name for case in results.cases for name in (*case.ratios, *case.failures)))
    rows = [["", "Remy", "of ceiling", *peers]]
    for case in results.cases:
        rows.append([case.title, duration(next(iter(case.seconds.values()))), f"{case.fraction:.0%}"])
        rows[-1] += [_cell(case, peer) for peer in peers]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        right = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]).rstrip())
    return "\n".join([*lines, *(f"failed: {failure}" for failure in results.failures)])


def _cell(case: CaseResult, peer: str) -> str:
    if peer in case.failures:
        return "failed"
    return f"{case.ratios[peer].median:.2f}x" if peer in case.ratios else ""
