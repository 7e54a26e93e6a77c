"""Texts to tokens and their numbers: words, characters or sub-words, by the library ``tokenizers``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, ModelFileError, choice

if TYPE_CHECKING:
    import tokenizers

#: What texts can be cut into.
TOKENS: Final = ("words", "characters", "subwords")

#: The token that stands for all that are not in the vocabulary, and its number.
UNKNOWN: Final = "<unk>"
UNKNOWN_ID: Final = 0

#: Texts that are cut together, and characters of a token that are tried first of a long text.
_AT_ONCE: Final = 1_000
_CHARACTERS_A_TOKEN: Final = 16

#: A word with its apostrophes (don't), or one mark.
_WORD: Final = r"[\p{L}\p{M}\p{N}_]+(?:['’][\p{L}\p{M}]+)*|[^\s\p{L}\p{M}\p{N}_]"


class Tokenizer:
    """Cuts texts into tokens and numbers them.

    Made by `fit` or `from_json`.

    Examples
    --------
    >>> tokenizer = Tokenizer.fit(["No good.", "Good!"], tokens="words")
    >>> tokenizer.vocabulary
    ('<unk>', 'good', '!', '.', 'no')
    >>> tokenizer.encode(["good, no."])[0].tolist()
    [1, 0, 4, 3]
    """

    def __init__(self, inner: tokenizers.Tokenizer, tokens: str) -> None:
        self.tokens = tokens
        self._inner = inner
        self.vocabulary = tuple(
            word for word, _ in sorted(inner.get_vocab().items(), key=lambda entry: entry[1])
        )

    def __len__(self) -> int:
        return len(self.vocabulary)

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        *,
        tokens: str = "words",
        vocabulary: int = 20_000,
        min_count: int = 1,
        lowercase: bool = True,
    ) -> Self:
        """Return a tokenizer for texts like these.

        Parameters
        ----------
        texts
            What is learned from.
        tokens
            ``words`` (and marks), ``characters``, or ``subwords`` (byte-pair encoding of words; Sennrich et
            al. 2016).
        vocabulary
            The most tokens, the unknown one among them; sub-words have at least all letters.
        min_count
            Tokens seen less often are unknown.
        lowercase
            Whether capitals are read as small letters.

        Raises
        ------
        UsageError
            If `tokens` is none of these.
        """
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

        choice("tokens", tokens, TOKENS)
        trainer: Any
        if tokens == "subwords":
            inner = Tokenizer(models.BPE(unk_token=UNKNOWN, end_of_word_suffix="</w>"))
            trainer = trainers.BpeTrainer(
                vocab_size=vocabulary,
                min_frequency=min_count,
                special_tokens=[UNKNOWN],
                end_of_word_suffix="</w>",
                show_progress=False,
            )
        else:
            inner = Tokenizer(models.WordLevel(unk_token=UNKNOWN))
            trainer = trainers.WordLevelTrainer(
                vocab_size=vocabulary,
                min_frequency=min_count,
                special_tokens=[UNKNOWN],
                show_progress=False,
            )
        steps: list[Any] = [normalizers.NFC(), *([normalizers.Lowercase()] if lowercase else [])]
        inner.normalizer = normalizers.Sequence(steps)
        pattern = r"[\s\S]" if tokens == "characters" else _WORD
        inner.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
        inner.train_from_iterator(texts, trainer)
        return cls(inner, tokens)

    def encode(self, texts: Sequence[str], *, max_length: int | None = None) -> list[NDArray[np.int64]]:
        """Return the tokens' numbers of every text, ``(T,)`` each, at most `max_length` of them.

        A text without any token is one unknown token, so that it has a step to be read.

        Raises
        ------
        DataError
            If a text is no string.
        """
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise DataError(f"encode: expected strings, got {type(text).__name__} at place {place}.")
        found: list[NDArray[np.int64]] = []
        for start in range(0, len(texts), _AT_ONCE):
            some = [self._beginning(text, max_length) for text in texts[start : start + _AT_ONCE]]
            for each in self._inner.encode_batch_fast(some, add_special_tokens=False):
                found.append(np.array(each.ids[:max_length] or [UNKNOWN_ID], dtype=np.int64))
        return found

    def _beginning(self, text: str, tokens: int | None) -> str:
        """Return as much of a long text as holds so many tokens; cutting all takes a kilobyte a token."""
        size = _CHARACTERS_A_TOKEN * tokens if tokens is not None else len(text)
        while size < len(text):
            if len(self._inner.encode(text[:size], add_special_tokens=False).ids) > (tokens or 0):
                return text[:size]
            size *= 2
        return text

    def cut(self, text: str) -> list[str]:
        """Return the tokens of a text, unknown ones as they stand in it (after lower-casing)."""
        encoding = self._inner.encode(text, add_special_tokens=False)
        return [
            token if token != UNKNOWN else text[start:stop]
            for token, (start, stop) in zip(encoding.tokens, encoding.offsets, strict=True)
        ]

    def to_json(self) -> dict[str, Any]:
        """Return everything as values for the model file's header."""
        return {"kind": "tokenizers", "tokens": self.tokens, "tokenizers": json.loads(self._inner.to_str())}

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
            if record["kind"] != "tokenizers" or record["tokens"] not in TOKENS:
                raise ValueError("another kind")
            inner = Tokenizer.from_str(json.dumps(record["tokenizers"]))
        except Exception as error:  # the library raises Exception itself
            raise ModelFileError(
                f"the tokenizer is not a valid one ({type(error).__name__}: {error})."
            ) from None
        return cls(inner, record["tokens"])
