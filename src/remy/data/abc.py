"""Tunes in ABC notation: read into one plain form, and finished so that other programs open them.

The notation is that of the ABC standard 2.1. In the plain form a tune is its fields in one order (``X:1``,
its first title ``T:``, ``R:``, ``M:``, ``L:``, ``Q:``, ..., the key ``K:`` last) and its music, line by line.
What is told about a tune (who transcribed it, where it was found, ...), comments, instructions for
typesetting, and what only lines bars up, more than one space and back quotes, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from remy.errors import DataError

#: Header fields that are kept, in their order; ``X:`` comes before them.
_HEADER: Final = "TRMLQPVUmK"
#: Fields among the music that are kept: changes of key, metre, length, ..., and words to sing.
_WITHIN: Final = "KLMPQRTUVWmsw"
#: Fields before the first tune that hold for every tune without one.
_SHARED: Final = "RMLQ"

#: A field's letter and colon; a line of music may begin with ``A:|`` or ``B::``.
_FIELD: Final = re.compile(r"([A-Za-z+]):(?![|:])")
_COMMENT: Final = re.compile(r"(?<!\\)%.*")
#: What may hold letters and bars that are no music: text in quotes, decorations, fields in brackets.
_ASIDE: Final = re.compile(r'"[^"\n]*"?|![^!|\n]*!|\[[A-Za-z]:[^\]\n]*\]?')
_NOTE: Final = re.compile(r"[A-Ga-g]")
#: How a key and a metre begin that programs understand.
_KEY: Final = re.compile(r"[A-G]|H[Pp]|none\b|clef=|$")
_METRE: Final = re.compile(r"C|none\b|[\d+() ]+/ *\d")
#: The end of a bar; ``|:`` begins the next one with its colon.
_BAR: Final = re.compile(r"::|:*\|[|\]]?")


class Found(NamedTuple):
    """The lines of a file that belong to one tune.

    Attributes
    ----------
    line
        Number of the first one, from 1.
    lines
        Without their line ends.
    shared
        Fields that hold for every tune of the file without one, by letter.
    """

    line: int
    lines: Sequence[str]
    shared: Mapping[str, str]


def find_tunes(text: str) -> Iterator[Found]:
    r"""Yield what belongs to each tune of a file: from its reference number ``X:`` to the next one's.

    Examples
    --------
    >>> [found.line for found in find_tunes("X:1\nK:C\nCDE|\n\nX:2\nK:G\nGAB|\n")]
    [1, 5]
    """
    lines = text.split("\n")
    begins = [place for place, line in enumerate(lines) if line.startswith("X:")]
    if not begins:
        return
    shared = {}
    for line in lines[: begins[0]]:
        field = _FIELD.match(line)
        if field and field[1] in _SHARED:
            shared[field[1]] = _value(line)
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield Found(begin + 1, lines[begin:end], shared)


def tidy(found: Found) -> str:
    r"""Return a tune in the plain form, ended by a line end, without an empty line.

    An empty line among the music ends the tune, as the standard says.

    Raises
    ------
    DataError
        If it has no key, which is where the music begins, or no notes.

    Examples
    --------
    >>> tidy(Found(1, ["X: 7", "Z: by me", "M:C", "T: The Road", "K: D", "ABc d2 |  % so", "", "more"], {}))
    'X:1\nT:The Road\nM:C\nK:D\nABc d2 |\n'
    """
    header, body = _parts(found.lines)
    if "K" not in header:
        raise DataError("no key (K:)")
    if not _has_notes(body):
        raise DataError("no notes")
    return _text({**found.shared, **header}, body)


def title(tune: str) -> str:
    r"""Return the title of a tune in the plain form; empty where it has none.

    Examples
    --------
    >>> title("X:1\nT:The Road\nK:D\nABc |\n")
    'The Road'
    """
    found = re.search(r"^T:(.*)$", tune, re.MULTILINE)
    return found[1] if found else ""


def finish(text: str, *, whole: bool) -> str:
    r"""Return a tune that a model wrote as one that other programs open.

    A missing reference number, title, metre (``none``) and key (``C``) are put in, and in place of a metre or
    key that is none; of a key ``dm`` only the small letter is at fault. A tune that is not whole is cut after
    its last whole bar.

    Parameters
    ----------
    text
        What was written. Only the first tune is taken.
    whole
        Whether it came to its end.

    Raises
    ------
    DataError
        If there are no notes, or in a tune that is not whole no whole bar.

    Examples
    --------
    >>> finish("T:The Road\nK:D\nABc d2 |: e", whole=False)
    'X:1\nT:The Road\nM:none\nK:D\nABc d2 |\n'
    """
    lines = text.split("\n")
    begins = [place for place, line in enumerate(lines) if line.startswith("X:")]
    # A prompt may be without X:, so what stands before the first one is a tune of its own unless it is empty.
    if begins and not "".join(lines[: begins[0]]).strip():
        lines = lines[begins[0] : (begins[1:] or [len(lines)])[0]]
    elif begins:
        lines = lines[: begins[0]]
    header, body = _parts(lines)
    if not whole:
        body = _whole_bars(body)
    if not _has_notes(body):
        raise DataError(
            "the model wrote no tune with a whole bar of notes; try another seed or more characters."
        )
    key, metre = header.get("K", "C"), header.get("M", "none")
    candidates = (key, key[:1].upper() + key[1:], "C")
    header["K"] = next(each for each in candidates if _KEY.match(each))
    header["M"] = metre if _METRE.match(metre) else "none"
    return _text({"T": "Untitled", **header}, body)


def _parts(lines: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return the header's fields by letter, the first of each, and the lines of music.

    The header ends with the key, or in a tune without one before the first line that is no field.
    """
    # A line that is all comment is no empty line, which would end the tune.
    lines = [_COMMENT.sub("", line).rstrip() for line in lines if not line.lstrip().startswith("%")]
    has_key = any(line.startswith("K:") for line in lines)
    header: dict[str, str] = {}
    body: list[str] = []
    left_out = False  # whether the field above was, so that its continuation is too
    for line in lines:
        field = _FIELD.match(line)
        if field and field[1] == "+":
            if body and not left_out:
                body.append(line)
            continue
        if "K" in header or body:
            if not line:
                if _has_notes(body):
                    break
                continue
            left_out = bool(field) and field[1] not in _WITHIN  # type: ignore[index]
            if not left_out:
                body.append(_music(line))
        elif field:
            if field[1] in _HEADER:
                header.setdefault(field[1], _value(line))
        elif line and not has_key:
            body.append(_music(line))
    return header, body


