"""The learning curve of a run, drawn from its own history."""

from __future__ import annotations

import io
from typing import Any


def learning_curve(
    history: list[dict[str, Any]],
    *,
    baseline: float | None = None,
    baseline_name: str = "baseline",
    form: str = "png",
) -> bytes:
    """Draw training and validation loss over the epochs, with the baseline as a line.

    Parameters
    ----------
    history
        The records of the validations, at least one.
    baseline
        Nats per character of the baseline on the same held-out text.
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
        (record["epoch"], record["train_nats"]) for record in history if record["train_nats"] is not None
    ]
    marker = "o" if len(history) < 3 else None
    axes.plot(
        [x for x, _ in trained], [y for _, y in trained], color="#8aa4c8", marker=marker, label="training"
    )
    axes.plot(
        epochs, [record["valid_nats"] for record in history], color="#1f4e9c", marker=marker, label="held out"
    )
    best = min(history, key=lambda record: record["valid_nats"])
    axes.plot(best["epoch"], best["valid_nats"], "o", color="#c0392b", label=f"best {best['valid_nats']:.3f}")
    if baseline is not None:
        axes.axhline(baseline, color="#777777", linestyle="--", label=f"{baseline_name} {baseline:.3f}")
    axes.set_xlabel("epochs")
    axes.set_ylabel("nats per character")
    axes.grid(visible=True, color="#e6e6e6")
    axes.legend(frameon=False)
    buffer = io.BytesIO()
    # Without the date the same run gives the same file.
    figure.savefig(buffer, format=form, dpi=120, metadata={"Date": None} if form == "svg" else None)
    return buffer.getvalue()
