"""Whether two sides computed the same numbers; without that their times mean nothing."""

from __future__ import annotations

from typing import Final

import numpy as np

from remy.bench.side import Answer

#: How far two float32 computations of up to so many steps may differ, as a share of the largest value. Some
#: ten times what correct libraries were measured to differ by at the sizes of the benchmark (1.4e-6 after one
#: step, 3.8e-6 after a hundred); a wrong gate differs by a tenth and more.
TOLERANCES: Final = {1: 1e-5, 16: 2e-5, 128: 5e-5, 1024: 2e-4}


def tolerance(steps: int) -> float:
    """Return the bound for an answer that came out of `steps` steps.

    Examples
    --------
    >>> tolerance(1), tolerance(100)
    (1e-05, 5e-05)
    """
    return next((bound for most, bound in TOLERANCES.items() if steps <= most), max(TOLERANCES.values()))


def difference(found: Answer, expected: Answer, *, steps: int) -> str | None:
    """Return what differs between two answers in one sentence, or ``None`` where they agree."""
    bound = tolerance(steps)
    if found.keys() != expected.keys():
        missing = sorted(found.keys() ^ expected.keys())
        return f"only one side gives {', '.join(missing)}"
    for name, wanted in expected.items():
        got = np.asarray(found[name])
        if got.shape != wanted.shape:
            return f"{name}: shape {got.shape} beside {wanted.shape}"
        scale = float(np.abs(wanted).max(initial=0.0))
        error = float(np.abs(got - wanted).max(initial=0.0))
        if not error <= bound * scale:
            return f"{name}: off by {error:.2g}, allowed {bound * scale:.2g} ({bound:g} of the largest)"
    return None
