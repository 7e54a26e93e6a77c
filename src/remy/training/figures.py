"""The learning curve of a run, drawn from its own history."""

from __future__ import annotations

import io
from typing import Any


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
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
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
    buffer = io.BytesIO()
    # Without the date the same run gives the same file.
    figure.savefig(buffer, format=form, dpi=120, metadata={"Date": None} if form == "svg" else None)
    return buffer.getvalue()
