"""What a run of the benchmark found, and the JSON file it is kept in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from remy.bench.cases import Case
from remy.errors import DataError


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Ratio(_Record):
    """A peer's time over Remy's, round by round: quartiles and median."""

    median: float
    lower: float
    upper: float


class CaseResult(_Record):
    """One case measured.

    Attributes
    ----------
    part
        The part of the benchmark it belongs to.
    title
        A few words for a table.
    seconds
        Median of each side.
    ratios
        Of each peer that computed the same numbers.
    failures
        Peer -> in what it differed, or why it could not compute the case; such a peer has no ratio.
    operations
        Floating-point operations of all matrix products.
    products, reads
        As in :class:`remy.bench.work.Work`.
    allowed
        Seconds that the machine's ceiling allows for them, median.
    fraction
        That time over Remy's, median of the rounds: 1 is the ceiling.
    """

    part: str
    title: str
    case: Case
    seconds: dict[str, float]
    ratios: dict[str, Ratio]
    failures: dict[str, str]
    operations: int
    products: int
    reads: dict[int, int]
    allowed: float
    fraction: float


class Memory(_Record):
    """Peak memory of a training step: bytes above what was there before, for each side."""

    case: Case
    bytes: dict[str, int]
    failures: dict[str, str] = Field(default_factory=dict)


class Machine(_Record):
    """Where it ran."""

    cpu: str
    cores: int
    isa: str
    system: str


class CeilingRecord(_Record):
    """Operations a second of a large product; bytes a second of reading so many bytes again and again."""

    operations_per_second: float
    bytes_per_second: dict[int, float]


class Results(_Record):
    """A whole run.

    Attributes
    ----------
    capped
        Where the instruction set was limited: which side could be held to it. Empty without a limit.
    missing
        Peer -> why it could not take part.
    """

    format: Literal["remy-bench-1"] = "remy-bench-1"
    date: str
    machine: Machine
    versions: dict[str, str]
    threads: int
    turns: int
    capped: dict[str, bool] = Field(default_factory=dict)
    ceiling: CeilingRecord
    missing: dict[str, str]
    cases: list[CaseResult]
    memory: list[Memory] = Field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """A sentence for every side that failed in a case."""
        found = [(case.title, case.failures) for case in self.cases]
        found += [(f"{peak.case.title}, peak memory", peak.failures) for peak in self.memory]
        return [f"{title}: {name}: {why}" for title, failures in found for name, why in failures.items()]


def write_results(path: Path, results: Results) -> None:
    """Write `results` as JSON."""
    path.write_text(results.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_results(path: Path) -> Results:
    """Read what :func:`write_results` wrote.

    Raises
    ------
    DataError
        If the file cannot be read or holds something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise DataError(f"{path}: {reason}; expected the JSON file of a benchmark run") from None
    try:
        return Results.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        found = f"{place}: {first['msg']}" if place else first["msg"]
        raise DataError(f"{path}: is not the JSON file of a benchmark run ({found})") from None
