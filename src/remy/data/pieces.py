"""Texts to pieces and back, so that what a network writes can be read: words, characters or sub-words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ModelFileError, choice

if TYPE_CHECKING:
    import tokenizers

#: What texts can be cut into.
PIECES: Final = ("words", "characters", "subwords")

#: Pieces with a meaning of their own, and their numbers: not known, before the first, after the last.
UNKNOWN, BEGIN, END = "<unk>", "<s>", "</s>"
UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2

#: Stands for the space before a word, as in SentencePiece, so that pieces can be put together again.
SPACE: Final = "\u2581"

#: A word with its apostrophes (don't) and the space before it, or one mark.
_WORD: Final = (
    rf"{SPACE}?(?:[\p{{L}}\p{{M}}\p{{N}}_]+(?:['’][\p{{L}}\p{{M}}]+)*"
    rf"|[^\s\p{{L}}\p{{M}}\p{{N}}_{SPACE}])|{SPACE}"
)


class PieceTokenizer:
    """Cuts texts into numbered pieces and puts them together again.

    White space counts as one space and not at the ends; else what was cut is put together as it was. Made by
    `fit` or `from_json`.

    Examples
    --------
    >>> tokenizer = PieceTokenizer.fit(["No, thanks.", "No rain, no sun."], pieces="words")
    >>> tokenizer.decode(tokenizer.encode(["No sun,  no rain."])[0])
    'No sun, no rain.'
    >>> tokenizer.encode(["sun,"])[0].tolist(), tokenizer.vocabulary[:3]
    ([8, 3, 2], ('<unk>', '<s>', '</s>'))
    """

    def __init__(self, inner: tokenizers.Tokenizer, pieces: str) -> None:
        self.pieces = pieces
        self._inner = inner
        found = sorted(inner.get_vocab().items(), key=lambda entry: entry[1])
        self.vocabulary = tuple(piece for piece, _ in found)

    def __len__(self) -> int:
        return len(self.vocabulary)

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        *,
        pieces: str = "subwords",
        vocabulary: int = 8_000,
        min_count: int = 1,
        lowercase: bool = False,
    ) -> Self:
        """Return a tokenizer for texts like these.

        Parameters
        ----------
        texts
            What is learned from.
        pieces
            ``words`` (and marks), ``characters``, or ``subwords`` (byte-pair encoding of words; Sennrich et
            al. 2016).
        vocabulary
            The most pieces, those with a meaning of their own among them; sub-words have all letters.
        min_count
            Pieces seen less often are unknown.
        lowercase
            Whether capitals are read, and written, as small letters.

        Raises
        ------
        UsageError
            If `pieces` is none of these.
        """
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

        choice("pieces", pieces, PIECES)
        options: dict[str, Any] = {
            "vocab_size": vocabulary,
            "min_frequency": min_count,
            "special_tokens": [UNKNOWN, BEGIN, END],
            "show_progress": False,
        }
        trainer: Any
        if pieces == "subwords":
            inner = Tokenizer(models.BPE(unk_token=UNKNOWN))
            trainer = trainers.BpeTrainer(**options)
        else:
            inner = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
            trainer = trainers.WordLevelTrainer(**options)
        steps: list[Any] = [
            normalizers.NFC(),
            *([normalizers.Lowercase()] if lowercase else []),
            normalizers.Replace(Regex(rf"[\s{SPACE}]+"), " "),
            normalizers.Strip(),
        ]
        if pieces != "characters":
            steps += [normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)]
        inner.normalizer = normalizers.Sequence(steps)
        pattern = r"[\s\S]" if pieces == "characters" else _WORD
        inner.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
        inner.train_from_iterator(texts, trainer)
        return cls(inner, pieces)

    def encode(self, texts: Sequence[str], *, max_length: int | None = None) -> list[NDArray[np.int64]]:
        """Return the pieces' numbers of every text, (T,) each: at most `max_length` and `END_ID` behind them.

        Raises
        ------
        DataError
            If a text is no string.
        """
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise DataError(f"encode: expected strings, got {type(text).__name__} at place {place}.")
        # Words like </s> that stand in a text are no marks of ours.
        found = self._inner.encode_batch_fast([_plain(text) for text in texts], add_special_tokens=False)
        return [np.array([*each.ids[:max_length], END_ID], dtype=np.int64) for each in found]

    def decode(self, ids: ArrayLike) -> str:
        """Return the text that the pieces `ids` (T,) make; marks of begin and end are left out."""
        return self.join(self.cut(ids))

    def cut(self, ids: ArrayLike) -> list[str]:
        """Return the pieces `ids` (T,) as they are, without marks of begin and end."""
        numbers = np.asarray(ids, dtype=np.int64).reshape(-1)
        return [self.vocabulary[number] for number in numbers.tolist() if number not in (BEGIN_ID, END_ID)]

    def numbers(self, pieces: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of pieces that `cut` gave, and `END_ID` behind them.

        A text that is put together and cut again need not give the same pieces.
        """
        return np.array([*(self.vocabulary.index(piece) for piece in pieces), END_ID], dtype=np.int64)

    def join(self, pieces: Sequence[str]) -> str:
        """Return the text that pieces make."""
        joined = "".join(pieces)
        return joined.replace(SPACE, " ").strip() if self.pieces != "characters" else joined

    def words_of(self, pieces: Sequence[str]) -> list[int]:
        """Return which word, from 0, each piece of a text belongs to; -1 for the marks of begin and end.

        Words stand between spaces; of characters each one, spaces too, counts as a word.
        """
        found, word = [], -1
        for piece in pieces:
            word += piece not in (BEGIN, END) and (self.pieces == "characters" or piece.startswith(SPACE))
            found.append(-1 if piece in (BEGIN, END) else max(word, 0))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return everything as values for the model file's header."""
        return {"kind": "pieces", "pieces": self.pieces, "tokenizers": json.loads(self._inner.to_str())}

    @property
    def sha256(self) -> str:
        """The SHA-256 of `to_json`."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """Return the tokenizer of a model file.

        Raises
        ------
        ModelFileError
            If `record` is not one.
        """
        from tokenizers import Tokenizer

        try:
            if record["kind"] != "pieces" or record["pieces"] not in PIECES:
                raise ValueError("another kind")
            found = cls(Tokenizer.from_str(json.dumps(record["tokenizers"])), record["pieces"])
            if found.vocabulary[:3] != (UNKNOWN, BEGIN, END):
                raise ValueError("no marks of begin and end")
        except Exception as error:  # the library raises Exception itself
            raise ModelFileError(
                f"the tokenizer is not a valid one ({type(error).__name__}: {error})."
            ) from None
        return found


def _plain(text: str) -> str:
    """Return a text in which no mark of ours stands."""
    for mark in (UNKNOWN, BEGIN, END):
        if mark in text:
            text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text
