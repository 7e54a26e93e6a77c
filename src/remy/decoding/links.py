"""From attention to links between words, in the form that alignment tools exchange."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def links(
    attention: NDArray[np.float32], source_words: Sequence[int], target_words: Sequence[int]
) -> list[tuple[int, int]]:
    """Return for each word that was written the word of the source that was looked at most.

    Parameters
    ----------
    attention
        (T, S), rows adding up to 1.
    source_words, target_words
        The number of the word that each of the S and T pieces belongs to, not falling; -1 for a piece of no
        word, such as the end. A word whose most looked at piece is of no word has no link.

    Returns
    -------
    list of (source word, target word)
        By the target's words; ``"0-1 1-0"`` is how Moses and others write them.

    Examples
    --------
    >>> look = np.array([[0.1, 0.8, 0.1], [0.7, 0.2, 0.1], [0.9, 0.0, 0.1]], np.float32)
    >>> links(look, [0, 1, -1], [0, 1, 1])
    [(1, 0), (0, 1)]
    """
    words = np.asarray(source_words)
    columns = sorted(set(words.tolist()))
    shares = np.stack([attention[:, words == word].sum(axis=1) for word in columns], axis=1)
    found = []
    for word in sorted({number for number in target_words if number >= 0}):
        looked = shares[np.asarray(target_words) == word].mean(axis=0)
        best = columns[int(looked.argmax())]
        if best >= 0:
            found.append((best, word))
    return found
