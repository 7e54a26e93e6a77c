"""Tagged sentences and where they came from: a file, standard input, or Python."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from remy.data.conll import read_conll
from remy.errors import DataError, ShapeError
from remy.tasks.locations import directory_name

#: What sentences are called that no file holds, at the beginning of a run and when it goes on.
GIVEN = "what was given"

#: A list of words, or of tags, for each sentence.
Sentences = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Corpus:
    """Tagged sentences.

    Attributes
    ----------
    name
        For people and for the model file.
    words, tags
        Of each sentence; as many tags as words.
    location
        What to give to read it again; empty if it cannot be read again.
    tag
        What is tagged: a name of CoNLL-U (``upos``) or the number of a column; None of sentences from Python.
    notes
        What was guessed or dropped, a sentence each.
    """

    name: str
    words: Sentences
    tags: Sentences
    location: str = ""
    tag: str | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)

    @property
    def tokens(self) -> int:
        """The number of words."""
        return sum(len(words) for words in self.words)

    @property
    def labels(self) -> tuple[str, ...]:
        """The tags that occur, the frequent ones first."""
        counts = Counter(tag for tags in self.tags for tag in tags)
        return tuple(sorted(counts, key=lambda tag: (-counts[tag], tag)))

    @property
    def sha256(self) -> str:
        """The SHA-256 of all words and tags, whatever file they stand in."""
        found = hashlib.sha256()
        for words, tags in zip(self.words, self.tags, strict=True):
            lines = (f"{word}\t{tag}\n" for word, tag in zip(words, tags, strict=True))
            found.update(("".join(lines) + "\n").encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    @property
    def short_name(self) -> str:
        """A name for a directory: the file's without its endings."""
        stem = Path(self.name).name.split(".")[0] if self.location else "sentences"
        return directory_name(stem, otherwise="sentences")

    def part(self, places: slice) -> Corpus:
        """Return some of the sentences."""
        return replace(self, words=self.words[places], tags=self.tags[places])


def read_corpus(location: str | Path, *, tag: str | None = None) -> Corpus:
    """Read tagged sentences from a file or ``-``.

    Raises
    ------
    DataError
        If it cannot be read, a line is malformed (with file and line), or there is no tagged sentence.
    UsageError
        If the file has no such `tag`.
    """
    reading = read_conll(location, tag=tag)
    words: list[tuple[str, ...]] = []
    tags: list[tuple[str, ...]] = []
    for sentence in reading:
        words.append(sentence.words)
        tags.append(sentence.tags or ())
    if not words:
        raise DataError(
            f"{reading.name}: expected sentences with tags, but every sentence has an untagged word "
            f"({reading.summary()}); choose another column with --tag."
        )
    notes = list(reading.notes)
    if reading.dropped:
        notes.append(f"{reading.name}: {reading.summary()}")
    kept = "" if str(location) == "-" else str(location)
    return Corpus(reading.name, words, tags, kept, reading.tag, tuple(notes))


def corpus_of(words: Sentences, tags: Sentences) -> Corpus:
    """Return tagged sentences that are at hand.

    Raises
    ------
    ShapeError
        If there are not as many tags as words, sentence by sentence.
    DataError
        If there is none, or a word or a tag could not be kept in a file: one that is empty or blank, a tag
        with white space, a word with a tab or a line end.
    """
    if len(words) != len(tags):
        raise ShapeError(f"tagger: expected the tags of {len(words)} sentences, got {len(tags)}.")
    for number, (sentence, marks) in enumerate(zip(words, tags, strict=True)):
        if isinstance(sentence, str) or isinstance(marks, str):
            raise DataError(
                f"tagger: expected lists of words and of tags, got a string in sentence {number}."
            )
        if len(sentence) != len(marks):
            raise ShapeError(
                f"tagger: expected {len(sentence)} tags for sentence {number}, one a word, got {len(marks)}."
            )
        for word, mark in zip(sentence, marks, strict=True):
            if not isinstance(word, str) or not word.strip() or set(word) & set("\t\r\n"):
                raise DataError(f"tagger: expected words of one line, got {word!r} in sentence {number}.")
            if not isinstance(mark, str) or len(mark.split()) != 1 or mark != mark.strip() or mark == "_":
                raise DataError(
                    f"tagger: expected tags without white space, got {mark!r} in sentence {number}."
                )
    kept = [k for k, sentence in enumerate(words) if len(sentence)]
    if not kept:
        raise DataError("tagger: expected at least one sentence with words, got none.")
    return Corpus(GIVEN, [tuple(words[k]) for k in kept], [tuple(tags[k]) for k in kept])


def to_conllu(corpus: Corpus) -> str:
    """Return sentences as CoNLL-U, so that `reopen` finds the same ones.

    Examples
    --------
    >>> to_conllu(corpus_of([["Time"]], [["NOUN"]])).split("\\t")
    ['1', 'Time', '_', 'NOUN', '_', '_', '_', '_', '_', '_\\n\\n']
    """
    column = _kept_column(corpus.tag)
    before, after = ("_\t" * (column - 2), "\t_" * (9 - column))
    return "".join(
        "".join(
            f"{number}\t{word}\t{before}{tag}{after}\n"
            for number, (word, tag) in enumerate(zip(words, tags, strict=True), start=1)
        )
        + "\n"
        for words, tags in zip(corpus.words, corpus.tags, strict=True)
    )


def reopen(path: Path, *, tag: str | None) -> Corpus:
    """Read what `to_conllu` wrote of sentences whose `tag` was this one."""
    found = read_corpus(path, tag=str(_kept_column(tag) + 1))
    return replace(found, name=GIVEN, location="", tag=tag, notes=())


def _kept_column(tag: str | None) -> int:
    """Return the column, from 0, of the tag in CoNLL-U: its own where an underscore may be a tag."""
    return {"lemma": 2, "feats": 5}.get(tag or "", 3)
