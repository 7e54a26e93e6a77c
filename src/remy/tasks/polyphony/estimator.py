"""The estimator: the keys of the next frame, in three lines of Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from numpy.typing import ArrayLike, NDArray

from remy import runtime
from remy.config import PianoRollConfig
from remy.data.piano_roll import Roll
from remy.runtime.roll_writing import check_midi_output, write_midi
from remy.tasks.estimator import Estimator, by_key, configured, keys
from remy.tasks.polyphony.pieces import Source, read_source, source_of
from remy.tasks.polyphony.scoring import score_rolls

if TYPE_CHECKING:
    from remy.inspect import Subject
    from remy.tasks.opened import Opened

#: A file or folder, or piano rolls (T, 88).
Music = str | Path | Sequence[ArrayLike]

#: Option -> key of the configuration.
_KEYS: Final = keys(
    data=("step", "split"),
    model=("cell", "units", "layers", "dropout"),
    train=("epochs", "batch_size", "lr", "metric", "patience", "max_time", "seed", "threads"),
)


class PianoRoll(Estimator[runtime.PianoRoll]):
    """A recurrent network that predicts which of a piano's 88 keys sound in the next frame, and composes.

    Training uses torch; everything after it runs on `remy.runtime`.

    Parameters
    ----------
    step
        Length of a frame in quarter notes; None: 0.5 for MIDI files, 1 for piano rolls.
    split
        Share of the pieces that is learned from, where the file does not say it itself: 0.9.
    cell, units, layers, dropout
        The recurrent layers: ``"lstm"``, 256 units, 1 layer, 0.5.
    epochs, batch_size, lr, metric, patience, max_time, seed, threads
        How it is trained.
    options
        Any other option of `remy.config`, dotted: ``options={"train.clip": 0.5}``.

    Raises
    ------
    UsageError
        If an option is unknown or has a value that cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> tune = np.eye(88)[[39, 43, 46] * 8]
    >>> model = PianoRoll(units=32, epochs=40, batch_size=1, lr=0.02, threads=1).fit([tune] * 10)
    >>> int(model.predict(tune[:4]).argmax())
    43
    >>> model.compose(tune[:3], length=4, temperature=0).argmax(axis=1)
    array([39, 43, 46, 39])
    """

    def __init__(self, *, options: dict[str, Any] | None = None, **named: Any) -> None:
        self.config = configured(PianoRollConfig(), "PianoRoll", by_key("PianoRoll", _KEYS, named), options)

    def fit(
        self,
        data: Music,
        *,
        valid: Music | None = None,
        test: Music | None = None,
        out: str | Path | None = None,
        force: bool = False,
        quiet: bool = True,
    ) -> Self:
        """Learn from pieces.

        Parameters
        ----------
        data
            A file or a folder, see :func:`remy.data.read_rolls`; or piano rolls (T, 88).
        valid, test
            Others to choose the best model on, and to score it on in the end. Without them a divided file's
            own parts, else the last pieces of `data`.
        out
            Directory for the run. Without it only this object has the result.
        force
            Replace an existing run at `out`.
        quiet
            Say nothing on standard error.

        Raises
        ------
        DataError
            If the pieces cannot be read or used.
        UsageError
            If there is something at `out`.
        """
        from remy.tasks.polyphony.opening import open_rolls

        def read() -> Opened:
            held, scored = (self._source(part) if part is not None else None for part in (valid, test))
            return open_rolls(self.config, self._source(data), held, scored)

        _, trained = self._train(read, out, force=force, quiet=quiet)
        self._trained = runtime.PianoRoll(trained.model)
        return self

    def predict(self, roll: ArrayLike) -> NDArray[Any]:
        """Return the probability (88,) of each key in the frame after a piece (T, 88).

        Raises
        ------
        ShapeError, DataError
            If it is no piano roll.
        """
        last: NDArray[Any] = self._need("predict").probabilities([roll])[0][-1]
        return last

    def predict_proba(self, rolls: Sequence[ArrayLike]) -> list[NDArray[Any]]:
        """Return the probabilities (T + 1, 88) of every frame of each piece, and of the one after it."""
        return self._need("predict_proba").probabilities(rolls)

    def compose(
        self,
        beginning: ArrayLike | None = None,
        length: int = runtime.FRAMES,
        *,
        temperature: float = 1.0,
        seed: int | None = None,
    ) -> Roll:
        """Return new frames (length, 88) after `beginning`; see :meth:`remy.runtime.PianoRoll.compose`."""
        return self._need("compose").compose(beginning, length, temperature=temperature, seed=seed)

    def write(
        self,
        path: str | Path,
        beginning: ArrayLike | None = None,
        length: int = runtime.FRAMES,
        *,
        temperature: float = 1.0,
        seed: int | None = None,
        force: bool = False,
    ) -> Roll:
        """Compose as `compose` does, write a MIDI file and return all of it, the beginning first.

        Raises
        ------
        UsageError
            If `path` does not end in ``.mid`` or ``.midi``, or exists and `force` is not given.
        DataError
            If no key sounds, or the file cannot be written.
        """
        model = self._need("write")
        check_midi_output(path, force=force)
        piece = model.continued(beginning, length, temperature=temperature, seed=seed)
        write_midi(path, piece, step=model.step)
        return piece

    def evaluate(self, data: Music) -> dict[str, Any]:
        """Score the model on pieces, given as to `fit`; of a divided file on its test part.

        Returns
        -------
        dict
            As ``metrics["model"]``.

        Raises
        ------
        DataError
            If the pieces cannot be read or used.
        """
        model = self._need("evaluate")
        source = self._source(data, step=model.step)
        found: dict[str, Any] = score_rolls(model, None, source.held_out("test"))["model"]
        return found

    def subject(self, x: ArrayLike | str | Path, target: ArrayLike | str | None = None) -> Subject:
        """Bind one piece, and ``"next"`` or what was to sound, for :func:`remy.inspect.trace`."""
        from remy.tasks.polyphony.inspection import subject_of

        return subject_of(self._need("trace"), x, target)

    def _source(self, data: Music, *, step: float | None = None) -> Source:
        frame = step if step is not None else self.config.data.step
        if isinstance(data, str | Path):
            return read_source(data, step=frame)
        return source_of(data, step=frame)
