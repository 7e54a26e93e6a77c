"""Sentences of a file or of standard input back with their tags, everything else as it was."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from remy import runtime
from remy.data.conll import read_conll, read_words, write_conll
from remy.data.formats import guess_kind
from remy.data.lines import display_name
from remy.data.records import Reading, TaggedSentence
from remy.errors import UsageError, choice

#: Sentences that are tagged together.
_TOGETHER = 256

#: Endings of files with a sentence a line.
_LINES = (".txt", ".text")

FORMATS = ("conll", "text")


def predict_file(
    model: runtime.Tagger, location: str, *, tag: str | None = None, format: str | None = None
) -> Iterator[str]:
    r"""Yield the text of a file with the model's tags, a few sentences at a time.

    Of CoNLL all lines and columns stay as they are, byte for byte, but for the column of the tags. Of plain
    text every line is a sentence, its words between spaces; it comes back as lines of a word, a tab and a
    tag. A live tagger and a terminal are answered after every sentence.

    Parameters
    ----------
    model
        The tagger.
    location
        A file, or ``-`` for standard input.
    tag
        The column for the tags: a name of CoNLL-U, or a number. As in training by default.
    format
        ``"conll"`` or ``"text"``. By default a file's ending and first lines decide. Standard input is taken
        for CoNLL if its first line has a tab or is a comment, else for text.

    Raises
    ------
    DataError
        If the file cannot be read or a line is malformed, with file and line.
    UsageError
        If the file has no such column, or `format` is not one of these.
    """
    if format is not None:
        choice("format", format, FORMATS)
    if (format or _format(location)) == "text":
        if tag is not None:
            raise UsageError(f"tag: {display_name(location)} is plain text without columns; leave it out")
        yield from _tagged(model, read_words(location), location)
        return
    reading = read_conll(location, tag=tag or column_for(model, location), labelled=False)
    yield from _tagged(model, reading, location)
    yield "".join(reading.rest)


def column_for(model: runtime.Tagger, location: str) -> str | None:
    """Return the column the model was trained on, where a file of that form has it; else None."""
    trained = model.model_file.metrics.get("data", {}).get("tag")
    if not isinstance(trained, str) or location == "-":
        return trained if isinstance(trained, str) else None
    # The name of a column means nothing between other columns, and the number of one nothing in CoNLL-U.
    is_conllu = read_conll(location, labelled=False).format == "conllu"
    return trained if is_conllu != trained.isdecimal() else None


def _tagged(model: runtime.Tagger, reading: Reading[TaggedSentence], location: str) -> Iterator[str]:
    at_once = 1 if location == "-" and (model.live or sys.stdin.isatty()) else _TOGETHER
    sentences = iter(reading)
    while some := list(itertools.islice(sentences, at_once)):
        tags = model.tag([sentence.words for sentence in some])
        yield "".join(write_conll(sentence, each) for sentence, each in zip(some, tags, strict=True))


def _format(location: str) -> str:
    if location != "-":
        if Path(location).suffix.lower() in _LINES:
            return "text"
        return "text" if guess_kind(location).kind == "plain" else "conll"
    # A look at what is there without using it up; of a stream that cannot be looked at nothing is known.
    peek = getattr(sys.stdin.buffer, "peek", None)
    first = peek(1).lstrip(b"\xef\xbb\xbf\r\n").splitlines()[:1] if peek is not None else []
    return "conll" if first and (b"\t" in first[0] or first[0].startswith(b"#")) else "text"
