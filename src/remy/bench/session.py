"""A run of the benchmark: the sides, the ceiling, and what was found so far."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from remy import get_num_threads
from remy.bench.cases import Case
from remy.bench.ceiling import Ceiling
from remy.bench.machine import describe_machine, versions
from remy.bench.measure import measure
from remy.bench.ours import Remy
from remy.bench.problem import make_problem
from remy.bench.results import CaseResult, CeilingRecord, Memory, Results
from remy.bench.side import Side
from remy.bench.turns import Pace

#: Told of every case as soon as it is measured.
Listener = Callable[[CaseResult], None]


def ignore(result: CaseResult) -> None:
    """Do nothing."""


class Session:
    """Measures cases and gathers what comes out.

    Parameters
    ----------
    peers
        Whom to compare with. One that cannot be loaded is kept in `missing` with the reason.
    pace
        How long to measure.
    threads
        For all sides; None for what the core uses now.
    listener
        Told of every case.
    ceiling
        The machine's.
    capped
        As in :class:`Results`.
    """

    def __init__(
        self,
        peers: Sequence[Side],
        *,
        pace: Pace,
        threads: int | None = None,
        listener: Listener = ignore,
        ceiling: Ceiling | None = None,
        capped: dict[str, bool] | None = None,
    ) -> None:
        self.pace = pace
        self.threads = threads if threads is not None else get_num_threads()
        self.listener = listener
        self.ceiling = ceiling if ceiling is not None else Ceiling()
        self.missing: dict[str, str] = {}
        self.peers: list[Side] = []
        self.cases: list[CaseResult] = []
        self.memory: list[Memory] = []
        self._capped = capped or {}
        self._ours = Remy()
        self._ours.load(self.threads)
        for peer in peers:
            self._load(peer)

    def _load(self, peer: Side) -> None:
        try:
            peer.load(self.threads)
        except ImportError as error:
            self.missing[peer.name] = f"{error}; pip install 'remy-rnn[bench]'"
        else:
            self.peers.append(peer)

    def measure(
        self,
        case: Case,
        *,
        part: str,
        ours: Side | None = None,
        peers: Sequence[Side] | None = None,
        title: str | None = None,
        other_operations: int = 0,
    ) -> CaseResult:
        """Measure one case, with the session's sides unless others are given."""
        result = measure(
            make_problem(case),
            ours if ours is not None else self._ours,
            peers if peers is not None else self.peers,
            part=part,
            pace=self.pace,
            ceiling=self.ceiling,
            title=title,
            other_operations=other_operations,
        )
        self.cases.append(result)
        self.listener(result)
        return result

    def results(self) -> Results:
        """Return everything found so far, and where it was found."""
        distributions = [name for side in (self._ours, *self.peers) for name in side.distributions]
        return Results(
            date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            machine=describe_machine(),
            versions=versions(["torch", "numpy", *distributions]),
            threads=self.threads,
            turns=self.pace.turns,
            capped=self._capped,
            ceiling=CeilingRecord(
                operations_per_second=self.ceiling.rate, bytes_per_second=self.ceiling.bandwidths
            ),
            missing=self.missing,
            cases=self.cases,
            memory=self.memory,
        )
