"""The baselines of every model of piano rolls: how often each key sounds, and how often after itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from remy.errors import DataError, UsageError

_Floats = NDArray[np.float64]


class KeyFrequency:
    """Gives each key the share of the frames in which it sounded, whatever came before.

    One frame with and one without the key are added to those that were seen (Laplace), so that no
    probability is 0 or 1: ``p_k = (n_k + 1) / (N + 2)``.

    Examples
    --------
    >>> KeyFrequency().fit([np.array([[1, 0], [1, 0]])]).probabilities(np.array([[0, 0]]))
    array([[0.75, 0.25]])
    """

    _on: _Floats | None = None

    def fit(self, rolls: Sequence[NDArray[np.uint8]]) -> KeyFrequency:
        """Count the frames of `rolls`, (T, K) each.

        Raises
        ------
        DataError
            If there is no frame.
        """
        frames = sum(map(len, rolls))
        if not frames:
            raise DataError("KeyFrequency.fit: expected at least one frame, got none.")
        counts = np.sum([roll.sum(axis=0, dtype=np.int64) for roll in rolls], axis=0)
        self._on = (counts + 1.0) / (frames + 2.0)
        return self

    @property
    def frequencies(self) -> _Floats:
        """The probability (K,) of each key.

        Raises
        ------
        UsageError
            If the model was not fitted.
        """
        if self._on is None:
            raise UsageError("KeyFrequency: call fit first.")
        return self._on

    def probabilities(self, roll: NDArray[np.uint8]) -> _Floats:
        """Return the probability (T, K) of every key in every frame of `roll`.

        Raises
        ------
        UsageError
            If the model was not fitted.
        """
        return np.broadcast_to(self.frequencies, roll.shape).copy()


class KeyPersistence:
    """Gives each key one of two probabilities: by whether it sounded in the frame before.

    ``p_k(on | before) = (n_k(before, on) + 1) / (n_k(before) + 2)``, over all pairs of neighbouring frames.
    Before the first frame there is silence.

    Examples
    --------
    >>> model = KeyPersistence().fit([np.array([[1], [1], [1], [0]])])
    >>> model.probabilities(np.array([[1], [0]]))[:, 0]
    array([0.5, 0.6])
    """

    _after: tuple[_Floats, _Floats] | None = None  # after silence, after the key itself

    def fit(self, rolls: Sequence[NDArray[np.uint8]]) -> KeyPersistence:
        """Count the pairs of frames of `rolls`, (T, K) each.

        Raises
        ------
        DataError
            If there is no pair.
        """
        pairs = [(roll[:-1].astype(bool), roll[1:].astype(bool)) for roll in rolls if len(roll) > 1]
        if not pairs:
            raise DataError("KeyPersistence.fit: expected at least two frames in a row, got none.")
        after = []
        for sounded in (False, True):
            times = np.sum([(before == sounded).sum(axis=0) for before, _ in pairs], axis=0)
            on = np.sum([((before == sounded) & now).sum(axis=0) for before, now in pairs], axis=0)
            after.append((on + 1.0) / (times + 2.0))
        self._after = (after[0], after[1])
        return self

    def probabilities(self, roll: NDArray[np.uint8]) -> _Floats:
        """Return the probability (T, K) of every key in every frame of `roll`, from the frame before it.

        Raises
        ------
        UsageError
            If the model was not fitted.
        """
        if self._after is None:
            raise UsageError("KeyPersistence: call fit first.")
        before = np.concatenate([np.zeros((1, roll.shape[1]), bool), roll[:-1].astype(bool)])
        silent, sounding = self._after
        return np.where(before, sounding, silent)
