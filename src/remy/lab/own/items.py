"""The inputs that a file holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from remy.lab.schemas.choices import Input


@dataclass(frozen=True)
class Item:
    """An input of a file.

    Attributes
    ----------
    input
        As questions have it.
    target
        What was right, where the file says so.
    steps
        How many the file has, of which the input may have fewer.
    name
        Its own; empty where it has none.
    more
        Whether the file has more steps than were counted.
    """

    input: Input
    steps: int
    target: str | None = None
    name: str = ""
    more: bool = False


@dataclass(frozen=True)
class Items:
    """The inputs of a file, read while they are taken.

    Attributes
    ----------
    items
        One after the other.
    columns, column
        Of a table those that could hold the inputs, and the one that does.
    notes
        What was guessed.
    """

    items: Iterator[Item]
    columns: tuple[str, ...] = ()
    column: str | None = None
    notes: tuple[str, ...] = field(default=())