def _music(line: str) -> str:
    """Return a line with single spaces and none around it, unless it would look like a field then."""
    if _FIELD.match(line):
        return f"{line[:2]}{_value(line)}"
    stripped = " ".join(line.replace("`", "").split())
    return f" {stripped}" if _FIELD.match(stripped) else stripped


def _value(line: str) -> str:
    return _COMMENT.sub("", line[2:]).strip()


def _text(header: Mapping[str, str], body: Iterable[str]) -> str:
    fields = [f"{letter}:{header[letter]}" for letter in _HEADER if letter in header]
    return "\n".join(["X:1", *fields, *body]) + "\n"


def _bare(body: Iterable[str]) -> str:
    """Return the lines of music with spaces for everything in them that is not, of the same length."""
    text = "\n".join(" " * len(line) if _FIELD.match(line) else line for line in body)
    return _ASIDE.sub(lambda found: " " * len(found[0]), text)


def _has_notes(body: Iterable[str]) -> bool:
    return _NOTE.search(_bare(body)) is not None


def _whole_bars(body: Sequence[str]) -> list[str]:
    """Return the music up to the end of its last whole bar."""
    ends = list(_BAR.finditer(_bare(body)))
    if not ends:
        return []
    last = ends[-1]
    text = "\n".join(body)[: last.end()]
    return (text.removesuffix("::") + ":|" if last[0] == "::" else text).split("\n")
