"""The tensors of the convolutions that read a picture, for every kind of network that has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remy.errors import ModelFileError

#: The settings a kind that reads pictures has besides its own, all whole numbers.
PICTURE_SIZES = ("picture_size", "picture_channels", "filters", "blocks")

#: A pixel p from 0 to 1 is read as (p - CENTRE) / SPREAD.
CENTRE, SPREAD = 0.5, 0.5

#: How many times as many filters as the first block the later ones have at most.
_WIDEST = 8


def block_filters(settings: Mapping[str, Any]) -> list[int]:
    """Return the filters of each block: twice as many as the block before has, at most eight times the first.

    Examples
    --------
    >>> block_filters({"filters": 16, "blocks": 5})
    [16, 32, 64, 128, 128]
    """
    return [settings["filters"] * min(1 << block, _WIDEST) for block in range(settings["blocks"])]


def picture_tensors(
    settings: Mapping[str, Any], prefix: str = "conv"
) -> tuple[dict[str, tuple[int, ...]], int, int]:
    """Return names and shapes of the convolutions, and the grid they give: its places S and its width D.

    Block k has ``conv_k/kernel`` ``(3, 3, I, O)``, rows before columns, and ``conv_k/bias`` ``(O,)``; it
    halves the picture, leaving an odd row or column over out, so that S is ``(size // 2**blocks)**2``.

    Parameters
    ----------
    settings
        ``picture_size`` and ``picture_channels`` (1 or 3) of the picture, ``filters`` of the first block,
        ``blocks``; each a whole number from 1 on.
    prefix
        What the convolutions are called.

    Raises
    ------
    ModelFileError
        If the channels are neither 1 nor 3, or so many blocks leave nothing of the picture.

    Examples
    --------
    >>> settings = {"picture_size": 10, "picture_channels": 1, "filters": 4, "blocks": 2}
    >>> shapes, places, width = picture_tensors(settings)
    >>> shapes["conv_1/kernel"], places, width
    ((3, 3, 4, 8), 4, 8)
    """
    size, channels, blocks = (settings[name] for name in ("picture_size", "picture_channels", "blocks"))
    if channels not in (1, 3):
        raise ModelFileError(
            f"architecture: expected picture_channels 1 (grey) or 3 (colour), got {channels}."
        )
    # Before anything is listed, so that a damaged header cannot make the table of shapes itself huge.
    if blocks >= size.bit_length():
        raise ModelFileError(
            f"architecture: {blocks} blocks halve a picture of {size} x {size} pixels to nothing; expected "
            f"blocks up to {size.bit_length() - 1}."
        )
    shapes: dict[str, tuple[int, ...]] = {}
    inputs = channels
    for block, filters in enumerate(block_filters(settings)):
        shapes[f"{prefix}_{block}/kernel"] = (3, 3, inputs, filters)
        shapes[f"{prefix}_{block}/bias"] = (filters,)
        inputs = filters
    return shapes, (size >> blocks) ** 2, inputs
