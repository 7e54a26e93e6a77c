"""Checking that an architecture has exactly its kind's settings, each of its type and size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError, nearest

#: Bounds far above any real network, so that a damaged header cannot make the table of shapes itself huge.
_LARGEST = {"layers": 1024, "vocabulary_size": 0x110000, "target_vocabulary_size": 0x110000}
_LARGEST_SIZE = 1 << 20


def check_settings(
    architecture: Mapping[str, Any],
    *,
    sizes: tuple[str, ...],
    choices: Mapping[str, tuple[str, ...]],
    switches: tuple[str, ...],
) -> dict[str, Any]:
    """Return the settings, when exactly the named ones are there.

    Parameters
    ----------
    architecture
        A ``kind`` and the settings.
    sizes
        Whole numbers from 1 on; one that ends in ``_or_0`` may be 0 and is named without that.
    choices
        Words out of a few.
    switches
        True or false.

    Raises
    ------
    ModelFileError
        If one is missing, unknown or of the wrong type or size.
    """
    least = {name.removesuffix("_or_0"): int(not name.endswith("_or_0")) for name in sizes}
    known = ("kind", *least, *choices, *switches)
    for name in known:
        if name not in architecture:
            raise ModelFileError(f"architecture: the setting '{name}' is missing.")
    for name, value in architecture.items():
        if name not in known:
            raise ModelFileError(f"architecture: unknown setting '{name}'{nearest(str(name), known)}.")
        limit = _LARGEST.get(name, _LARGEST_SIZE)
        if name in least and (type(value) is not int or not least[name] <= value <= limit):
            raise ModelFileError(
                f"architecture: expected {name} from {least[name]} to {limit}, got {value!r}."
            )
        if name in choices and value not in choices[name]:
            listing = ", ".join(choices[name])
            raise ModelFileError(f"architecture: expected {name} out of {listing}, got {value!r}.")
        if name in switches and type(value) is not bool:
            raise ModelFileError(f"architecture: expected {name} to be true or false, got {value!r}.")
    return dict(architecture)
