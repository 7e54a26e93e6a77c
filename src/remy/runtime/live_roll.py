"""A piece that grows: the keys of the next frame as soon as a frame is there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy.data.piano_roll import KEYS
from remy.decoding.keys import key_probabilities
from remy.errors import ShapeError
from remy.runtime.stack import Floats, RecurrentStack


class LiveRoll:
    """A piece that grows: the keys of the next frame are known as soon as a frame is there.

    Made by :meth:`remy.runtime.PianoRoll.stream`, which passes its parts.

    Attributes
    ----------
    frames
        How many were read.
    logits
        (88,), of the keys of the next frame; row `frames` of :meth:`remy.runtime.PianoRoll.logits`.
    """

    def __init__(
        self, rnn: RecurrentStack, dense: Callable[[Floats], Floats], checked: Callable[[ArrayLike], Floats]
    ) -> None:
        self._rnn, self._dense, self._checked = rnn, dense, checked
        self._one = np.ones(1, np.int64)
        self.restart()

    def restart(self) -> None:
        """Begin a new piece."""
        self.frames = -1
        self._states = self._rnn.zero_states()
        self._read(np.zeros((1, 1, KEYS), np.float32))

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """The probability (88,) of each key in the next frame."""
        return key_probabilities(self.logits)

    def step(self, frame: ArrayLike) -> NDArray[np.float64]:
        """Read a frame (88,) and return the probability (88,) of each key in the next one.

        Raises
        ------
        ShapeError
            If it is not (88,).
        DataError
            If a value is not 0 or 1.
        """
        values = np.asarray(frame)
        if values.shape != (KEYS,):
            raise ShapeError(f"step: expected a frame of shape ({KEYS},), got {values.shape}.")
        self._read(self._checked(values[None])[None])
        return self.probabilities

    def _read(self, x: Floats) -> None:
        outputs = self._rnn.read(x, self._one, self._states).outputs
        self.logits: Floats = self._dense(outputs)[0, 0]
        self.frames += 1
