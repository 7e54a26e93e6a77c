"""The recurrent layers that all kinds of networks have: settings, gates, tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError
from remy.io.architecture.settings import check_settings

#: Gates of each cell, in the order of their columns in kernel and recurrent kernel (Keras's order).
GATE_ORDER: dict[str, tuple[str, ...]] = {
    "simple_rnn": ("h",),
    "lstm": ("i", "f", "g", "o"),
    "gru": ("z", "r", "h"),
}

#: Activations a simple_rnn can have; the other cells have tanh.
ACTIVATIONS = ("tanh", "relu", "linear")


def recurrent_settings(
    architecture: Mapping[str, Any],
    *,
    sizes: tuple[str, ...] = (),
    choices: Mapping[str, tuple[str, ...]] | None = None,
    switches: tuple[str, ...] = (),
    units: str = "units",
) -> dict[str, Any]:
    """Check the settings of the recurrent layers and those of a kind besides them; see `check_settings`.

    `units` is what the size of the layers' state is called.
    """
    settings = check_settings(
        architecture,
        sizes=(units, "layers", *sizes),
        choices={"cell": tuple(GATE_ORDER), "activation": ACTIVATIONS, **(choices or {})},
        switches=("reset_after", *switches),
    )
    if settings["cell"] != "simple_rnn" and settings["activation"] != "tanh":
        raise ModelFileError(
            f"architecture: {settings['cell']} has activation tanh only, got '{settings['activation']}'."
        )
    return settings


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


def directions(architecture: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what stands between a layer's number and its tensors: nothing, or one name a direction."""
    return ("/forward", "/backward") if architecture.get("bidirectional", False) else ("",)


def stack_tensors(
    settings: Mapping[str, Any], inputs: int, prefix: str = "rnn"
) -> tuple[dict[str, tuple[int, ...]], int]:
    """Return names and shapes of all recurrent layers, and the width of the last one's output.

    Layer k has ``rnn_k/kernel`` ``(I, G*H)``, ``rnn_k/recurrent_kernel`` ``(H, G*H)`` and ``rnn_k/bias``
    ``(G*H,)``, ``(2, G*H)`` for a GRU with ``reset_after``; a bidirectional one ``rnn_k/forward/kernel``,
    ``rnn_k/backward/kernel`` and so on, and an output of both directions side by side, ``2 H``.

    Examples
    --------
    >>> settings = {"cell": "gru", "units": 4, "layers": 1, "reset_after": True, "bidirectional": True}
    >>> shapes, width = stack_tensors(settings, 3)
    >>> shapes["rnn_0/backward/bias"], width
    ((2, 12), 8)
    """
    shapes: dict[str, tuple[int, ...]] = {}
    each = directions(settings)
    for layer in range(settings["layers"]):
        for direction in each:
            name = f"{prefix}_{layer}{direction}"
            shapes |= cell_tensors(name, settings["cell"], inputs, settings["units"], settings["reset_after"])
        inputs = len(each) * settings["units"]
    return shapes, inputs
