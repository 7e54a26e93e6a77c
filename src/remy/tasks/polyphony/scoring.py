"""The scores of a model of piano rolls beside its baselines, on the same frames. Without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from remy import metrics, runtime
from remy.baselines import KeyFrequency, KeyPersistence
from remy.data.piano_roll import Roll
from remy.tasks.polyphony.pieces import Pieces

#: A key is predicted where it is likelier than this.
THRESHOLD: Final = 0.5

_FREQUENCY: Final = "how often each key sounds"
_PERSISTENCE: Final = "each key after itself"


def score_rolls(model: runtime.PianoRoll, train: Pieces | None, scored: Pieces) -> dict[str, Any]:
    """Score a model with the runtime, and the baselines that `train` allows.

    Parameters
    ----------
    model
        The model.
    train
        What it learned from; None where that is not at hand: then there are no baselines.
    scored
        What it is scored on.

    Returns
    -------
    dict
        ``scored_on``; ``model`` with ``nats_per_frame`` (frames 2 to T, as the published figures),
        ``nats_per_frame_from_start`` (all frames), and of frames 2 to T at threshold 0.5 ``frame_accuracy``
        (TP / (TP + FP + FN)), ``f1``, ``precision`` and ``recall``; ``baselines``, a list of the same;
        ``verdict``, a sentence; ``notes``, sentences a reader should know.
    """
    likelihood = model.score(scored.rolls)
    found: dict[str, Any] = {
        "nats_per_frame": likelihood.nats_per_frame,
        "nats_per_frame_from_start": likelihood.nats_per_frame_from_start,
        **_found(scored.rolls, [chances[:-1] for chances in model.probabilities(scored.rolls)]),
    }
    baselines = _baselines(train, scored) if train is not None else []
    return {
        "scored_on": {"name": scored.name, "records": len(scored), "frames": scored.frames},
        "model": found,
        "baselines": baselines,
        "verdict": _verdict(found, baselines),
        "notes": list(scored.notes),
    }


def _baselines(train: Pieces, scored: Pieces) -> list[dict[str, Any]]:
    rows = []
    for name, model in ((_FREQUENCY, KeyFrequency()), (_PERSISTENCE, KeyPersistence())):
        usual = model.fit(train.rolls)
        chances = [usual.probabilities(roll) for roll in scored.rolls]
        nats = [_nats(roll, each) for roll, each in zip(scored.rolls, chances, strict=True)]
        rows.append(
            {
                "name": name,
                "nats_per_frame": float(np.concatenate([each[1:] for each in nats]).mean()),
                "nats_per_frame_from_start": float(np.concatenate(nats).mean()),
                **_found(scored.rolls, chances),
            }
        )
    return rows


def _nats(roll: Roll, chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``-log P`` (T,) of each frame, summed over its keys."""
    return np.asarray(-np.log(np.where(roll, chances, 1.0 - chances)).sum(axis=1))


def _found(rolls: Sequence[Roll], chances: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """Return the scores of the keys that are predicted in frames 2 to T."""
    scores = metrics.frame_scores([roll[1:] for roll in rolls], [each[1:] > THRESHOLD for each in chances])
    return {
        "frame_accuracy": scores.accuracy,
        "f1": scores.f1,
        "precision": scores.precision,
        "recall": scores.recall,
    }


def _verdict(model: Mapping[str, Any], baselines: Sequence[Mapping[str, Any]]) -> str | None:
    """Say plainly whether the model is better than the best baseline."""
    if not baselines:
        return None
    best = min(baselines, key=lambda one: float(one["nats_per_frame"]))
    beats = "beats" if model["nats_per_frame"] < best["nats_per_frame"] else "does NOT beat"
    return (
        f"the model {beats} the best baseline ({best['name']}): {model['nats_per_frame']:.4f} against "
        f"{best['nats_per_frame']:.4f} nats a frame"
    )
