"""Marks that follow words: taken out of a text, as tags of its words."""

from __future__ import annotations

import re

from remy.errors import DataError

#: What the tags call a word that no mark follows.
NONE = "none"
_MARKED = re.compile(r"(.*?)([,.?!;:]*)")


def words_and_marks(text: str) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Return the words of a text in small letters, and the mark behind each; None where there is no mark.

    Of several marks in a row the first one counts; one that stands alone belongs to the word before it.

    Raises
    ------
    DataError
        If there is no word.

    Examples
    --------
    >>> words_and_marks("To be, or not to be ?")
    (('to', 'be', 'or', 'not', 'to', 'be'), ('none', ',', 'none', 'none', 'none', '?'))
    >>> words_and_marks("to be or not to be")[1] is None
    True
    """
    words: list[str] = []
    marks: list[str] = []
    for part in text.lower().split():
        found = _MARKED.fullmatch(part)
        assert found is not None
        word, mark = found[1], found[2][:1]
        if word:
            words.append(word)
            marks.append(mark or NONE)
        elif words and marks[-1] == NONE:
            marks[-1] = mark
    if not words:
        raise DataError("input: expected a sentence with at least one word, got none")
    return tuple(words), tuple(marks) if any(mark != NONE for mark in marks) else None
