"""Whether a table's first row names its columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from remy.data.cells import looks_like_time, number

#: Names people give such columns, most telling first.
TEXT_NAMES = (
    "text",
    "review",
    "sentence",
    "comment",
    "message",
    "content",
    "body",
    "tweet",
    "document",
    "utterance",
    "question",
    "headline",
    "description",
)
LABEL_NAMES = (
    "label",
    "class",
    "sentiment",
    "category",
    "target",
    "rating",
    "stars",
    "score",
    "topic",
    "intent",
    "emotion",
    "polarity",
    "y",
)
TIME_NAMES = ("time", "date", "datetime", "timestamp", "ds", "day", "month", "year", "hour")

_KNOWN = frozenset((*TEXT_NAMES, *LABEL_NAMES, *TIME_NAMES))
_LONG = 60  # characters no column name has


def has_header(
    first: Sequence[str], following: Sequence[Sequence[str]], *, named: Collection[str] = ()
) -> bool:
    """Return whether the row `first` is a header.

    It is if it holds the columns the caller named or a usual name. It is visibly none if it holds a number, a
    time, a sentence, or a cell that comes again below it.

    Examples
    --------
    >>> has_header(["text", "label"], [["Fine.", "good"]])
    True
    >>> has_header(["Wow, I loved this place.", "1"], [])
    False
    """
    cells = [cell.strip() for cell in first]
    if named and set(named) <= set(cells):
        return True
    if any(cell.lower() in _KNOWN for cell in cells):
        return True
    if any(number(cell) is not None or looks_like_time(cell) or _is_sentence(cell) for cell in cells):
        return False
    return not any(
        cell and any(place < len(row) and row[place].strip() == cell for row in following)
        for place, cell in enumerate(cells)
    )


def _is_sentence(cell: str) -> bool:
    return len(cell) > _LONG or (" " in cell and cell.endswith((".", "!", "?", '."', '!"', '?"')))
