"""How the lines of a file of tagged sentences are cut into columns, found from its first lines."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from remy.data.lines import Lines
from remy.data.tables import ending
from remy.errors import DataError, UsageError, nearest

#: The first column of CoNLL-U; only a word's id has the group.
WORD_ID = re.compile(r"(\d+)|\d+-\d+|\d+\.\d+")
#: What begins a document in the columns of CoNLL 2003.
DOCUMENT = "-DOCSTART-"

_CONLLU = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_TAGS = ("upos", "xpos", "lemma", "deprel", "feats")
_BETWEEN_SPACES = re.compile(r"\S+")
_LOOKED_AT = 200  # lines of a file


@dataclass(frozen=True)
class Layout:
    """How the lines of a file are cut: `width` columns, the word in one and the tag in another, from 0."""

    conllu: bool
    width: int
    tab: bool
    word: int
    tag: int

    def cut(self, body: str) -> tuple[list[str], int]:
        """Return the cells of a line and where the tag begins, if it has as many columns as it should."""
        if self.tab:
            cells = body.split("\t")
            return cells, sum(map(len, cells[: self.tag])) + self.tag
        found = list(_BETWEEN_SPACES.finditer(body))
        begins = found[self.tag].start() if self.tag < len(found) else len(body)
        return [match[0] for match in found], begins

    def is_comment(self, body: str, *, in_sentence: bool) -> bool:
        """Return whether a line is a comment; in plain columns ``#`` may also be a word."""
        if not body.startswith("#") or (in_sentence and not self.conllu):
            return False
        return self.conllu or len(self.cut(body)[0]) != self.width


def find_layout(lines: Lines, tag: str | None, *, labelled: bool) -> tuple[Layout, str]:
    """Return how the file is cut, looking at its first lines, and the name of what is tagged."""
    bodies = _looked_at(lines)
    tab = "\t" in bodies[0]
    cells = bodies[0].split("\t") if tab else bodies[0].split()
    if ending(lines.location) == ".conllu" or (
        len(cells) == len(_CONLLU) and tab and WORD_ID.fullmatch(cells[0])
    ):
        name = _conllu_tag(tag)
        return Layout(True, len(_CONLLU), True, 1, _CONLLU.index(name)), name
    widths = Counter(len(body.split("\t") if tab else body.split()) for body in bodies)
    width = widths.most_common(1)[0][0]
    column = _column(tag, width, labelled=labelled, name=lines.name)
    return Layout(False, width, tab, 0, column), str(column + 1)


def _looked_at(lines: Lines) -> list[str]:
    """Return the first lines that hold words: of a pipe one, to keep nobody waiting."""
    bodies: list[str] = []
    for number, line in enumerate(lines.peek()):
        body = line.rstrip("\r\n")
        if body.strip() and not body.startswith(("#", DOCUMENT)):
            bodies.append(body)
        if bodies and (number >= _LOOKED_AT or not lines.repeatable):
            break
    if not bodies:
        raise DataError(f"{lines.name}: there are no words, only empty lines and comments.")
    return bodies


def _conllu_tag(tag: str | None) -> str:
    if tag is None:
        return "upos"
    name = _CONLLU[int(tag) - 1] if tag.isdecimal() and 1 <= int(tag) <= len(_CONLLU) else tag.lower()
    if name not in _TAGS:
        raise UsageError(f"tag: expected one of {', '.join(_TAGS)}, got '{tag}'{nearest(name, _TAGS) or '.'}")
    return name


def _column(tag: str | None, width: int, *, labelled: bool, name: str) -> int:
    if width == 1 and labelled:
        raise DataError(f"{name}: expected a word and a tag in each line, got only one column.")
    last = width if labelled or width > 1 else 2
    if tag is None:
        return last - 1
    most = width if labelled else width + 1
    if not tag.isdecimal() or not 2 <= int(tag) <= most:
        raise UsageError(
            f"tag: {name} has {width} columns, the word first; expected a number from 2 to {most}, "
            f"got '{tag}'."
        )
    return int(tag) - 1
