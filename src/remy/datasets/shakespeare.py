"""Reader of the plays of Shakespeare: from the package's Markdown to plain play text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from remy.data.text import decode_text

#: A stage direction: ``_Exit_`` or ``*Exit.*`` on one line or several, never over an empty one.
_DIRECTION = re.compile(r"^([_*])(?![\s*])((?:.|\n(?!\n))+?)\1$", re.MULTILINE)
#: One inside a line, with brackets of its own: ``_\[Aside]_``, ``__[Reads]_``.
_BRACKETED = re.compile(r"[_*]*\\?\[([^\[\]_*]*)\][_*]*")
_MARKS = re.compile(r"[_*\[\]\\]")
_SPEAKER = re.compile(r"^\*\*(.+?):?\*\*$", re.MULTILINE)
_HEADING = re.compile(r"^#+ +", re.MULTILINE)
_ESCAPE = re.compile(r"\\([^\w\s])")
_TRAILING_SPACE = re.compile(r"[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")


def read_plays(members: Mapping[str, bytes]) -> str:
    """Return all plays as one text, in the order of their titles.

    Not of their folders, which are genres: the end of the text, which is held out by default, then has
    comedies and tragedies alike.

    A speech is the speaker's name with a colon on a line of its own, then its lines, then an empty line.
    Stage directions stand in square brackets. Titles, acts and scenes are lines of their own. Nothing else of
    the Markdown is left; the words are as the package has them.
    """
    return "\n".join(plain_text(decode_text(members[name], name)) for name in sorted(members, key=_title))


def _title(member: str) -> str:
    return member.rpartition("/")[2]


def plain_text(markdown: str) -> str:
    r"""Return one play without its Markdown, ending with one line end.

    Examples
    --------
    >>> play = "# Macbeth\n\n**First Witch**  \nWhen shall we three meet again  \n\n_Exeunt_"
    >>> print(plain_text(play), end="")
    Macbeth
    <BLANKLINE>
    First Witch:
    When shall we three meet again
    <BLANKLINE>
    [Exeunt]
    """
    text = _TRAILING_SPACE.sub("", markdown)
    text = _HEADING.sub("", text)
    text = _SPEAKER.sub(r"\1:", text)
    text = _DIRECTION.sub(lambda found: f"[{_MARKS.sub('', found[2])}]", text)
    text = _BRACKETED.sub(r"[\1]", text)
    text = _ESCAPE.sub(r"\1", text)
    return _EMPTY_LINES.sub("\n\n", text).strip("\n") + "\n"
