"""Numeric sequences on one scale: every feature with mean 0 and standard deviation 1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.errors import DataError, ModelFileError

Floats = NDArray[np.float32]


class Standardizer:
    """Shifts and scales the features of numeric sequences; made by `fit` or `from_json`.

    Attributes
    ----------
    mean, scale
        (F,) float32: ``(x - mean) / scale``. A feature that never changes has scale 1.

    Examples
    --------
    >>> import numpy as np
    >>> standardizer = Standardizer.fit([np.array([[1.0, 5.0], [3.0, 5.0]])])
    >>> standardizer.encode([np.array([[5.0, 5.0]])])[0].tolist()
    [[3.0, 0.0]]
    """

    def __init__(self, mean: ArrayLike, scale: ArrayLike) -> None:
        self.mean: Floats = np.asarray(mean, dtype=np.float32)
        self.scale: Floats = np.asarray(scale, dtype=np.float32)

    @property
    def features(self) -> int:
        """Number of features F."""
        return len(self.mean)

    @classmethod
    def fit(cls, sequences: Sequence[NDArray[Any]]) -> Self:
        """Return the standardizer of sequences (T, F) like these; all steps of all of them count alike."""
        steps = np.concatenate([np.asarray(each, dtype=np.float64) for each in sequences])
        deviation = steps.std(axis=0)
        return cls(steps.mean(axis=0), np.where(deviation > 0.0, deviation, 1.0))

    def encode(self, sequences: Sequence[ArrayLike], *, max_length: int | None = None) -> list[Floats]:
        """Return the first `max_length` steps of every sequence on the common scale, (T, F) float32 each.

        Raises
        ------
        DataError
            If a sequence is empty, has another number of features, or holds NaN or infinity.
        """
        return [self._encode(place, each)[:max_length] for place, each in enumerate(sequences)]

    def to_json(self) -> dict[str, Any]:
        """Return everything as values for the model file's header."""
        return {"kind": "standardizer", "mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @property
    def sha256(self) -> str:
        """The SHA-256 of `to_json`."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_json(cls, record: Any) -> Self:
        """Return the standardizer of a model file.

        Raises
        ------
        ModelFileError
            If `record` is not one.
        """
        try:
            found = cls(record["mean"], record["scale"])
            valid = record["kind"] == "standardizer" and found.mean.ndim == 1
        except (KeyError, TypeError, ValueError):
            valid = False
        if not valid or found.mean.shape != found.scale.shape or not (found.scale > 0.0).all():
            raise ModelFileError("the standardizer is not a valid one.")
        return found

    def _encode(self, place: int, sequence: ArrayLike) -> Floats:
        values = np.asarray(sequence, dtype=np.float32)
        if values.ndim == 1 and self.features == 1:
            values = values[:, None]
        if values.ndim != 2 or not len(values) or values.shape[1] != self.features:
            raise DataError(
                f"encode: expected sequences of shape (T, F) = (T, {self.features}) with T at least 1, "
                f"got {values.shape} at place {place}."
            )
        if not np.isfinite(values).all():
            step = int(np.argwhere(~np.isfinite(values))[0][0])
            raise DataError(f"encode: sequence {place} holds NaN or infinity at step {step}.")
        scaled: Floats = (values - self.mean) / self.scale
        return scaled
