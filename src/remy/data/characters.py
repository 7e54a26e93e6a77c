"""Characters to ids and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ModelFileError, UsageError, choice

_SHOWN = 10  # characters an error names before it says how many more there are


class CharacterTokenizer:
    r"""One id for every character of a text; ids follow the order of the code points.

    No id is reserved for characters that were not in the text: they raise, or are left out on request.

    Parameters
    ----------
    vocabulary
        The characters, each once; the position is the id.

    Raises
    ------
    UsageError
        If an entry is not one character, or occurs twice, or none is given.

    Examples
    --------
    >>> tokenizer = CharacterTokenizer.fit("hello\n")
    >>> tokenizer.vocabulary
    ('\n', 'e', 'h', 'l', 'o')
    >>> tokenizer.encode("hole")
    array([2, 4, 3, 1], dtype=int32)
    >>> tokenizer.decode([2, 4, 3, 1])
    'hole'
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary: tuple[str, ...] = tuple(vocabulary)
        if not self.vocabulary:
            raise UsageError("CharacterTokenizer: expected at least one character, got none.")
        for entry in self.vocabulary:
            if not isinstance(entry, str) or len(entry) != 1:
                raise UsageError(f"CharacterTokenizer: expected single characters, got {entry!r}.")
        self._codes = _code_points("".join(self.vocabulary))
        self._order = np.argsort(self._codes, kind="stable").astype(np.int32)
        self._sorted = self._codes[self._order]
        repeated = np.flatnonzero(self._sorted[1:] == self._sorted[:-1])
        if repeated.size:
            raise UsageError(f"CharacterTokenizer: {chr(self._sorted[repeated[0]])!r} occurs twice.")

    @classmethod
    def fit(cls, text: str) -> CharacterTokenizer:
        """Return the tokenizer of all characters that occur in `text`.

        Raises
        ------
        DataError
            If the text is empty.
        """
        if not text:
            raise DataError("CharacterTokenizer: the text is empty.")
        return cls([chr(code) for code in np.unique(_code_points(text))])

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __contains__(self, character: object) -> bool:
        return isinstance(character, str) and character in self.vocabulary

    def encode(self, text: str, *, unknown: str = "error") -> NDArray[np.int32]:
        """Return the ids of the characters of `text`.

        Parameters
        ----------
        text
            May be empty.
        unknown
            What happens to characters outside the vocabulary: ``error``, or ``skip`` to leave them out. After
            ``skip``, ``len(text) - len(ids)`` characters were dropped.

        Returns
        -------
        array (N,) int32

        Raises
        ------
        DataError
            Naming the unknown characters and the position of the first.
        """
        choice("unknown", unknown, ("error", "skip"))
        codes = _code_points(text)
        places = np.minimum(np.searchsorted(self._sorted, codes), len(self._sorted) - 1)
        known = self._sorted[places] == codes
        if not known.all():
            if unknown == "error":
                raise DataError(self._unknown_message(codes, known))
            places = places[known]
        return self._order[places]

    def decode(self, ids: ArrayLike) -> str:
        """Return the text that the ids `ids` (N,) spell.

        Raises
        ------
        DataError
            If an id is outside the vocabulary.
        """
        numbers = np.asarray(ids, dtype=np.int64).reshape(-1)
        outside = np.flatnonzero((numbers < 0) | (numbers >= len(self)))
        if outside.size:
            raise DataError(f"decode: expected ids from 0 to {len(self) - 1}, got {numbers[outside[0]]}.")
        return self._codes[numbers].tobytes().decode("utf-32-le", "surrogatepass")

    def to_json(self) -> dict[str, Any]:
        """Return the tokenizer as the model file keeps it: ``{"kind": "character", "vocabulary": [...]}``."""
        return {"kind": "character", "vocabulary": list(self.vocabulary)}

    @classmethod
    def from_json(cls, description: Mapping[str, Any] | None) -> CharacterTokenizer:
        """Return the tokenizer that :meth:`to_json` described.

        Raises
        ------
        ModelFileError
            If the description is not one of a character tokenizer.
        """
        if not isinstance(description, Mapping) or description.get("kind") != "character":
            raise ModelFileError("tokenizer: expected one of kind 'character'.")
        vocabulary = description.get("vocabulary")
        if not isinstance(vocabulary, list):
            raise ModelFileError("tokenizer: expected a list of characters as its vocabulary.")
        try:
            return cls(vocabulary)
        except UsageError as error:
            raise ModelFileError(f"tokenizer: {error}") from None

    def _unknown_message(self, codes: NDArray[np.uint32], known: NDArray[np.bool_]) -> str:
        first = int(np.flatnonzero(~known)[0])
        strange = dict.fromkeys(chr(code) for code in codes[~known])
        shown = ", ".join(repr(character) for character in list(strange)[:_SHOWN])
        more = f" and {len(strange) - _SHOWN} more" if len(strange) > _SHOWN else ""
        return (
            f"the text has characters outside the model's vocabulary of {len(self)}: {shown}{more} "
            f"(the first at position {first})."
        )


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
