"""The words of the CMU Pronouncing Dictionary with their sounds, as a table to learn a translation from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from remy.data.text import decode_text

#: Name of the table.
TABLE = "pronunciations.tsv"

#: ``word(2)`` is a second pronunciation; words with digits, dots or apostrophes are no plain spelling.
_WORD = re.compile(r"[a-z]+")


def make_pronunciations(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    r"""Give the table, with columns ``letters`` and ``sounds``: one line a word of the letters a to z.

    The words come in the dictionary's order, each with its first pronunciation, sounds with single spaces
    between them. Comments are left out.

    Parameters
    ----------
    members
        The dictionary: lines of a word and its sounds, with a comment behind ``#``.

    Raises
    ------
    DataError
        If it is no text.

    Examples
    --------
    >>> lines = b"abbe AE1 B IY0 # french\nabbe(2) AE0 B EY1\n'em AH0 M\n"
    >>> [(name, table)] = make_pronunciations({"cmudict.dict": lines})
    >>> table
    b'letters\tsounds\nabbe\tAE1 B IY0\n'
    """
    [(name, data)] = members.items()
    lines = ["letters\tsounds\n"]
    for line in decode_text(data, name).splitlines():
        word, *sounds = line.partition("#")[0].split() or [""]
        if sounds and _WORD.fullmatch(word):
            lines.append(f"{word}\t{' '.join(sounds)}\n")
    yield TABLE, "".join(lines).encode("ascii")
