"""What a file holds and what is wrong with it, without training on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from remy.data.check_music import check_music
from remy.data.check_pairs import check_pairs
from remy.data.check_series import check_series
from remy.data.conll import SentenceReading, read_conll
from remy.data.findings import Seen, Shared, balance, lengths
from remy.data.formats import KINDS, Guess, guess_kind
from remy.data.lines import Lines, display_name
from remy.data.records import NumericRecord, Reading, TaggedSentence
from remy.data.report import lines
from remy.data.sequences import read_sequences
from remy.data.texts import TextReading, read_texts
from remy.errors import DataError, UsageError, choice, nearest

__all__ = ["check", "lines"]

_OPTIONS: dict[str, tuple[str, ...]] = {
    "text": ("text", "label", "format"),
    "conll": ("tag",),
    "series": ("time", "target", "series", "known", "missing", "format"),
    "sequences": (),
    "pairs": ("source", "target", "format"),
    "captions": (),
    "music": (),
    "plain": (),
}


def check(
    location: str | Path, *, kind: str | None = None, against: str | Path | None = None, **columns: Any
) -> dict[str, Any]:
    r"""Read a file to its end and report what it holds.

    Parameters
    ----------
    location
        The path of a file (no pipe: it may be read twice), or of a folder of music.
    kind
        ``text``, ``conll``, ``series``, ``sequences``, ``pairs``, ``music`` or ``plain``; None to guess.
    against
        A file of the same kind that is to test what was learned from this one: reports the records both have
        and labels or tags that only it has.
    columns
        Options of the reader of that kind: ``text``, ``label``, ``tag``, ``time``, ``target``, ``series``,
        ``known``, ``missing``, ``source``, ``format``. None, or an empty sequence, leaves one open.

    Returns
    -------
    dict
        Ready for JSON. Of every kind ``file``, ``kind``, ``reason``, ``kept``, ``dropped`` (reason to count),
        ``notes`` and ``problems`` (sentences; none if nothing is wrong); of most kinds ``lengths``,
        ``duplicates``, ``labels`` and, with `against`, ``against``.

    Raises
    ------
    UsageError
        If there is no such kind, or it has no such option, or the file is a pipe.
    DataError
        If the file cannot be read as that kind, as its reader says.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "reviews.csv"
    >>> _ = path.write_text("text,label\nFine.,good\nFine.,bad\n,bad\n")
    >>> report = check(path)
    >>> report["kept"], report["dropped"], report["labels"]
    (2, {'with an empty text': 1}, {'bad': 1, 'good': 1})
    >>> report["problems"]
    ['1 record repeats an earlier one with another label']
    """
    if not Lines(location).repeatable:
        raise UsageError(f"check: expected the path of a file, got {display_name(location)}.")
    given = {key: value for key, value in columns.items() if value is not None and value not in ((), [])}
    guess = _kind(location, kind, given)
    allowed = _OPTIONS[guess.kind]
    for key in given:
        if key not in allowed:
            raise UsageError(
                f"{key}: not an option of a check of kind {guess.kind}; its options are "
                f"{', '.join(allowed) or 'none'}{nearest(key, allowed) or '.'}"
            )
    if guess.kind not in _CHECKS:
        raise UsageError(
            f"check: {display_name(location)} holds {guess.kind}; `remy train` says what is wrong."
        )
    found = _CHECKS[guess.kind](location, against, given)
    return {"file": display_name(location), "kind": guess.kind, "reason": guess.reason, **found}


def _kind(location: str | Path, kind: str | None, given: Mapping[str, Any]) -> Guess:
    """Return the kind that was named, or that the options can only mean, or that the file looks like."""
    if kind is not None:
        choice("kind", kind, KINDS)
        return Guess(next(known for known in KINDS if known == kind), "as asked for")
    for known in KINDS:
        own = [key for key in given if key in _OPTIONS[known] and key not in ("format", "missing")]
        if own and ("source" in own or "source" not in given):
            return Guess(known, f"`{own[0]}` was given")
    return guess_kind(location)


def _check_text(
    location: str | Path, against: str | Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    reading = _texts(location, options)
    words: list[int] = []
    labels: Counter[str] = Counter()
    seen = Seen()
    for record in reading:
        words.append(len(record.text.split()))
        if record.label is not None:
            labels[record.label] += 1
        seen.add(record.text.strip(), record.label, record.place)
    report = _counts(reading)
    columns = {"text": reading.text_column, "label": reading.label_column}
    report |= {"columns": columns, "lengths": lengths(words, "words")}
    if reading.label_column is not None:
        report["labels"] = balance(labels)
    report["duplicates"] = seen.to_json()
    if against is not None:
        own = read_texts(
            against,
            text=reading.text_column,
            label=reading.label_column,
            labelled=reading.label_column is not None,
            format=options.get("format"),
        )
        report["against"] = _shared(own, seen, labels, lambda record: (record.text.strip(), (record.label,)))
    return _with_problems(report, labelled=reading.label_column is not None)


def _texts(location: str | Path, options: Mapping[str, Any]) -> TextReading:
    """Read with labels; without them where no column can be told to hold them and none was named."""
    try:
        return read_texts(location, **options)
    except DataError:
        if options.get("label") is not None:
            raise
        return read_texts(location, labelled=False, **options)


def _check_conll(
    location: str | Path, against: str | Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    reading = read_conll(location, **options)
    words: list[int] = []
    tags: Counter[str] = Counter()
    seen = Seen()
    vocabulary: set[str] = set()
    for sentence in reading:
        words.append(len(sentence.words))
        tags.update(sentence.tags or ())
        vocabulary.update(sentence.words)
        seen.add(*_of_sentence(sentence), sentence.place)
    report = _counts(reading)
    report |= {"tag": reading.tag, "words": sum(words), "different_words": len(vocabulary)}
    report |= {"lengths": lengths(words, "words"), "labels": balance(tags), "duplicates": seen.to_json()}
    if against is not None:
        own = read_conll(against, tag=_tag(reading, options))
        report["against"] = _shared(
            own, seen, tags, lambda sentence: (_of_sentence(sentence)[0], sentence.tags or ())
        )
    return _with_problems(report, labelled=True)


def _tag(reading: SentenceReading, options: Mapping[str, Any]) -> str | None:
    return reading.tag if reading.format == "conllu" else options.get("tag")


def _of_sentence(sentence: TaggedSentence) -> tuple[str, str]:
    return "\n".join(sentence.words), "\n".join(sentence.tags or ())


def _check_sequences(
    location: str | Path, against: str | Path | None, options: Mapping[str, Any]
) -> dict[str, Any]:
    reading = read_sequences(location, **options)
    steps: list[int] = []
    features: set[int] = set()
    labels: Counter[str] = Counter()
    seen = Seen()
    for record in reading:
        steps.append(len(record.values))
        features.add(record.values.shape[1])
        if record.label is not None:
            labels[record.label] += 1
        seen.add(_of_values(record), record.label, record.place)
    report = _counts(reading)
    report |= {"features": max(features), "lengths": lengths(steps, "steps")}
    if labels:
        report["labels"] = balance(labels)
    report["duplicates"] = seen.to_json()
    if against is not None:
        report["against"] = _shared(
            read_sequences(against), seen, labels, lambda record: (_of_values(record), (record.label,))
        )
    return _with_problems(report, labelled=bool(labels))


def _of_values(record: NumericRecord) -> bytes:
    return bytes(str(record.values.shape), "ascii") + np.ascontiguousarray(record.values).tobytes()


def _check_plain(location: str | Path, against: str | Path | None, _: Mapping[str, Any]) -> dict[str, Any]:
    if against is not None:
        raise UsageError("against: running text has no records to compare; expected a file of another kind.")
    characters: Counter[str] = Counter()
    words: list[int] = []
    for line in Lines(location):
        text = line.rstrip("\r\n")
        characters.update(f"{text}\n")
        words.append(len(text.split()))
    report: dict[str, Any] = {"kept": len(words), "dropped": {}, "notes": []}
    report |= {"characters": sum(characters.values()), "different_characters": len(characters)}
    report |= {"words": sum(words), "lengths": lengths(words, "words"), "problems": []}
    return report


def _counts(reading: Reading[Any]) -> dict[str, Any]:
    return {"kept": reading.kept, "dropped": dict(reading.dropped), "notes": reading.notes}


def _shared(
    reading: Reading[Any],
    seen: Seen,
    known: Iterable[str],
    of: Callable[[Any], tuple[str | bytes, Iterable[str | None]]],
) -> dict[str, Any]:
    """Compare a test file with what was seen; `of` gives a record's content and its labels."""
    shared = Shared(reading.name, seen, known)
    for record in reading:
        content, labels = of(record)
        shared.add(content, labels, record.place)
    return shared.to_json()


def _with_problems(report: dict[str, Any], *, labelled: bool) -> dict[str, Any]:
    problems = []
    if report["kept"] == 0:
        problems.append("no record is left")
    elif labelled and len(report["labels"]) == 1:
        problems.append(f"every label is '{next(iter(report['labels']))}': there is nothing to tell apart")
    conflicting = report["duplicates"]["conflicting"]
    if conflicting:
        repeat = "record repeats" if conflicting == 1 else "records repeat"
        problems.append(f"{conflicting:,} {repeat} an earlier one with another label")
    other = report.get("against")
    if other:
        if other["shared"]:
            problems.append(
                f"{other['shared']:,} of {other['records']:,} records of {other['file']} are in this file"
            )
        if other["unknown_labels"]:
            names = ", ".join(other["unknown_labels"])
            problems.append(f"{other['file']} has labels this file has not: {names}")
    return {**report, "problems": problems}


_CHECKS: dict[str, Callable[[str | Path, str | Path | None, Mapping[str, Any]], dict[str, Any]]] = {
    "text": _check_text,
    "conll": _check_conll,
    "series": check_series,
    "sequences": _check_sequences,
    "pairs": check_pairs,
    "music": check_music,
    "plain": _check_plain,
}
