"""What was read, and what may come, so that a line of a terminal can show it."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

#: Cells that a name takes at most.
WIDEST = 16


def shown(name: str) -> str:
    r"""Return a name as a reader sees it: in quotes, and escaped, where spaces or line ends would be lost.

    Examples
    --------
    >>> shown("word"), shown("e"), shown(" "), shown("\n"), shown("")
    ('word', 'e', "' '", "'\\n'", "''")
    """
    if len(name) == 1 and unicodedata.category(name) == "Co":  # events of MIDI are private characters
        from remy.data.events import describe

        return describe(name)
    plain = name and name.isprintable() and name == name.strip() and name[0] not in "'\""
    # A mark that combines with the letter before it would stand on the column beside.
    return name if plain and not unicodedata.combining(name[0]) else ascii(name) if plain else repr(name)


def fitted(name: str, cells: int) -> str:
    """Return a name cut, with ``…`` at the end, or padded to so many cells of a terminal.

    Examples
    --------
    >>> fitted("abc", 5), fitted("abcdef", 4)
    ('abc  ', 'abc…')
    """
    if cell_len(name) > cells:
        return set_cell_size(name, cells - 1) + "…"
    return set_cell_size(name, cells)


def width_of(names: list[str]) -> int:
    """Return the cells that a column of such names takes."""
    return min(WIDEST, max(map(cell_len, names), default=0))
