"""The tunes of three old collections, in ABC notation: one file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping

from remy.data.abc import find_tunes, tidy, title
from remy.data.text import decode_text

#: Name of the file.
FILE = "tunes.abc"

_ARTICLE = re.compile(r"^(the|an?) |, (the|an?)\b", re.IGNORECASE)
_NO_LETTER = re.compile(r"[^a-z]+")


def make_tunes(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    r"""Give one file of all tunes, numbered from 1, in the plain form of `remy.data.abc`.

    They come in the order of their titles' SHA-256. What is held out at the end is then as good a sample of
    all three collections as any, and settings of one tune that share their title lie side by side, so that
    all are learned from or all held out.

    Parameters
    ----------
    members
        Files of tunes.

    Raises
    ------
    DataError
        If one is no text.

    Examples
    --------
    >>> members = {"a.abc": b"X:7\nT:The Road\nZ:by me\nK:D\nABc |\n"}
    >>> [(name, tunes)] = make_tunes(members)
    >>> tunes
    b'X:1\nT:The Road\nK:D\nABc |\n\n'
    """
    tunes = [
        tidy(found) for name in sorted(members) for found in find_tunes(decode_text(members[name], name))
    ]
    tunes.sort(key=_place)
    numbered = (tune.replace("X:1", f"X:{number}", 1) for number, tune in enumerate(tunes, start=1))
    yield FILE, "".join(f"{tune}\n" for tune in numbered).encode("utf-8")


def _place(tune: str) -> str:
    """Return the hash of a title's letters, without article."""
    letters = _NO_LETTER.sub("", _ARTICLE.sub("", title(tune)).lower())
    return hashlib.sha256(letters.encode("ascii")).hexdigest()
