"""``python -m benchmarks``: measure, or make a table or a chart of what was measured."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.arguments import parse
from benchmarks.instruction_set import keep_to
from remy.errors import RemyError, UsageError


def main(words: Sequence[str]) -> int:
    """Do what `words` say and return the exit status: 1 where a peer computed other numbers or failed."""
    try:
        if words[:1] == ["table"]:
            return _table(*words[1:])
        if words[:1] == ["chart"]:
            return _chart(*words[1:])
        return _measure(words)
    except RemyError as error:
        print(f"benchmarks: error: {error}", file=sys.stderr)
        return error.exit_code


def _measure(words: Sequence[str]) -> int:
    options = parse(words)
    capped = keep_to(options.isa, words)
    from benchmarks.bars import report
    from benchmarks.suite import run
    from remy.bench.results import write_results
    from remy.bench.text import where

    results = run(options, capped)
    if options.out is not None:
        write_results(options.out, results)
    print("\n".join(["", *where(results), "", report(results)]))
    return 1 if results.failures else 0


def _table(*files: str) -> int:
    from benchmarks.table import markdown
    from remy.bench.results import read_results

    if len(files) != 1:
        raise UsageError("table: expected one file of results: python -m benchmarks table FILE.json")
    print(markdown(read_results(Path(files[0]))), end="")
    return 0


def _chart(*files: str) -> int:
    from benchmarks.chart import draw
    from remy.bench.results import read_results

    if len(files) != 2:
        raise UsageError("chart: expected two files: python -m benchmarks chart FILE.json OUT.svg")
    drawn = draw(read_results(Path(files[0])))
    try:
        Path(files[1]).write_bytes(drawn)
    except OSError as error:
        raise UsageError(f"{files[1]}: cannot be written ({error.strerror})") from None
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
