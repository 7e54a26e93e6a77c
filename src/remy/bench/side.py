"""What takes part in a measurement: Remy and each of its peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from remy.bench.cases import Case
from remy.bench.problem import Floats, Problem

#: What a case computes, by name: ``outputs`` ``(B, T, F)``; in training also the gradients of the inputs and
#: of every weight, these in Keras's layout; of an LSTM's step also the new ``c`` ``(B, H)``.
Answer = Mapping[str, Floats]


@dataclass(frozen=True)
class Prepared:
    """A case, ready to be computed again and again.

    Attributes
    ----------
    call
        Computes it once and waits for the end; this is timed.
    answer
        Computes it once and returns the numbers.
    around
        Entered before a series of calls, outside the time.
    """

    call: Callable[[], object]
    answer: Callable[[], Answer]
    around: Callable[[], AbstractContextManager[Any]] = nullcontext


class Side(Protocol):
    """A library that computes cases."""

    @property
    def name(self) -> str:
        """How it is called in tables and results."""

    @property
    def distributions(self) -> tuple[str, ...]:
        """The packages on PyPI whose versions are stored, the first one what to install."""

    def load(self, threads: int) -> None:
        """Import what it needs, and let it work on so many threads.

        Raises
        ------
        ImportError
            If it cannot be used here; the message says why.
        """

    def can(self, case: Case) -> bool:
        """Whether it computes such a case."""

    def prepare(self, problem: Problem) -> Prepared:
        """Take over weights and inputs; build and compile what is built once."""
