"""The words of ``python -m benchmarks``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from remy import _core, defaults
from remy.bench.cases import CELLS
from remy.errors import UsageError, choice
from remy.threads import MOST_THREADS

#: The parts of the benchmark, in the order in which they run.
PARTS = (
    "layers",
    "call",
    "bidirectional",
    "mixed",
    "dropout",
    "step",
    "character",
    "classifier",
    "tagger",
    "memory",
)

EPILOG = """\
python -m benchmarks table FILE.json           the results as Markdown
python -m benchmarks chart FILE.json OUT.svg   the results as a chart
"""


@dataclass(frozen=True)
class Options:
    """What to measure, and how.

    Attributes
    ----------
    parts
        Out of :data:`PARTS`.
    cells
        Out of ``simple_rnn``, ``gru``, ``lstm``.
    quick
        Whether only the sizes of the short table are measured.
    turns
        Rounds of each case.
    threads
        For everyone; None for all processors.
    isa
        The instruction set to keep to, or None for the machine's best.
    out
        Where the results go.
    """

    parts: tuple[str, ...]
    cells: tuple[str, ...]
    quick: bool
    turns: int
    threads: int | None
    isa: str | None
    out: Path | None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see python -m benchmarks --help")


def parse(words: Sequence[str]) -> Options:
    """Return the options that `words` say.

    Raises
    ------
    UsageError
        If they make no sense.
    """
    parser = _Parser(
        "python -m benchmarks",
        description="Measure Remy beside its peers, in turn, in one run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="PART,...", help=f"out of {', '.join(PARTS)} [all]")
    parser.add_argument("--cells", metavar="CELL,...", help=f"out of {', '.join(CELLS)} [all]")
    parser.add_argument("--quick", action="store_true", help="few sizes, few rounds: to try it out")
    parser.add_argument("--turns", type=int, help=f"rounds [{defaults.TURNS}, quick {defaults.QUICK_TURNS}]")
    parser.add_argument("--threads", type=int, help="processors to use [all]")
    parser.add_argument("--isa", help=f"keep to one of {', '.join(_core.available_isas())} [the best]")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="keep the results")
    given = parser.parse_args(words)
    turns = given.turns
    if turns is None:
        turns = defaults.QUICK_TURNS if given.quick else defaults.TURNS
    if turns < 1:
        raise UsageError(f"--turns: expected at least 1, got {turns}")
    if given.threads is not None and not 1 <= given.threads <= MOST_THREADS:
        raise UsageError(f"--threads: expected from 1 to {MOST_THREADS}, got {given.threads}")
    if given.isa is not None:
        choice("--isa", given.isa, _core.available_isas())
    if given.out is not None and not given.out.parent.is_dir():
        raise UsageError(f"--out: there is no directory {given.out.parent}")
    return Options(
        parts=_several("--only", given.only, PARTS),
        cells=_several("--cells", given.cells, tuple(CELLS)),
        quick=given.quick,
        turns=turns,
        threads=given.threads,
        isa=given.isa,
        out=given.out,
    )


def _several(name: str, given: str | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a list with commas, in the order of `known`; all for None."""
    if given is None:
        return known
    words = [choice(name, word.strip(), known) for word in given.split(",")]
    return tuple(word for word in known if word in words)
