"""Pictures to begin with, drawn here: no font, no file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]


def _circle(x: Plane, y: Plane) -> NDArray[np.bool_]:
    return np.hypot(x, y) <= 0.84


def _ring(x: Plane, y: Plane) -> NDArray[np.bool_]:
    return np.abs(np.hypot(x, y) - 0.76) <= 0.1


def _square(x: Plane, y: Plane) -> NDArray[np.bool_]:
    return np.maximum(np.abs(x), np.abs(y)) <= 0.75


def _plus(x: Plane, y: Plane) -> NDArray[np.bool_]:
    return (np.minimum(np.abs(x), np.abs(y)) <= 0.09) & (np.maximum(np.abs(x), np.abs(y)) <= 0.6)


def _arrow(x: Plane, y: Plane) -> NDArray[np.bool_]:
    shaft = (np.abs(y) <= 0.09) & (np.abs(x) <= 0.6)
    head = (np.abs(x + np.abs(y) - 0.56) <= 0.13) & (np.abs(y) <= 0.6) & (x >= -0.1)
    return shaft | head


def _heart(x: Plane, y: Plane) -> NDArray[np.bool_]:
    # (u² + v² - 1)³ ≤ u² v³, the algebraic heart, with v upwards.
    u, v = 1.32 * x, 0.12 - 1.32 * y
    return (u**2 + v**2 - 1) ** 3 <= u**2 * v**3


#: What is drawn, by the caption that would be right.
SHAPES: Final[Mapping[str, Callable[[Plane, Plane], NDArray[np.bool_]]]] = {
    "circle": _circle,
    "circle outline": _ring,
    "square": _square,
    "plus": _plus,
    "arrow right": _arrow,
    "heart": _heart,
}


def drawn(shape: str, size: int) -> NDArray[np.uint8]:
    r"""Return a shape as ink, ``(size, size)``: 1 where there is some, rows from the top.

    Examples
    --------
    >>> print(*("".join("-#"[ink] for ink in row) for row in drawn("plus", 12)), sep="\n")
    ------------
    ------------
    -----##-----
    -----##-----
    -----##-----
    --########--
    --########--
    -----##-----
    -----##-----
    -----##-----
    ------------
    ------------
    """
    places = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(places, places)
    return SHAPES[shape](x, y).astype(np.uint8)
