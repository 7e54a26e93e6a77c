"""The golden example of a tagger: some words with the tags the model gave when its file was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, ModelFileError
from remy.runtime.golden import TOLERANCE

WORDS, TOP = 24, 3


class Tags(Protocol):
    """What a golden example needs of a model."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the tags."""

    def probabilities(self, sentences: Sequence[Sequence[str]]) -> list[NDArray[np.float64]]:
        """Return the probability of every tag at every word."""


def record(model: Tags, words: Sequence[str]) -> dict[str, Any]:
    """Return ``{"words": [...], "tags": [[[tag, probability], ...], ...]}`` for the first of `words`."""
    beginning = list(words[:WORDS])
    [chances] = model.probabilities([beginning])
    likeliest = np.argsort(-chances, axis=1, kind="stable")[:, :TOP]
    tags = [
        [[model.labels[k], float(row[k])] for k in best] for row, best in zip(chances, likeliest, strict=True)
    ]
    return {"words": beginning, "tags": tags}


def replay(model: Tags, example: Mapping[str, Any] | None) -> float:
    """Tag again and return the largest difference of a probability.

    Raises
    ------
    ModelFileError
        If there is no example, it is not a valid one, or a probability differs by more than 1e-4.
    """
    if example is None:
        raise ModelFileError("verify: the model file has no golden example.")
    try:
        words = list(example["words"])
        [chances] = model.probabilities([words])
        differences = {
            (place, tag): abs(float(row[model.labels.index(tag)]) - float(value))
            for place, (row, expected) in enumerate(zip(chances, example["tags"], strict=True))
            for tag, value in expected
        }
    except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
        raise ModelFileError("verify: the model file's golden example is not a valid one.") from error
    if not differences:
        raise ModelFileError("verify: the model file's golden example has no tags.")
    worst = max(differences, key=differences.__getitem__)
    if not differences[worst] <= TOLERANCE:
        place, tag = worst
        raise ModelFileError(
            f"verify: the model gives word {place + 1}, {words[place]!r}, the tag {tag} with a probability "
            f"that differs by {differences[worst]:.6f} from the one when the file was written."
        )
    return differences[worst]
