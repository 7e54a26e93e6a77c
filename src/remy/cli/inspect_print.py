"""Printing what ``remy inspect`` found: colours on a terminal, the same plain text everywhere else."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from remy.cli.streams import writes_utf8

if TYPE_CHECKING:
    from remy.inspect.report import Line

#: What a piece of a line means -> how a terminal shows it; blue and orange differ for every eye.
_STYLES = {"head": "bold", "quiet": "dim", "above": "dark_orange", "below": "dodger_blue1"}

# Cells of a line of steps but for its strip of units, at most.
_BESIDE = 100


def is_plain() -> bool:
    """Whether standard output can only show ASCII."""
    return not writes_utf8(sys.stdout)


def units_that_fit(most: int) -> int:
    """Return how many units of a strip a line of the terminal has room for; elsewhere `most`."""
    if not sys.stdout.isatty():
        return most
    from rich.console import Console

    return max(8, min(most, Console().width - _BESIDE))


def print_lines(lines: Sequence[Line]) -> None:
    """Print lines of a table: on a terminal in colour, and cut where it ends."""
    if not sys.stdout.isatty():
        from remy.inspect.report import as_text

        print(as_text(lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    for line in lines:
        text = Text.assemble(*((piece, _STYLES.get(meaning, "")) for piece, meaning in line))
        console.print(text, no_wrap=len(line) > 1, overflow="ellipsis", crop=True)  # a sentence may wrap


def print_compact(value: Any) -> None:
    """Print one JSON object on one line: nobody reads a trace's numbers one below the other."""
    print(json.dumps(value, separators=(",", ":"), ensure_ascii=not writes_utf8(sys.stdout), allow_nan=False))
