"""Tagged sentences in CoNLL-U and in plain CoNLL columns, kept so that they can be written back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from remy.data.conll_layout import DOCUMENT, WORD_ID, Layout, find_layout
from remy.data.lines import Lines
from remy.data.records import Place, Reading, SourceLine, TaggedSentence, Tally
from remy.errors import DataError, UsageError

UNTAGGED = "with an untagged word"


class SentenceReading(Reading[TaggedSentence]):
    """The sentences of a file.

    Attributes
    ----------
    format
        ``conllu`` or ``columns``.
    tag
        What is tagged: a name of CoNLL-U (``upos``), or the number of the column.
    rest
        Lines after the last sentence (empty ones, comments), once a pass has ended.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[Tally, list[str]], Iterator[TaggedSentence]],
        *,
        format: str,
        tag: str,
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__(name, lambda tally: read(tally, self._new_rest()), notes=notes)
        self.format = format
        self.tag = tag
        self._rest: list[str] = []

    @property
    def rest(self) -> tuple[str, ...]:
        """Lines after the last sentence of the latest pass."""
        return tuple(self._rest)

    def _new_rest(self) -> list[str]:
        self._rest = []
        return self._rest


def read_conll(location: str | Path, *, tag: str | None = None, labelled: bool = True) -> SentenceReading:
    r"""Read sentences of words with a tag each.

    Taken for CoNLL-U if the name ends in ``.conllu`` or the first word's line has ten columns between tabs
    that begin with an id. Else columns stand between tabs or spaces, the word first. Sentences end at empty
    lines. Comments, multiword ranges (``1-2``), empty nodes (``1.1``) and ``-DOCSTART-`` lines are no words
    but are kept for :func:`write_conll`.

    Parameters
    ----------
    location
        The path of a file, ``.gz`` too; or ``-`` for standard input.
    tag
        Of CoNLL-U ``upos`` (as with None), ``xpos``, ``lemma``, ``deprel`` or ``feats``. Of columns the
        number of one, from 1; None for the last. Without labels the number behind the last is a new column.
    labelled
        Whether every word must have a tag; sentences with a word that has none (in CoNLL-U ``_``, but for
        ``lemma`` and ``feats``) are dropped and counted. If not, no tags are read.

    Returns
    -------
    SentenceReading
        Its sentences are read while they are taken.

    Raises
    ------
    UsageError
        If the file's format has no such `tag`.
    DataError
        If the file cannot be read or has no words, and, while the sentences are taken, for a malformed line,
        with file and line.

    References
    ----------
    https://universaldependencies.org/format.html

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.conll"
    >>> _ = path.write_text("Time NOUN\nflies VERB\n\n")
    >>> [sentence] = read_conll(path)
    >>> sentence.words, sentence.tags
    (('Time', 'flies'), ('NOUN', 'VERB'))
    >>> write_conll(sentence, ["X", "Y"])
    'Time X\nflies Y\n\n'
    """
    lines = Lines(location)
    layout, name = find_layout(lines, tag, labelled=labelled)
    untagged = {""} if not layout.conllu else set() if name in ("lemma", "feats") else {"_"}
    notes = [] if tag is not None else [f"the tag is {name if layout.conllu else f'column {name}'}"]

    def read(tally: Tally, rest: list[str]) -> Iterator[TaggedSentence]:
        for sentence in _sentences(lines, layout, rest):
            if not labelled:
                yield TaggedSentence(sentence.words, None, sentence.lines, sentence.place)
            elif untagged.intersection(sentence.tags or ()):
                tally.dropped[UNTAGGED] += 1
            else:
                yield sentence

    return SentenceReading(
        lines.name, read, format="conllu" if layout.conllu else "columns", tag=name, notes=notes
    )


