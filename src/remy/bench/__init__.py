"""Measuring Remy beside its peers: the same weights, numbers compared first, then timed in turn.

``remy bench`` prints what :func:`run` finds. The repository's ``benchmarks`` measures more cases with the
same parts and keeps the results. Everything is loaded at first use: cases can be listed without torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from remy.bench.short import run

__all__ = ["run"]


def __getattr__(name: str) -> Any:
    if name != "run":
        raise AttributeError(f"module 'remy.bench' has no attribute '{name}'")
    from remy.bench.short import run

    return run
