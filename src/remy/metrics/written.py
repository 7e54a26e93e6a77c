"""How close written sequences are to the expected ones: BLEU, chrF, exact matches, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from remy.errors import UsageError
from remy.metrics.pairs import same_number


@dataclass(frozen=True)
class Signed:
    """A score, and the signature that says exactly how it was computed."""

    score: float
    signature: str


def bleu(expected: Sequence[str], written: Sequence[str], *, lowercase: bool = False) -> Signed:
    """Return the corpus BLEU of written texts, 0 to 100, with sacrebleu's signature.

    References
    ----------
    K. Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002; M. Post,
    "A call for clarity in reporting BLEU scores", WMT 2018.

    Raises
    ------
    ShapeError
        If there are not as many written texts as expected ones.
    UsageError
        If sacrebleu is not installed.

    Examples
    --------
    >>> round(bleu(["The cat sat on the mat."], ["The cat sat on a mat."]).score, 1)
    48.9
    """
    return _signed("BLEU", expected, written, lowercase=lowercase)


def chrf(expected: Sequence[str], written: Sequence[str], *, lowercase: bool = False) -> Signed:
    """Return the chrF of written texts, 0 to 100, with sacrebleu's signature.

    References
    ----------
    M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.

    Raises
    ------
    ShapeError
        If there are not as many written texts as expected ones.
    UsageError
        If sacrebleu is not installed.
    """
    return _signed("CHRF", expected, written, lowercase=lowercase)


def exact_match(expected: Sequence[str], written: Sequence[str], *, lowercase: bool = False) -> float:
    """Return the share of texts that are just as expected, white space at their ends and its amount aside.

    Examples
    --------
    >>> exact_match(["K AE T", "D AO G"], ["K AE T", "D AA G"])
    0.5
    """
    same_number("exact_match", expected, written)
    pairs = zip(expected, written, strict=True)
    same = [_words(right, lowercase) == _words(wrote, lowercase) for right, wrote in pairs]
    return sum(same) / len(same)


def word_f1(expected: Sequence[str], written: Sequence[str], *, lowercase: bool = False) -> float:
    """Return the F1 of the words of all texts together, whatever their order.

    ``2 m / (w + e)`` with m words in common (as often as both have them), w written and e expected ones.

    Examples
    --------
    >>> word_f1(["arrow left", "home"], ["left arrow", "house"])
    0.6666666666666666
    """
    same_number("word_f1", expected, written)
    common = total = 0
    for right, wrote in zip(expected, written, strict=True):
        first, second = Counter(_words(right, lowercase)), Counter(_words(wrote, lowercase))
        common += (first & second).total()
        total += first.total() + second.total()
    return 2.0 * common / total if total else 0.0


def _words(text: str, lowercase: bool) -> list[str]:
    return (text.lower() if lowercase else text).split()


def _signed(name: str, expected: Sequence[str], written: Sequence[str], *, lowercase: bool) -> Signed:
    same_number(name.lower(), expected, written)
    try:
        from sacrebleu import metrics
    except ImportError as error:
        raise UsageError(f"{name}: sacrebleu is not installed; pip install 'remy-rnn[train]'") from error
    metric: Any = getattr(metrics, name)(lowercase=lowercase)
    found = metric.corpus_score(list(written), [list(expected)])
    return Signed(float(found.score), str(metric.get_signature()))
