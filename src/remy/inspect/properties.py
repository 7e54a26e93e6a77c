"""What can be said of each place in a text, as numbers that a unit may follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from remy.inspect.record import Array

#: From the items of a text, characters or words, to a number for each, ``(T,)``.
Property = Callable[[Sequence[str]], Array]

_OPENING, _CLOSING = "([{", ")]}"


def _flags(test: Callable[[str], bool]) -> Property:
    """Return the property of items that is 1 where `test` holds."""

    def found(items: Sequence[str]) -> Array:
        return np.array([float(test(item)) for item in items])

    return found


def _since(ends: Callable[[str], bool]) -> Property:
    """Return how many items came since the last one at which something ended, that one not counted."""

    def found(items: Sequence[str]) -> Array:
        counts, count = np.zeros(len(items)), 0
        for step, item in enumerate(items):
            counts[step] = count
            count = 0 if ends(item) else count + 1
        return counts

    return found


def _before(property_: Property) -> Property:
    """Return what a property was one item ago, 0 at the first."""

    def found(items: Sequence[str]) -> Array:
        return np.concatenate([[0.0], property_(items)[:-1]]) if items else np.zeros(0)

    return found


def _inside_quotes(items: Sequence[str]) -> Array:
    """Flag what is quoted, with its quotation marks; an empty line ends a quotation."""
    inside, line_is_empty, flags = False, False, []
    for item in items:
        opened = inside
        for mark in item:
            if mark in '"“”':
                inside = not inside if mark == '"' else mark == "“"
            elif mark == "\n" and line_is_empty:
                inside = False
            line_is_empty = mark == "\n" or (line_is_empty and mark.isspace())
        flags.append(float(inside or opened))
    return np.array(flags)


def _bracket_depth(items: Sequence[str]) -> Array:
    """Count the brackets that are open, with those of the item itself."""
    depth, depths = 0, []
    for item in items:
        opened = depth
        for mark in item:
            depth = max(0, depth + (mark in _OPENING) - (mark in _CLOSING))
        depths.append(float(max(opened, depth)))
    return np.array(depths)


def _is_word(item: str) -> bool:
    return any(mark.isalpha() for mark in item)


def _is_punctuation(item: str) -> bool:
    return bool(item) and not any(mark.isalnum() or mark.isspace() for mark in item)


def _is_number(item: str) -> bool:
    return any(mark.isdigit() for mark in item)


def _is_space(item: str) -> bool:
    return item.isspace()


def _ends_line(item: str) -> bool:
    return "\n" in item


def _place(items: Sequence[str]) -> Array:
    """Count from the start of the text."""
    return np.arange(len(items), dtype=np.float64)


#: The properties that :func:`remy.inspect.unit_selectivity` tries, by name.
PROPERTIES: dict[str, Property] = {
    "position in the text": _place,
    "position in the line": _since(_ends_line),
    "position in the word": _since(lambda item: not _is_word(item)),
    "line break": _flags(_ends_line),
    "start of a line": _before(_flags(_ends_line)),
    "space": _flags(_is_space),
    "after a space": _before(_flags(_is_space)),
    "inside a word": _flags(_is_word),
    "upper case": _flags(lambda item: item[:1].isupper()),
    "inside a number": _flags(_is_number),
    "punctuation": _flags(_is_punctuation),
    "inside quotes": _inside_quotes,
    "inside brackets": _bracket_depth,
    "vowel": _flags(lambda item: item.lower() in ("a", "e", "i", "o", "u")),
}
