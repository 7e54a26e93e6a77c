"""Pictures of a run: the learning curve from its own history, a confusion matrix, what is looked at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


def learning_curve(
    history: list[dict[str, Any]],
    *,
    baseline: float | None = None,
    baseline_name: str = "baseline",
    unit: str = "nats/char",
    form: str = "png",
) -> bytes:
    """Draw training and validation loss over the epochs, with the baseline as a line.

    Parameters
    ----------
    history
        The records of the validations, at least one.
    baseline
        The loss of the baseline on what is held out.
    unit
        Of the loss.
    form
        ``"png"`` or ``"svg"``.

    Returns
    -------
    bytes
        The picture's file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.add_subplot()
    epochs = [record["epoch"] for record in history]
    trained = [
        (record["epoch"], record["train_loss"]) for record in history if record["train_loss"] is not None
    ]
    marker = "o" if len(history) < 3 else None
    axes.plot(
        [x for x, _ in trained], [y for _, y in trained], color="#8aa4c8", marker=marker, label="training"
    )
    axes.plot(
        epochs, [record["valid_loss"] for record in history], color="#1f4e9c", marker=marker, label="held out"
    )
    best = min(history, key=lambda record: record["valid_loss"])
    axes.plot(best["epoch"], best["valid_loss"], "o", color="#c0392b", label=f"best {best['valid_loss']:.3f}")
    if baseline is not None:
        axes.axhline(baseline, color="#777777", linestyle="--", label=f"{baseline_name} {baseline:.3f}")
    axes.set_xlabel("epochs")
    axes.set_ylabel(unit)
    axes.grid(visible=True, color="#e6e6e6")
    axes.legend(frameon=False)
    return as_bytes(figure, form)


def confusion(counts: list[list[int]], labels: list[str], *, form: str = "png") -> bytes:
    """Draw a confusion matrix: rows are what was right, columns what was answered.

    Parameters
    ----------
    counts
        (C, C), how often row's label was answered with column's.
    labels
        C names.
    form
        ``"png"`` or ``"svg"``.

    Returns
    -------
    bytes
        The picture's file.
    """
    import numpy as np
    from matplotlib.figure import Figure

    table = np.asarray(counts, dtype=float)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    size = max(3.2, 0.42 * len(labels) + 1.8)
    figure = Figure(figsize=(size + 0.6, size), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    figure.colorbar(image, ax=axes, label="share of the row", shrink=0.8)
    axes.set_xticks(
        range(len(labels)),
        labels,
        rotation=45 if len(labels) > 3 else 0,
        ha="right" if len(labels) > 3 else "center",
    )
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("answered")
    axes.set_ylabel("right")
    if len(labels) <= 20:
        for row, column in np.ndindex(*table.shape):
            colour = "white" if shares[row, column] > 0.6 else "black"
            axes.text(
                column, row, f"{int(table[row, column])}", ha="center", va="center", color=colour, fontsize=8
            )
    return as_bytes(figure, form)


def alignment(
    look: NDArray[np.float32], source: Sequence[str], written: Sequence[str], *, form: str = "png"
) -> bytes:
    """Draw what was looked at while a sequence was written.

    Parameters
    ----------
    look
        (T, S), rows adding up to 1.
    source, written
        S names of the parts that can be looked at, and T of what was written.
    form
        ``"png"`` or ``"svg"``.

    Returns
    -------
    bytes
        The picture's file.
    """
    from matplotlib.figure import Figure

    width, height = 0.34 * len(source) + 2.2, 0.3 * len(written) + 1.6
    figure = Figure(figsize=(max(4.0, width), max(3.0, height)), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(look, cmap="Greys", vmin=0.0, vmax=1.0, aspect="auto")
    figure.colorbar(image, ax=axes, label="attention, of 1 a row")
    axes.set_xticks(range(len(source)), list(source), rotation=90)
    axes.set_yticks(range(len(written)), list(written))
    # A piece may be a dollar sign, which else begins a formula.
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)
    axes.set_xlabel("read")
    axes.set_ylabel("written")
    return as_bytes(figure, form)


def as_bytes(figure: Figure, form: str) -> bytes:
    """Return the file of a picture, ``"png"`` or ``"svg"``; the same picture gives the same file."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    # The date, and names of parts drawn from random numbers, would make each file another one.
    with rc_context({"svg.hashsalt": "remy"}):
        figure.savefig(buffer, format=form, dpi=120, metadata={"Date": None} if form == "svg" else None)
    return buffer.getvalue()
