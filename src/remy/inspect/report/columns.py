"""The columns that every table of steps begins with: the step and what was read at it."""

from __future__ import annotations

from remy.inspect.report.names import fitted, shown, width_of
from remy.inspect.report.view import View

#: What stands for the numbers of a step that does not count.
MASKED = "  masked: the state is carried"


def first_columns(view: View) -> tuple[str, list[str]]:
    """Return the heading, and for every shown step its number and item, all of one width."""
    items = [shown(item) if item else "" for item in view.items]
    wide, digits = width_of(items), max(4, *map(len, view.labels))
    wide = max(wide, 4) if wide else 0
    heading = f"{'step':>{digits}}" + (f"  {fitted('item', wide)}" if wide else "")
    starts = [
        f"{label:>{digits}}" + (f"  {fitted(item, wide)}" if wide else "")
        for label, item in zip(view.labels, items, strict=True)
    ]
    return heading, starts
