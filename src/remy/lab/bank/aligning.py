"""Which word of one version of a sentence is which of the other."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from remy.lab.schemas.bank import BankRow


def aligned(before: Sequence[str], after: Sequence[str]) -> tuple[BankRow, ...]:
    """Return a row for every word: what both begin and end with is the same, and what they share between.

    Of a stretch that was changed as many words as both have are replaced, in order; the rest was deleted or
    inserted.

    Parameters
    ----------
    before, after
        Words.

    Returns
    -------
    tuple of BankRow
        In the order of the sentences.

    Examples
    --------
    >>> [row.kind for row in aligned(["the", "old", "bank"], ["the", "bank"])]
    ['same', 'deleted', 'same']
    >>> [row.kind for row in aligned(["old", "bank", "by"], ["new", "bank", "of"])]
    ['replaced', 'same', 'replaced']
    """
    shorter = min(len(before), len(after))
    head = next((k for k in range(shorter) if before[k] != after[k]), shorter)
    room = shorter - head
    tail = next((k for k in range(room) if before[-1 - k] != after[-1 - k]), room)
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    rows = [BankRow(kind="same", before=k, after=k) for k in range(head)]
    for kind, b, b_end, a, a_end in SequenceMatcher(None, *middle, autojunk=False).get_opcodes():
        first, second = range(head + b, head + b_end), range(head + a, head + a_end)
        both = min(len(first), len(second))
        rows += [
            BankRow(kind="same" if kind == "equal" else "replaced", before=k, after=other)
            for k, other in zip(first[:both], second[:both], strict=True)
        ]
        rows += [BankRow(kind="deleted", before=k, after=None) for k in first[both:]]
        rows += [BankRow(kind="inserted", before=None, after=k) for k in second[both:]]
    rows += [BankRow(kind="same", before=len(before) - k, after=len(after) - k) for k in range(tail, 0, -1)]
    return tuple(rows)
