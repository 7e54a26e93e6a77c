"""What the tags of a tagger are called: marks in quotes where all of them are punctuation."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: The tag of a word that no mark follows.
NONE = "none"


def are_marks(tags: Sequence[str]) -> bool:
    """Return whether every tag is a mark that may follow a word, or none.

    Examples
    --------
    >>> are_marks(["none", ",", "?"]), are_marks(["noun", "."]), are_marks(["none"])
    (True, False, False)
    """
    marks = [tag for tag in tags if tag != NONE]
    return bool(marks) and all(
        tag and all(unicodedata.category(each).startswith("P") for each in tag) for tag in marks
    )


def tag_names(tags: Sequence[str]) -> dict[str, str]:
    """Return what each tag is called.

    Examples
    --------
    >>> tag_names(["none", "."])
    {'none': 'no mark', '.': '“.”'}
    >>> tag_names(["none", "noun"])
    {'none': 'none', 'noun': 'noun'}
    """
    if not are_marks(tags):
        return {tag: tag for tag in tags}
    return {tag: "no mark" if tag == NONE else f"“{tag}”" for tag in tags}
