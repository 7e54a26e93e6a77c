"""Measuring Remy beside its peers: the same weights, numbers compared first, then timed in turn.

``remy bench`` prints what :func:`run` finds. The repository's ``benchmarks`` measures more cases with the
same parts and keeps the results.
"""

from remy.bench.short import run

__all__ = ["run"]
