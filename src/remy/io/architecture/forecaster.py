"""The tensors of a forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError
from remy.io.architecture.recurrent import recurrent_settings, stack_tensors

#: How the steps ahead are found: from the past alone, or each from the ones before it too.
DECODINGS = ("direct", "autoregressive")

#: What the outputs of a step mean, see :mod:`remy.decoding.forecast`.
OUTPUTS = ("quantiles", "student_t")

#: Location, width and degrees of freedom.
STUDENT_T_PARAMETERS = 3


def forecaster(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return names and shapes: encoder of the past, decoder of the steps ahead, output of a step.

    Settings besides the recurrent layers': ``targets`` K; ``known`` C and ``past`` P, features known ahead
    and up to the present; ``window``; ``horizon``; ``decoding``; ``output`` with ``outputs`` O numbers for
    each target; ``from_last``.

    ``encoder_k/...`` reads ``2 K + C + P`` features; ``decoder_k/...`` reads ``1 + C``, and ``K`` more if
    autoregressive; ``dense/kernel`` ``(H, K O)``, ``dense/bias`` ``(K O,)``.
    """
    settings = recurrent_settings(
        architecture,
        sizes=("targets", "known_or_0", "past_or_0", "window", "horizon", "outputs"),
        choices={"decoding": DECODINGS, "output": OUTPUTS},
        switches=("from_last",),
    )
    if settings["output"] == "student_t" and settings["outputs"] != STUDENT_T_PARAMETERS:
        raise ModelFileError(
            f"architecture: student_t has outputs = {STUDENT_T_PARAMETERS}, got {settings['outputs']}."
        )
    targets, known = settings["targets"], settings["known"]
    encoder, width = stack_tensors(settings, 2 * targets + known + settings["past"], "encoder")
    fed_back = targets if settings["decoding"] == "autoregressive" else 0
    decoder, _ = stack_tensors(settings, 1 + known + fed_back, "decoder")
    outputs = targets * settings["outputs"]
    return {**encoder, **decoder, "dense/kernel": (width, outputs), "dense/bias": (outputs,)}
