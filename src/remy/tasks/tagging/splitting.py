"""Holding out the last sentences of a corpus. Without torch."""

from __future__ import annotations

from dataclasses import replace

from remy.data.split import head_tail
from remy.errors import DataError
from remy.tasks.tagging.corpus import Corpus


def split_corpus(corpus: Corpus, share: float) -> tuple[Corpus, Corpus]:
    """Return the sentences to learn from, a `share` of all from the beginning on, and those held out.

    Raises
    ------
    DataError
        If there is only one sentence.

    Examples
    --------
    >>> learned, held = split_corpus(Corpus("a.conllu", [["a"]] * 10, [["X"]] * 10), 0.9)
    >>> len(learned), len(held), held.name
    (9, 1, 'the last 1 sentences of a.conllu')
    """
    try:
        head, tail = head_tail(range(len(corpus)), 1.0 - share, least=1)
    except DataError:
        raise DataError(
            f"{corpus.name}: one sentence is too few to hold one out; give another file with --valid."
        ) from None
    held = corpus.part(slice(tail.start, tail.stop))
    name = f"the last {len(held)} sentences of {corpus.name}"
    return corpus.part(slice(head.start, head.stop)), replace(held, name=name)
