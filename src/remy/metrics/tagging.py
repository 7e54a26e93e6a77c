"""Scores of a tagger: over tokens, over words it never saw, and over the spans its tags mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from remy.decoding.spans import spans
from remy.errors import DataError, ShapeError
from remy.metrics.classification import ClassScores
from remy.metrics.pairs import same_number

#: One list of words or tags for each sentence.
Sentences = Sequence[Sequence[str]]


@dataclass(frozen=True)
class SpanScores:
    """Precision, recall and F1 of spans.

    Attributes
    ----------
    overall
        Of the spans of all types together (micro-averaged).
    types
        Of each type that occurs on either side, sorted by name.
    """

    overall: ClassScores
    types: dict[str, ClassScores]


def token_accuracy(expected: Sentences, predicted: Sentences) -> float:
    """Return the share of all tokens whose predicted tag is the expected one.

    Raises
    ------
    ShapeError
        If the sentences differ in number or length.
    DataError
        If there is no token.

    Examples
    --------
    >>> token_accuracy([["DET", "NOUN"], ["VERB", "ADV"]], [["DET", "NOUN"], ["VERB", "ADJ"]])
    0.75
    """
    tokens = list(_tokens("token_accuracy", expected, predicted))
    if not tokens:
        raise DataError("token_accuracy: expected at least one token, got none.")
    return sum(left == right for left, right in tokens) / len(tokens)


def unknown_word_accuracy(
    words: Sentences, expected: Sentences, predicted: Sentences, *, known: Collection[str]
) -> float | None:
    """Return the share of the tokens with an unknown word whose predicted tag is the expected one.

    Parameters
    ----------
    words, expected, predicted
        The words of each sentence, their right and their predicted tags.
    known
        The words of the training data, best as a set.

    Returns
    -------
    float or None
        None if every word is known: 0 / 0 says neither good nor bad.

    Raises
    ------
    ShapeError
        If the sentences differ in number or length.
    DataError
        If there is no sentence.

    Examples
    --------
    >>> words = [["the", "zyzzyva", "flurbs"]]
    >>> unknown_word_accuracy(words, [["DET", "NOUN", "VERB"]], [["DET", "NOUN", "NOUN"]], known={"the"})
    0.5
    """
    right = [left == right for left, right in _tokens("unknown_word_accuracy", expected, predicted)]
    # Pairing the words with the tags checks their number; the tags have each other's already.
    new = [word not in known for word, _ in _tokens("unknown_word_accuracy", words, expected)]
    hits = [hit for hit, unknown in zip(right, new, strict=True) if unknown]
    return sum(hits) / len(hits) if hits else None


def span_scores(expected: Sentences, predicted: Sentences) -> SpanScores:
    """Score the spans that BIO or BIOES tags mark; one counts as right if type, first and last token all are.

    With c right, p predicted and n expected spans, ``precision = c / p``, ``recall = c / n`` and
    ``F1 = 2 c / (p + n)``, where 0 / 0 counts as 0. These are the numbers of conlleval.

    Parameters
    ----------
    expected, predicted
        The tags of each sentence; broken sequences are read as :func:`remy.decoding.spans` says.

    Raises
    ------
    ShapeError
        If the sentences differ in number or length.
    DataError
        If there is no sentence, or a tag is of another form.

    Examples
    --------
    >>> scores = span_scores([["B-PER", "I-PER", "O", "B-LOC"]], [["B-PER", "O", "O", "B-LOC"]])
    >>> scores.overall
    ClassScores(precision=0.5, recall=0.5, f1=0.5, support=2)
    >>> scores.types["LOC"].f1
    1.0
    """
    correct: Counter[str] = Counter()
    given: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for truth, guess in _sentences("span_scores", expected, predicted):
        right, found = set(spans(truth)), set(spans(guess))
        for counter, some in ((correct, right & found), (given, found), (wanted, right)):
            counter.update(span.type for span in some)
    return SpanScores(
        overall=ClassScores.from_counts(
            correct=correct.total(), predicted=given.total(), expected=wanted.total()
        ),
        types={
            kind: ClassScores.from_counts(correct=correct[kind], predicted=given[kind], expected=wanted[kind])
            for kind in sorted({*given, *wanted})
        },
    )


def _tokens(metric: str, expected: Sentences, predicted: Sentences) -> Iterator[tuple[str, str]]:
    for left, right in _sentences(metric, expected, predicted):
        yield from zip(left, right, strict=True)


def _sentences(
    metric: str, expected: Sentences, predicted: Sentences
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    same_number(metric, expected, predicted, of="sentences")
    for number, (left, right) in enumerate(zip(expected, predicted, strict=True)):
        if len(left) != len(right):
            raise ShapeError(
                f"{metric}: expected {len(left)} tags for sentence {number}, got {len(right)}: "
                "one for each token."
            )
        yield left, right
