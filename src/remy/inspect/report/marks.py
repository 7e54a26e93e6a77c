"""Numbers as marks that are read without colour: a strip of many, a bar of one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from remy.inspect.record import Array

#: A piece of a line and how it is meant: ``""``, ``"quiet"``, ``"head"``, ``"above"`` or ``"below"`` zero.
Piece = tuple[str, str]
Line = list[Piece]

#: From the lowest to the highest; the second where the output cannot write the first.
LEVELS, PLAIN_LEVELS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
_PARTS = " ▏▎▍▌▋▊▉"


def strip(values: Array, scale: float, *, plain: bool = False) -> Line:
    """Return one mark a value, ``-scale`` the lowest and ``+scale`` the highest.

    Parameters
    ----------
    values
        ``(K,)``.
    scale
        Above 0; values beyond it have the outermost mark.
    plain
        Use ASCII.

    Returns
    -------
    list of Piece
        Runs of marks of one sign.

    Examples
    --------
    >>> import numpy as np
    >>> strip(np.array([-1.0, -0.5, 0.5, 1.0]), 1.0)
    [('▁▃', 'below'), ('▇█', 'above')]
    """
    levels = PLAIN_LEVELS if plain else LEVELS
    line: Line = []
    for value in values:
        share = (float(value) / scale + 1) / 2 if scale > 0 else 0.5
        mark = levels[min(len(levels) - 1, max(0, int(share * len(levels))))]
        meaning = "below" if value < 0 else "above"
        if line and line[-1][1] == meaning:
            line[-1] = (line[-1][0] + mark, meaning)
        else:
            line.append((mark, meaning))
    return line


def bar(share: float, cells: int, *, plain: bool = False) -> str:
    """Return a bar from the left that fills `share` (0 to 1) of so many cells, padded to them.

    Examples
    --------
    >>> bar(0.5, 4), bar(0.3125, 4), bar(1.0, 4, plain=True)
    ('██  ', '█▎  ', '####')
    """
    share = 0.0 if math.isnan(share) else min(1.0, max(0.0, share))
    if plain:
        return ("#" * round(share * cells)).ljust(cells)
    eighths = round(share * cells * 8)
    rest = _PARTS[eighths % 8].strip()
    return ("█" * (eighths // 8) + rest).ljust(cells)


def signed_bar(value: float, scale: float, cells: int, *, plain: bool = False) -> Piece:
    """Return a bar to the left (below 0) or the right of a middle line, ``2 * cells + 1`` wide.

    Examples
    --------
    >>> signed_bar(-0.5, 1.0, 4), signed_bar(0.25, 1.0, 4)
    (('  ██│    ', 'below'), ('    │█   ', 'above'))
    """
    share = abs(value) / scale if scale > 0 else 0.0
    if value < 0:
        # Only whole cells can end at the right edge.
        full = ("#" if plain else "█") * round(min(1.0, share) * cells)
        return f"{full:>{cells}}{_middle(plain)}{'':{cells}}", "below"
    return f"{'':{cells}}{_middle(plain)}{bar(share, cells, plain=plain)}", "above"


def _middle(plain: bool) -> str:
    return "|" if plain else "│"


def text_of(line: Sequence[Piece]) -> str:
    """Return a line without its meanings.

    Examples
    --------
    >>> text_of([("a ", ""), ("b", "above")])
    'a b'
    """
    return "".join(piece for piece, _ in line).rstrip()


def as_text(lines: Sequence[Sequence[Piece]]) -> str:
    """Return lines without their meanings, a line end between them."""
    return "\n".join(map(text_of, lines))