def write_conll(sentence: TaggedSentence, tags: Sequence[str]) -> str:
    """Return the lines of a sentence as they were read, with `tags` for its words, one each.

    Raises
    ------
    UsageError
        If there are more or fewer tags than words, or one cannot stand in a column.
    """
    if len(tags) != len(sentence.words):
        raise UsageError(
            f"write_conll: expected {len(sentence.words)} tags, one for each word, got {len(tags)}."
        )
    for tag in tags:
        if not tag or any(character.isspace() for character in tag):
            raise UsageError(f"write_conll: expected tags without white space, got {tag!r}.")
    left = iter(tags)
    return "".join(
        f"{line.before}{next(left)}{line.after}" if line.word else line.before for line in sentence.lines
    )


def read_words(location: str | Path) -> Reading[TaggedSentence]:
    """Read sentences without tags from plain text: one a line, its words between spaces.

    :func:`write_conll` writes them as CoNLL with a word, a tab and a tag in each line.

    Parameters
    ----------
    location
        The path of a file, or ``-`` for standard input.

    Raises
    ------
    DataError
        While the sentences are taken, if the file cannot be read.
    """
    lines = Lines(location)

    def read(_: Tally) -> Iterator[TaggedSentence]:
        for number, line in enumerate(lines, start=1):
            words = tuple(line.split())
            if words:
                source = (*(SourceLine(f"{word}\t", "\n", word=True) for word in words), SourceLine("\n"))
                yield TaggedSentence(words, None, source, Place(lines.name, number))

    return Reading(lines.name, read)


def _sentences(lines: Lines, layout: Layout, rest: list[str]) -> Iterator[TaggedSentence]:
    words: list[str] = []
    tags: list[str] = []
    kept: list[SourceLine] = []
    begins = 0
    for number, line in enumerate(lines, start=1):
        body = line.rstrip("\r\n")
        if not body.strip():
            kept.append(SourceLine(line))
            if words:
                yield TaggedSentence(tuple(words), tuple(tags), tuple(kept), Place(lines.name, begins))
                words, tags, kept = [], [], []
            continue
        if layout.is_comment(body, in_sentence=bool(words)) or body.startswith(DOCUMENT):
            kept.append(SourceLine(line))
            continue
        found = _word(line, body, layout, len(words) + 1, Place(lines.name, number))
        if found is None:
            kept.append(SourceLine(line))
            continue
        begins = begins if words else number
        words.append(found[0])
        tags.append(found[1])
        kept.append(found[2])
    if words:
        yield TaggedSentence(tuple(words), tuple(tags), tuple(kept), Place(lines.name, begins))
    else:
        rest.extend(line.before for line in kept)


def _word(
    line: str, body: str, layout: Layout, number: int, place: Place
) -> tuple[str, str, SourceLine] | None:
    """Return the word and the tag of a line and where the tag stands, or None of a range or an empty node."""
    cells, begins = layout.cut(body)
    if len(cells) != layout.width:
        between = "tabs" if layout.tab else "spaces"
        raise DataError(f"{place}: expected {layout.width} columns between {between}, got {len(cells)}.")
    if layout.conllu:
        identifier = WORD_ID.fullmatch(cells[0])
        if identifier is None:
            raise DataError(f"{place}: expected an id such as 3, 3-4 or 3.1, got {cells[0]!r}.")
        if identifier[1] is None:
            return None
        if int(identifier[1]) != number:
            empty = " (an empty line ends a sentence)" if identifier[1] == "1" else ""
            raise DataError(f"{place}: expected id {number}, got {identifier[1]}{empty}.")
    word = cells[layout.word]
    if not word.strip():
        raise DataError(f"{place}: expected a word in column {layout.word + 1}, got an empty one.")
    if layout.tag == layout.width:
        separator = "\t" if layout.tab or layout.width == 1 else " "
        return word, "", SourceLine(body + separator, line[len(body) :], word=True)
    tag = cells[layout.tag]
    return word, tag, SourceLine(line[:begins], line[begins + len(tag) :], word=True)
