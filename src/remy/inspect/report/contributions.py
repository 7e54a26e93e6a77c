"""What each item contributed to a score, item by item, and whether the contributions add up to it."""

from __future__ import annotations

import numpy as np

from remy.inspect.attribution import Attribution
from remy.inspect.report.marks import Line, signed_bar
from remy.inspect.report.names import fitted, shown, width_of

_CELLS = 12


def contribution_lines(found: Attribution, *, most: int | None = None, plain: bool = False) -> list[Line]:
    """Return a heading, one line for each of the first `most` items, and the check of the sum.

    Parameters
    ----------
    found
        Of which the first row is shown.
    most
        Lines of items at most; None for all.
    plain
        Use ASCII.
    """
    steps = np.flatnonzero(found.valid[0])
    kept = steps[:most]
    items = [shown(found.items[step]) for step in kept]
    width = max(4, width_of(items))
    scale = float(np.abs(found.values[0]).max(initial=0.0))
    lines: list[Line] = [
        [(f"{found.method} at what {found.name} reads", "")],
        [(f"step  {fitted('item', width)}  {'adds':>9}  bars: full at {scale:.3g}", "head")],
    ]
    for step, item in zip(kept, items, strict=True):
        value = float(found.values[0, step])
        start = f"{step:>4}  {fitted(item, width)}  {value:>+9.3g}  "
        lines.append([(start, ""), signed_bar(value, scale, _CELLS, plain=plain)])
    if len(steps) > len(kept):
        lines.append([(f"... {len(steps) - len(kept):,} more items; --rows N shows more", "quiet")])
    return [*lines, *([(sentence, "")] for sentence in _sum(found))]


def _sum(found: Attribution) -> list[str]:
    after = "" if found.answers is None else f" after step {found.answers[0]}"
    score, baseline = float(found.score[0]), float(found.baseline[0])
    return [
        f"the score of {shown(found.explained[0])}{after} is {score:.4g}, with nothing read {baseline:.4g}: "
        f"a difference of {score - baseline:+.4g}",
        f"the contributions add up to {float(found.values[0].sum()):+.4g}; they miss the difference by "
        f"{abs(float(found.error[0])):.1g} ({_share(float(found.relative_error[0]))})",
    ]


def _share(error: float) -> str:
    return f"{error:.2g} of it" if np.isfinite(error) else "there is none to explain"
