"""Whether the arrays of a trace fit together: those a cell has, their kinds and their shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from remy.errors import DataError
from remy.inspect.record import Array
from remy.reference import CELLS

#: Of the arrays of a layer: B rows, T kept steps, H units, I inputs, G gates, P = max(G, 1), S = G + 2,
#: W = P * H.
SHAPES = {
    "steps": "T",
    "valid": "BT",
    "preactivations": "BTPH",
    "gates": "BTGH",
    "h": "BTH",
    "c": "BTH",
    "h_before": "BTH",
    "c_before": "BTH",
    "recurrent_kernel": "HW",
    "recurrent_part": "BTH",
    "held": "BTSH",
    "jacobians/hidden": "BT",
    "jacobians/state": "BT",
    "jacobians/cell_road": "BT",
    "jacobians/gate_road": "BT",
    "gradients/h": "BTH",
    "gradients/c": "BTH",
    "gradients/x": "BTI",
    "gradients/cell_road": "BT",
    "gradients/gate_road": "BT",
}
_KINDS = {"steps": ("iu", "whole numbers"), "valid": ("b", "booleans"), "held": ("b", "booleans")}
_NUMBERS = ("f", "floating-point numbers")


def expect_layer(cell: str, gate_names: Sequence[str], arrays: Mapping[str, Array], place: str) -> None:
    """Raise a `DataError` at the first array of a layer that is missing, of another kind or another shape.

    Parameters
    ----------
    cell, gate_names
        As in :class:`remy.inspect.LayerTrace`.
    arrays
        Those that are there, by their names in :data:`SHAPES`.
    place
        Begins the sentence.
    """
    gates, wanted = len(gate_names), CELLS[cell]
    if gates != (len(wanted.gates) if wanted.slots else 0):
        raise DataError(f"{place}: expected the names of the gates of {cell}, got {gates} names")
    _expect_names(cell, arrays, place)
    _expect_shapes(arrays, {"G": gates, "P": max(gates, 1), "S": gates + 2}, place)
    steps = arrays["steps"]
    if (steps < 0).any() or (np.diff(steps) <= 0).any():
        raise DataError(f"{place}/steps: expected rising numbers from 0, got {steps.tolist()[:8]}")


def expect_answers(
    scores: Array, probabilities: Array | None, outputs: Sequence[str] | None, where: str
) -> None:
    """Raise a `DataError` where scores, probabilities and names of the outputs do not fit together."""
    _expect_kind(f"{where}: scores", scores, *_NUMBERS)
    if scores.ndim < 1:
        raise DataError(f"{where}: scores: expected an answer for each row, got a single number")
    if probabilities is not None:
        _expect_kind(f"{where}: probabilities", probabilities, *_NUMBERS)
        if probabilities.shape != scores.shape:
            raise DataError(
                f"{where}: probabilities: expected the shape of the scores {scores.shape}, "
                f"got {probabilities.shape}"
            )
    if outputs is not None and len(outputs) != scores.shape[-1]:
        raise DataError(
            f"{where}: outputs: expected a name for each of {scores.shape[-1]} scores, got {len(outputs)}"
        )


def _expect_names(cell: str, arrays: Mapping[str, Array], place: str) -> None:
    sizes = CELLS[cell]
    gradients = {name for name in SHAPES if name.startswith("gradients/")}
    impossible: set[str] = set()
    if not sizes.has_cell_state:
        impossible |= {"c", "c_before", "gradients/c"}
    if len(sizes.slots) <= len(sizes.gates):  # nothing is recorded beside the gates
        impossible |= {"recurrent_part"}
    optional = {"held", "gradients/c"} | (set() if gradients & arrays.keys() else gradients)
    missing = next((name for name in SHAPES if name not in {*arrays, *optional, *impossible}), None)
    if missing is not None:
        raise DataError(f"{place}: array '{missing}' is missing")
    strange = next((name for name in arrays if name in impossible or name not in SHAPES), None)
    if strange is not None:
        raise DataError(f"{place}: a layer of {cell} has no array '{strange}'")


def _expect_shapes(arrays: Mapping[str, Array], sizes: dict[str, int], place: str) -> None:
    """Check every array; a letter that is in no size yet takes that of the first array that has it."""
    for name, letters in SHAPES.items():
        array = arrays.get(name)
        if array is None:
            continue
        _expect_kind(f"{place}/{name}", array, *_KINDS.get(name, _NUMBERS))
        if "W" in letters:
            sizes["W"] = sizes["P"] * sizes["H"]
        fits = array.ndim == len(letters) and all(
            sizes.setdefault(letter, size) == size for letter, size in zip(letters, array.shape, strict=True)
        )
        if not fits:
            expected = ", ".join(str(sizes.get(letter, letter)) for letter in letters)
            raise DataError(
                f"{place}/{name}: expected the shape ({', '.join(letters)}) = ({expected}), got {array.shape}"
            )


def _expect_kind(place: str, array: Array, kinds: str, words: str) -> None:
    if array.dtype.kind not in kinds:
        raise DataError(f"{place}: expected {words}, got an array of {array.dtype}")
