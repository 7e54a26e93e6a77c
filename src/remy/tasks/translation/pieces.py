"""What texts are cut into, where nobody says: by the texts themselves."""

from __future__ import annotations

from collections.abc import Sequence

from remy.config.translator import PairsConfig
from remy.data.pieces import PieceTokenizer

#: Texts that are looked at.
_LOOKED_AT = 1_000

#: With fewer different words than this in many texts, words are symbols such as sounds.
_MOST_SYMBOLS = 300

#: Most pieces of a side, by the number of its texts.
_SUBWORDS = ((2_000, 1_000), (100_000, 4_000), (500_000, 8_000), (None, 16_000))
_WORDS = 20_000


def pieces_for(texts: Sequence[str]) -> str:
    """Return what texts are cut into: characters of single words, symbols of rows of them, else sub-words.

    Examples
    --------
    >>> pieces_for(["hello", "world"]), pieces_for(["HH AH L OW", "W ER L D"] * 50)
    ('characters', 'words')
    >>> pieces_for(["A dog barks at a man.", "Two cats sleep on a red sofa."])
    'subwords'
    """
    step = max(1, len(texts) // _LOOKED_AT)
    looked = [text.split() for text in texts[::step]]
    if sum(len(words) == 1 for words in looked) > 0.9 * len(looked):
        return "characters"
    count = sum(map(len, looked))
    different = len({word for words in looked for word in words})
    return "words" if different < _MOST_SYMBOLS and count > 10 * different else "subwords"


def fit_pieces(texts: Sequence[str], pieces: str, config: PairsConfig) -> PieceTokenizer:
    """Return the tokenizer of one side."""
    size = config.vocabulary
    if size is None:
        fitting = (most for texts_up_to, most in _SUBWORDS if texts_up_to is None or len(texts) < texts_up_to)
        size = next(fitting) if pieces == "subwords" else _WORDS
    return PieceTokenizer.fit(
        texts, pieces=pieces, vocabulary=size, min_count=config.min_count, lowercase=config.lowercase
    )
