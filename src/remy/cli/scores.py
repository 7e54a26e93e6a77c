"""The scores of a model beside its baselines, laid out for a person: one table for each task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remy.cli.output import score_table


def score_lines(metrics: Mapping[str, Any]) -> list[str]:
    """Return the lines that say how good a model is, by its task."""
    return _TABLES[metrics["task"]](metrics)


def table(columns: list[str], rows: list[tuple[str, list[float | None]]], *, digits: int = 4) -> list[str]:
    """Lay names and numbers out in columns; None is left empty.

    Examples
    --------
    >>> print("\\n".join(table(["rmse"], [("model", [1.5]), ("naive", [None])], digits=2)))
           rmse
    model  1.50
    naive
    """
    cells = [["", *columns]]
    cells += [[name, *("" if v is None else f"{v:.{digits}f}" for v in values)] for name, values in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = []
    for first, *others in cells:
        right = (text.rjust(width) for text, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]).rstrip())
    return lines


def _language_model(metrics: Mapping[str, Any]) -> list[str]:
    return score_table(metrics["model"], metrics["baseline"]).splitlines()


_TABLES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "language_model": _language_model,
}
