"""Which tensors a network has, from the description of its architecture.

This is the one table that the model file, the runtime and the training code agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remy.errors import ModelFileError, nearest

#: Gates of each cell, in the order of their columns in kernel and recurrent kernel (Keras's order).
GATE_ORDER: dict[str, tuple[str, ...]] = {
    "simple_rnn": ("h",),
    "lstm": ("i", "f", "g", "o"),
    "gru": ("z", "r", "h"),
}

#: Activations a simple_rnn can have; the other cells have tanh.
ACTIVATIONS = ("tanh", "relu", "linear")

_KINDS: dict[str, Callable[[Mapping[str, Any]], dict[str, tuple[int, ...]]]] = {}


def expected_tensors(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Return the name and the shape of every tensor a network of this architecture has.

    Parameters
    ----------
    architecture
        A dictionary with a ``kind`` and that kind's settings. For ``language_model``: ``vocabulary_size`` V,
        ``embedding_size`` E, ``cell`` (``simple_rnn``, ``lstm``, ``gru``), ``units`` H, ``layers`` L,
        ``reset_after`` (GRU), ``activation`` (SimpleRNN), ``residual``, ``tied``.

    Returns
    -------
    dict
        ``embedding/embeddings (V, E)``; for each layer k ``rnn_k/kernel (I, G*H)`` with I = E for k = 0 and H
        above, ``rnn_k/recurrent_kernel (H, G*H)``, ``rnn_k/bias (G*H,)`` (``(2, G*H)`` for a GRU with
        ``reset_after``); ``dense/kernel (H, V)``, left out when ``tied``; ``dense/bias (V,)``.

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


def core_cell(architecture: Mapping[str, Any]) -> str:
    """Return the core's name of the cell: ``lstm``, ``gru_reset_after``, ``simple_rnn_tanh`` and so on.

    Examples
    --------
    >>> core_cell({"cell": "gru", "reset_after": False, "activation": "tanh"})
    'gru_reset_before'
    """
    cell = str(architecture["cell"])
    if cell == "gru":
        return "gru_reset_after" if architecture["reset_after"] else "gru_reset_before"
    if cell == "simple_rnn":
        return f"simple_rnn_{architecture['activation']}"
    return cell


def cell_tensors(
    prefix: str, cell: str, inputs: int, units: int, reset_after: bool
) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of one recurrent layer's kernel, recurrent kernel and bias."""
    columns = len(GATE_ORDER[cell]) * units
    return {
        f"{prefix}/kernel": (inputs, columns),
        f"{prefix}/recurrent_kernel": (units, columns),
        f"{prefix}/bias": (2, columns) if cell == "gru" and reset_after else (columns,),
    }


def _language_model(architecture: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    settings = _settings(
        architecture,
        sizes=("vocabulary_size", "embedding_size", "units", "layers"),
        choices={"cell": tuple(GATE_ORDER), "activation": ACTIVATIONS},
        switches=("reset_after", "residual", "tied"),
    )
    vocabulary, embedding = settings["vocabulary_size"], settings["embedding_size"]
    units, cell = settings["units"], settings["cell"]
    if cell != "simple_rnn" and settings["activation"] != "tanh":
        raise ModelFileError(
            f"architecture: {cell} has activation tanh only, got '{settings['activation']}'."
        )
    if settings["tied"] and embedding != units:
        raise ModelFileError(
            f"architecture: tied needs embedding_size equal to units, got {embedding} and {units}."
        )
    shapes: dict[str, tuple[int, ...]] = {"embedding/embeddings": (vocabulary, embedding)}
    for layer in range(settings["layers"]):
        inputs = units if layer else embedding
        shapes |= cell_tensors(f"rnn_{layer}", cell, inputs, units, settings["reset_after"])
    if not settings["tied"]:
        shapes["dense/kernel"] = (units, vocabulary)
    shapes["dense/bias"] = (vocabulary,)
    return shapes


def _settings(
    architecture: Mapping[str, Any],
    *,
    sizes: tuple[str, ...],
    choices: Mapping[str, tuple[str, ...]],
    switches: tuple[str, ...],
) -> dict[str, Any]:
    """Check that exactly the named settings are there, each of its type."""
    known = ("kind", *sizes, *choices, *switches)
    for name in known:
        if name not in architecture:
            raise ModelFileError(f"architecture: the setting '{name}' is missing.")
    for name, value in architecture.items():
        if name not in known:
            raise ModelFileError(f"architecture: unknown setting '{name}'{nearest(str(name), known)}.")
        if name in sizes and (type(value) is not int or not 1 <= value <= _LARGEST[name]):
            limit = _LARGEST[name]
            raise ModelFileError(f"architecture: expected {name} from 1 to {limit}, got {value!r}.")
        if name in choices and value not in choices[name]:
            listing = ", ".join(choices[name])
            raise ModelFileError(f"architecture: expected {name} out of {listing}, got {value!r}.")
        if name in switches and type(value) is not bool:
            raise ModelFileError(f"architecture: expected {name} to be true or false, got {value!r}.")
    return dict(architecture)


# Bounds far above any real network, so that a damaged header cannot make the shape table itself huge.
_LARGEST = {"vocabulary_size": 0x110000, "embedding_size": 1 << 20, "units": 1 << 20, "layers": 1024}

_KINDS["language_model"] = _language_model
