"""A trained model of piano rolls: the keys of the next frame, scores of whole pieces, and new music."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remy import _core
from remy.data.batches import Batches, pad
from remy.data.piano_roll import KEYS, LOWEST, Roll
from remy.decoding.keys import draw_keys, key_probabilities
from remy.errors import DataError, ModelFileError, ShapeError, UsageError
from remy.io.model_file import ModelFile
from remy.runtime import golden_answer
from remy.runtime.description import describe
from remy.runtime.live_roll import LiveRoll
from remy.runtime.roll_scoring import RollScore, score_of
from remy.runtime.stack import Floats, RecurrentStack

#: How many frames are composed where nobody says it: of the JSB Chorales half have less than 60.
FRAMES: Final = 64

#: Pieces that are read side by side, and frames of them with padding.
_BATCH_SIZE, _BATCH_TOKENS = 32, 8192


class PianoRoll:
    """A trained model of piano rolls, run by the compiled core with NumPy alone.

    Parameters
    ----------
    model_file
        As :func:`remy.io.model_file.read` returns it, or made in memory.
    path
        Where it came from, for :meth:`info` and error messages.

    Raises
    ------
    ModelFileError
        If its keys are not those of a piano, or it does not say how long a frame is.
    """

    def __init__(self, model_file: ModelFile, *, path: str | Path | None = None) -> None:
        name = str(path) if path is not None else "piano roll"
        described = model_file.tokenizer or {}
        keys, lowest, step = model_file.architecture["keys"], described.get("lowest"), described.get("step")
        if described.get("kind") != "piano_roll" or (keys, lowest) != (KEYS, LOWEST):
            raise ModelFileError(
                f"{name}: expected the {KEYS} keys from {LOWEST} on, got {keys} from {lowest} on."
            )
        if not isinstance(step, int | float) or not 0 < step <= 64:
            raise ModelFileError(f"{name}: expected the length of a frame in quarter notes, got {step!r}.")
        #: Length of a frame in quarter notes.
        self.step = float(step)
        self.model_file = model_file
        self.path = path
        self._rnn = RecurrentStack(model_file.architecture, model_file.tensors)
        self._dense = _core.PackedDense(
            np.ascontiguousarray(model_file.tensors["dense/kernel"]), model_file.tensors["dense/bias"]
        )
        # A packed layer has scratch memory of its own, so two threads must take turns.
        self._turn = threading.Lock()

    def logits(self, rolls: Sequence[ArrayLike]) -> list[Floats]:
        """Return for each piece (T, 88) the logits (T + 1, 88) of every key in every frame and the next.

        Row t is that of frame t + 1, from frames 1 to t alone: the first from nothing, the last of what comes
        after the piece.

        Raises
        ------
        ShapeError
            If a piece is not (T, 88).
        DataError
            If a value is not 0 or 1.
        """
        pieces = [_checked(roll, number) for number, roll in enumerate(rolls)]
        found: list[Floats] = [np.zeros((0, KEYS), np.float32)] * len(pieces)
        lengths = [len(piece) + 1 for piece in pieces]
        batches = Batches(lengths, batch_size=_BATCH_SIZE, batch_tokens=_BATCH_TOKENS, seed=0)
        for places in batches.in_order() if pieces else []:
            silence = np.zeros((1, KEYS), np.float32)
            padded, steps = pad([np.concatenate([silence, pieces[place]]) for place in places])
            outputs = self._rnn.read(padded.transpose(1, 0, 2), steps).outputs
            scores = self._scores(outputs)
            for column, place in enumerate(places):
                found[place] = scores[: steps[column], column].copy()
        return found

    def probabilities(self, rolls: Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
        """Return for each piece (T, 88) the probability (T + 1, 88) of every key; rows as of `logits`."""
        return [key_probabilities(scores) for scores in self.logits(rolls)]

    def score(self, rolls: Sequence[ArrayLike]) -> RollScore:
        """Return how likely pieces are, see :class:`RollScore`.

        Raises
        ------
        ShapeError, DataError
            As `logits`; `DataError` also if no piece has two frames.
        """
        logits = [scores[:-1] for scores in self.logits(rolls)]
        return score_of([np.asarray(roll) for roll in rolls], logits)

    def stream(self) -> LiveRoll:
        """Return a piece that grows frame by frame; see :class:`LiveRoll`."""
        return LiveRoll(self._rnn, self._scores, _checked)

    def compose(
        self,
        beginning: ArrayLike | None = None,
        length: int = FRAMES,
        *,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Roll:
        """Return `length` frames (length, 88) that go on after `beginning`, which is not repeated.

        Each key of a frame is drawn by itself, given all frames before.

        Parameters
        ----------
        beginning
            (T, 88); None begins a piece.
        length
            Number of frames, at least 0.
        temperature
            Divides the logits: below 1 likely keys become likelier; 0 takes those that are likelier than not.
        seed
            The same seed writes the same music; None draws a fresh one.

        Raises
        ------
        ShapeError, DataError
            If `beginning` is not (T, 88) with values 0 and 1.
        UsageError
            If an option is out of its range.
        """
        if length < 0:
            raise UsageError(f"length: expected at least 0, got {length}.")
        if seed is not None and seed < 0:
            raise UsageError(f"seed: expected at least 0, got {seed}.")
        key_probabilities(0.0, temperature)  # checks it
        generator, live = np.random.default_rng(seed), self.stream()
        for frame in _checked(beginning) if beginning is not None else ():
            live.step(frame)
        made = np.zeros((length, KEYS), np.uint8)
        for number in range(length):
            made[number] = draw_keys(live.logits, generator, temperature)
            live.step(made[number])
        return made

    def continued(
        self,
        beginning: ArrayLike | None = None,
        length: int = FRAMES,
        *,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Roll:
        """Return `beginning` with what :meth:`compose` adds to it, (T + length, 88)."""
        made = self.compose(beginning, length, temperature=temperature, seed=seed)
        if beginning is None:
            return made
        return np.concatenate([np.asarray(beginning).astype(np.uint8), made])

    def info(self) -> dict[str, Any]:
        """Return what the model is, as plain values that JSON can hold."""
        return describe(self.model_file, self.path, step=self.step)

    def golden(self, roll: Roll) -> dict[str, Any]:
        """Return a golden example for the model file: the logits after the first frames of `roll`."""
        return golden_answer.record(self._after, roll)

    def verify(self) -> float:
        """Replay the golden example and return the largest difference of a logit.

        Raises
        ------
        ModelFileError
            If there is none, or this machine's output differs from it.
        """
        return golden_answer.replay(self._after, self.model_file.golden)

    def _after(self, rolls: Sequence[Any]) -> NDArray[np.float32]:
        """Return the logits (N, 88) of what comes after each piece."""
        return np.stack([scores[-1] for scores in self.logits(rolls)])

    def _scores(self, outputs: Floats) -> Floats:
        """Return the logits (T, B, 88) of the layers' outputs (T, B, H)."""
        steps, rows, width = outputs.shape
        scores = np.empty((steps * rows, KEYS), np.float32)
        with self._turn:
            self._dense.apply(outputs.reshape(steps * rows, width), scores)
        return scores.reshape(steps, rows, KEYS)


def _checked(roll: ArrayLike, number: int = 0) -> Floats:
    values = np.asarray(roll)
    if values.ndim != 2 or values.shape[1] != KEYS:
        raise ShapeError(
            f"piano roll: expected shape (T, {KEYS}) for piece {number}, got {values.shape}; a column for "
            "each key from A0 on."
        )
    if not ((values == 0) | (values == 1)).all():
        raise DataError(f"piano roll: expected 0 or 1 for every key of piece {number}.")
    return values.astype(np.float32)
