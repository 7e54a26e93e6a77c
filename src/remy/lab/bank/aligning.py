"""Which word of one version of a sentence is which of the other."""

from __future__ import annotations

from collections.abc import Sequence

from remy.lab.schemas.bank import BankRow


def aligned(before: Sequence[str], after: Sequence[str]) -> tuple[BankRow, ...]:
    """Return a row for every word: what both begin and end with is the same, what is between was changed.

    Of what was changed as many words as both have are replaced, in order; the rest was deleted or inserted.

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
    """
    shorter = min(len(before), len(after))
    head = next((k for k in range(shorter) if before[k] != after[k]), shorter)
    room = shorter - head
    tail = next((k for k in range(room) if before[-1 - k] != after[-1 - k]), room)
    changed = range(head, len(before) - tail), range(head, len(after) - tail)
    both = min(map(len, changed))
    rows = [BankRow(kind="same", before=k, after=k) for k in range(head)]
    rows += [BankRow(kind="replaced", before=head + k, after=head + k) for k in range(both)]
    rows += [BankRow(kind="deleted", before=k, after=None) for k in changed[0][both:]]
    rows += [BankRow(kind="inserted", before=None, after=k) for k in changed[1][both:]]
    rows += [BankRow(kind="same", before=len(before) - k, after=len(after) - k) for k in range(tail, 0, -1)]
    return tuple(rows)
