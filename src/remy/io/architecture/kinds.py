"""From an architecture's kind to its tensors: to add a kind, add a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remy.errors import ModelFileError, nearest
from remy.io.architecture.captioner import captioner
from remy.io.architecture.classifier import classifier
from remy.io.architecture.forecaster import forecaster
from remy.io.architecture.language_model import language_model
from remy.io.architecture.piano_roll import piano_roll
from remy.io.architecture.tagger import tagger
from remy.io.architecture.translator import translator

_KINDS: dict[str, Callable[[Mapping[str, Any]], dict[str, tuple[int, ...]]]] = {
    "language_model": language_model,
    "classifier": classifier,
    "tagger": tagger,
    "forecaster": forecaster,
    "translator": translator,
    "piano_roll": piano_roll,
    "captioner": captioner,
}


def expected_tensors(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the name and the shape of every tensor a network of this architecture has.

    Parameters
    ----------
    architecture
        A dictionary with a ``kind`` and that kind's settings. All kinds have ``cell`` (``simple_rnn``,
        ``lstm``, ``gru``), ``units`` H (a captioner ``decoder_units``), ``layers`` L, ``reset_after`` (GRU)
        and ``activation`` (SimpleRNN); the others are in the kind's file.

    Raises
    ------
    ModelFileError
        If the kind is unknown, or a setting is missing, unknown or of the wrong type or size.

    Examples
    --------
    >>> shapes = expected_tensors({"kind": "language_model", "vocabulary_size": 5, "embedding_size": 3,
    ...     "cell": "gru", "units": 4, "layers": 1, "reset_after": True, "activation": "tanh",
    ...     "residual": False, "tied": False})
    >>> shapes["rnn_0/bias"]
    (2, 12)
    """
    kind = architecture.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        listing = ", ".join(_KINDS)
        raise ModelFileError(
            f"architecture: expected a kind out of {listing}, got {kind!r}{nearest(str(kind), _KINDS)}."
        )
    return _KINDS[kind](architecture)
