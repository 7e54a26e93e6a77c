"""A figure as a file: whole or not at all, and the same bytes for the same figure."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remy.errors import UsageError
from remy.inspect.figures.style import house_style
from remy.io.atomic import write_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The date and the version of matplotlib would make files differ that show the same.
_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
}


def save_figure(figure: Figure, path: str | Path) -> None:
    """Write a figure as a picture, in the form that the file's ending says.

    Parameters
    ----------
    figure
        Of one of the functions of :mod:`remy.inspect.figures`, or any other of matplotlib's.
    path
        Ends in ``.png`` or ``.svg``. A file that is there is replaced in one step.

    Raises
    ------
    UsageError
        If the name ends otherwise.
    DataError
        If the file cannot be written; what was there before is untouched.

    Examples
    --------
    >>> import pathlib, tempfile, torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.figures import plot_trace, save_figure
    >>> from remy.layers import GRU
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "states.png"
    >>> save_figure(plot_trace(trace(GRU(4), torch.ones(1, 6, 3)), what="h"), path)
    >>> path.read_bytes()[1:4]
    b'PNG'
    """
    ending = Path(path).suffix.lower()
    if ending not in _METADATA:
        raise UsageError(f"save_figure: expected a name that ends in .png or .svg, got '{Path(path).name}'")
    write_bytes(path, figure_bytes(figure, ending))


def figure_bytes(figure: Figure, ending: str) -> bytes:
    """Return what `save_figure` writes to a file that ends in ``.png`` or ``.svg``."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=ending[1:], dpi=120, metadata=_METADATA[ending])
    return buffer.getvalue()
