"""The tensors of a model of piano rolls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.io.architecture.recurrent import recurrent_settings, stack_tensors


def piano_roll(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: recurrent layers that read the keys of a frame, output for those of the next.

    The setting besides the recurrent layers' is ``keys`` K.

    The layers, which read K numbers; ``dense/kernel`` ``(H, K)``, ``dense/bias`` ``(K,)``.
    """
    settings = recurrent_settings(architecture, sizes=("keys",))
    keys = settings["keys"]
    layers, width = stack_tensors(settings, keys)
    return {**layers, "dense/kernel": (width, keys), "dense/bias": (keys,)}
