"""A model of piano rolls as the subject of a trace: each frame of a piece, predicted from those before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from remy import runtime
from remy.data.piano_roll import KEY_NAMES, Roll
from remy.errors import DataError, ShapeError
from remy.inspect.subject import Subject
from remy.models import PianoRollNetwork
from remy.tasks.inspection import dtype_of, network_of
from remy.tasks.polyphony.prediction import beginning_of

#: The target that is the piece itself: every next frame.
NEXT = "next"
#: What is read before the first frame, and a frame in which no key sounds.
START, REST = "<start>", "rest"


def subject_of(trained: runtime.PianoRoll, x: Any, target: Any = None) -> Subject:
    """Bind a piece, and what was to sound in each of its frames.

    Parameters
    ----------
    trained
        The model.
    x
        A piece (T, 88) of 0 and 1, or the path of a file that holds one. At step t the network reads frame
        t - 1, at first a silent one, and answers frame t; the last frame is not read.
    target
        ``"next"``: the frames of `x` themselves; or another piece (T, 88). None for no gradients.

    Returns
    -------
    Subject
        With scores ``(1, T, 88)``, the logits of every key in every frame, and losses ``(1, T)``: nats of a
        frame, summed over its keys, as in training.

    Raises
    ------
    DataError
        If there is no frame, a value is not 0 or 1, or the file cannot be read.
    ShapeError
        If one is no piano roll, or the target has another length.
    """
    roll = _roll("x", beginning_of(trained, str(x)) if isinstance(x, str | Path) else x)
    frames, lengths = torch.from_numpy(roll)[None], torch.tensor([len(roll)])
    right = None if target is None else torch.from_numpy(_wanted(roll, target))[None]

    def run(network: PianoRollNetwork) -> Tensor:
        found: Tensor = network(frames.to(dtype_of(network)), lengths)
        return found

    def losses(scores: Tensor) -> Tensor:
        assert right is not None
        each = binary_cross_entropy_with_logits(scores, right.to(scores.dtype), reduction="none")
        return each.sum(dim=2)

    return Subject(
        network_of(trained, PianoRollNetwork),
        run,
        "sigmoid",
        None if right is None else losses,
        items={"": (START, *(_chord(frame) for frame in roll[:-1]))},
        names=KEY_NAMES,
        expected=lambda: trained.logits([roll])[0][None, :-1],
    )


def _wanted(roll: Roll, target: Any) -> Roll:
    if isinstance(target, str):
        if target != NEXT:
            raise DataError(f"trace: expected the target '{NEXT}' or a piano roll, got '{target}'")
        return roll
    found = _roll("target", target)
    if len(found) != len(roll):
        raise ShapeError(
            f"trace: expected a target of {len(roll)} frames, one for each of x, got {len(found)}; "
            f"'{NEXT}' takes those of x"
        )
    return found


def _roll(what: str, given: Any) -> Roll:
    values = np.asarray(given)
    if values.dtype.kind not in "fiub" or values.ndim != 2 or values.shape[1] != len(KEY_NAMES):
        shape = values.shape if values.dtype.kind in "fiub" else type(given).__name__
        raise ShapeError(
            f"trace: expected {what} as a piano roll of shape (T, {len(KEY_NAMES)}), got {shape}"
        )
    if not len(values):
        raise DataError(f"trace: expected {what} as a piano roll with at least one frame, got an empty one")
    if not ((values == 0) | (values == 1)).all():
        raise DataError(f"trace: expected 0 or 1 for every key of {what}")
    return values.astype(np.uint8)


def _chord(frame: Any) -> str:
    """Return the names of the keys that sound."""
    return " ".join(KEY_NAMES[key] for key in np.flatnonzero(frame)) or REST
