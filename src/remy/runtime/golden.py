"""The golden example: a prompt with the predictions the model made when its file was written.

Replaying it on another machine shows that the file, the code and that machine's instruction set still give
the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from remy.errors import DataError, ModelFileError

PROMPT_LENGTH = 64
TOP = 10
#: Largest difference of a probability. Instruction sets differ by rounding only, about 1e-6 over a prompt.
TOLERANCE = 1e-4


class Predicts(Protocol):
    """What a golden example needs of a model."""

    def predict(self, text: str, top: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest next characters with their probabilities."""


def record(model: Predicts, text: str) -> dict[str, Any]:
    """Return ``{"prompt": ..., "next": [[character, probability], ...]}`` for the beginning of `text`."""
    prompt = text[:PROMPT_LENGTH]
    return {"prompt": prompt, "next": [list(pair) for pair in model.predict(prompt, TOP)]}


def replay(model: Predicts, example: Mapping[str, Any] | None) -> float:
    """Predict again and return the largest difference of a probability.

    Raises
    ------
    ModelFileError
        If there is no example, it is not a valid one, or a probability differs by more than 1e-4.
    """
    if example is None:
        raise ModelFileError("verify: the model file has no golden example.")
    try:
        prompt, expected = (
            example["prompt"],
            {character: float(value) for character, value in example["next"]},
        )
        found = dict(model.predict(prompt, 1 << 30))
        differences = {character: abs(found[character] - value) for character, value in expected.items()}
    except (KeyError, TypeError, ValueError, AttributeError, DataError) as error:
        raise ModelFileError("verify: the model file's golden example is not a valid one.") from error
    if not differences:
        raise ModelFileError("verify: the model file's golden example has no predictions.")
    worst = max(differences, key=differences.__getitem__)
    if not differences[worst] <= TOLERANCE:
        raise ModelFileError(
            f"verify: after {prompt!r} the model gives {worst!r} the probability {found[worst]:.6f}, "
            f"but gave it {expected[worst]:.6f} when the file was written."
        )
    return differences[worst]
