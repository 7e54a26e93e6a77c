"""The golden example of a model that answers a sequence: an input, and its scores at the time of writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, ModelFileError

#: Characters of a text, or steps of a numeric sequence, that are kept.
TEXT, STEPS = 200, 20

#: Largest difference of a score, beside its size. Instruction sets differ by rounding only.
TOLERANCE = 1e-4

Scores = Callable[[Sequence[Any]], NDArray[Any]]


def record(scores: Scores, one: Any) -> dict[str, Any]:
    """Return ``{"input": ..., "scores": [...]}`` for the beginning of an input."""
    beginning = one[:TEXT] if isinstance(one, str) else np.asarray(one)[:STEPS].tolist()
    return {"input": beginning, "scores": [float(value) for value in scores([beginning])[0].ravel()]}


def replay(scores: Scores, example: Mapping[str, Any] | None) -> float:
    """Answer again and return the largest difference of a score.

    Raises
    ------
    ModelFileError
        If there is no example, it is not a valid one, or a score differs by more than 1e-4 of its size and 1.
    """
    if example is None:
        raise ModelFileError("verify: the model file has no golden example.")
    try:
        expected = np.array(example["scores"], dtype=np.float64)
        found = scores([example["input"]])[0].astype(np.float64).ravel()
        difference = np.abs(found - expected)
    except (KeyError, TypeError, ValueError, DataError) as error:
        raise ModelFileError("verify: the model file's golden example is not a valid one.") from error
    worst = int(difference.argmax())
    if not difference[worst] <= TOLERANCE * max(1.0, abs(expected[worst])):
        raise ModelFileError(
            f"verify: the model gives its golden example the score {found[worst]:.6f} in place {worst}, "
            f"but gave it {expected[worst]:.6f} when the file was written."
        )
    return float(difference.max())
