"""A pasted text, made ready to be learned from."""

from __future__ import annotations

from remy.data.text import decode_text
from remy.errors import DataError
from remy.tasks.language.corpus import FEWEST, Corpus, make_corpus
from remy.tasks.language.sources import Source

#: Share that is learned from; the rest, the end, is held out.
SPLIT = 0.9


def read_corpus(text: str) -> Corpus:
    """Cut a text into what is learned from and the end that is held out.

    Raises
    ------
    DataError
        If there is too little of it, or nothing that can be measured on its end.

    Examples
    --------
    >>> read_corpus("to be or not to be, " * 20).valid_text
    'to be or not to be, to be or not to be, '
    """
    if not text:
        raise DataError(f"the text: it is empty; at least {FEWEST} characters are needed")
    corpus = make_corpus(Source("the text", decode_text(text.encode(), "the text")), None, split=SPLIT)
    _ = corpus.valid_ids  # raises where nothing can be measured
    return corpus
