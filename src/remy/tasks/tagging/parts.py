"""The data of a tagger: what is learned from, what the best model is chosen on, what it is scored on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from remy.config.tagger import SentencesConfig
from remy.data.words import WordVocabulary
from remy.decoding import Scheme, allowed_transitions, scheme_of, spans
from remy.errors import DataError
from remy.tasks.tagging.corpus import Corpus

#: With more broken sentences than this share, the tags are not taken for BIO or BIOES.
_BROKEN = 0.01


def mark_spans(labels: tuple[str, ...]) -> bool:
    """Return whether tags mark spans: ``O`` and forms such as ``B-PER``, not only ``O``.

    Examples
    --------
    >>> mark_spans(("O", "I-PER")), mark_spans(("NOUN", "VERB"))
    (True, False)
    """
    try:
        return any(spans([label]) for label in labels) and "O" in labels
    except DataError:
        return False


@dataclass(frozen=True)
class Parts:
    """The data of a training run.

    Attributes
    ----------
    config
        How they are read.
    train, valid
        Learned from, and held out.
    test
        Scored on in the end; None for `valid`.
    valid_name
        Of the held-out part, for people.
    """

    config: SentencesConfig
    train: Corpus
    valid: Corpus
    test: Corpus | None
    valid_name: str

    @property
    def scored(self) -> Corpus:
        """What the model is scored on in the end."""
        return self.test if self.test is not None else self.valid

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The tags, in the order of their numbers."""
        return self.train.labels

    @cached_property
    def scheme(self) -> Scheme | None:
        """The scheme that is enforced: none where the data themselves break it often."""
        scheme = scheme_of(self.labels)
        return scheme if len(self._broken) <= _BROKEN * len(self.train) else None

    @cached_property
    def learned(self) -> Corpus:
        """What is learned from: without sentences that break the scheme, long ones in pieces."""
        broken = set(self._broken) if self.scheme is not None else set()
        words: list[tuple[str, ...]] = []
        tags: list[tuple[str, ...]] = []
        for number, (sentence, marks) in enumerate(zip(self.train.words, self.train.tags, strict=True)):
            if number in broken:
                continue
            for start, stop in self._cuts(marks):
                words.append(tuple(sentence[start:stop]))
                tags.append(tuple(marks[start:stop]))
        return Corpus(self.train.name, words, tags)

    @cached_property
    def vocabulary(self) -> WordVocabulary:
        """The words and the characters of what is learned from."""
        config = self.config
        return WordVocabulary.fit(
            self.train.words,
            vocabulary=config.vocabulary,
            min_count=config.min_count,
            lowercase=config.lowercase,
            max_characters=config.max_characters,
        )

    @cached_property
    def known(self) -> frozenset[str]:
        """The words that were seen in training, as they stand."""
        return frozenset(word for words in self.train.words for word in words)

    @property
    def comparable(self) -> bool:
        """Whether some held-out sentence has only tags that were learned, and keeps to their rules."""
        rules, known = _Rules.of(self.labels, self.scheme), set(self.labels)
        return any(known.issuperset(tags) and rules.allow(tags) for tags in self.valid.tags)

    def record(self) -> dict[str, Any]:
        """Describe the data for the model file and ``metrics.json``."""
        record: dict[str, Any] = {
            "name": self.train.name,
            "sha256": self.train.sha256,
            "tag": self.train.tag,
            "valid": self.valid_name,
            "train_sentences": len(self.train),
            "train_words": self.train.tokens,
            "valid_sentences": len(self.valid),
            "valid_words": self.valid.tokens,
        }
        if self.test is not None:
            record |= {"test": self.test.name, "test_words": self.test.tokens}
        return record

    def fingerprint(self) -> dict[str, str]:
        """Return hashes of the parts."""
        found = {"train": self.train.sha256, "valid": self.valid.sha256}
        return found if self.test is None else {**found, "test": self.test.sha256}

    def notes(self) -> tuple[str, ...]:
        """Return what a person should know of the data before training on them."""
        notes = list(self.train.notes)
        notes.append(
            f"{len(self.train):,} sentences with {self.train.tokens:,} words and {len(self.labels)} "
            f"different tags to learn from, {len(self.valid):,} held out"
        )
        looks = scheme_of(self.labels)
        if self._broken:
            count = f"{len(self._broken)} of {len(self.train)} sentences break the rules of {looks}"
            if self.scheme is not None:
                notes.append(f"{count} and are not learned from")
            else:
                notes.append(f"{count}, so no rules are enforced")
        long = sum(len(words) > self.config.max_length for words in self.train.words)
        if long:
            notes.append(
                f"{long} sentences are longer than {self.config.max_length} words and are read in pieces "
                "(--set data.max_length=...)"
            )
        for part in (self.valid, self.test):
            unseen = unseen_tags(part, self.labels) if part is not None else ""
            if part is not None and unseen:
                notes.append(f"{part.name}: tags that nothing was learned of count as wrong: {unseen}")
        return tuple(notes)

    @cached_property
    def _broken(self) -> list[int]:
        """The sentences to learn from that break the scheme their tags' names follow."""
        rules = _Rules.of(self.labels, scheme_of(self.labels))
        return [number for number, tags in enumerate(self.train.tags) if not rules.allow(tags)]

    def _cuts(self, tags: Any) -> list[tuple[int, int]]:
        """Return from where to where a sentence's pieces go, cut where the scheme lets one begin."""
        rules, most = _Rules.of(self.labels, self.scheme), self.config.max_length
        cuts = [0]
        while len(tags) - cuts[-1] > most:
            latest = cuts[-1] + most
            fitting = (
                cut for cut in range(latest, cuts[-1], -1) if rules.allow_cut(tags[cut - 1], tags[cut])
            )
            cuts.append(next(fitting, latest))
        return list(zip(cuts, [*cuts[1:], len(tags)], strict=True))


def unseen_tags(corpus: Corpus, labels: tuple[str, ...]) -> str:
    """Return the tags of `corpus` that are not among `labels`, with their counts; empty if there is none.

    Examples
    --------
    >>> unseen_tags(Corpus("", [["a", "b"]], [["X", "Y"]]), ("X",))
    'Y (1)'
    """
    known = set(labels)
    counts = Counter(tag for tags in corpus.tags for tag in tags if tag not in known)
    shown = ", ".join(f"{tag} ({count})" for tag, count in counts.most_common(10))
    return f"{shown} and {len(counts) - 10} more" if len(counts) > 10 else shown


@dataclass(frozen=True)
class _Rules:
    """Which tags may stand where, by name."""

    numbers: dict[str, int]
    start: Any
    transitions: Any
    end: Any

    @classmethod
    def of(cls, labels: tuple[str, ...], scheme: Scheme | None) -> _Rules:
        numbers = {label: number for number, label in enumerate(labels)}
        return cls(numbers, *allowed_transitions(labels, scheme))

    def allow(self, tags: Any) -> bool:
        path = np.array([self.numbers[tag] for tag in tags])
        inner = self.transitions[path[:-1], path[1:]].all()
        return bool(self.start[path[0]] and inner and self.end[path[-1]])

    def allow_cut(self, before: str, after: str) -> bool:
        return bool(self.end[self.numbers[before]] and self.start[self.numbers[after]])
