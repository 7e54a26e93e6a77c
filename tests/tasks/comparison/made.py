"""Comparisons with any numbers, made without training."""

from __future__ import annotations

from collections.abc import Sequence

from remy.tasks.comparison import Comparison, Gate, Reach, Row, Scale, Training, Variant

MSE = Scale("mean squared error", False, "always 1", 0.167, 0.02)
ACCURACY = Scale("accuracy", True, "majority class", 0.5)


def training(
    score: float,
    *,
    seed: int = 0,
    horizon: int | None = None,
    gate: str | None = None,
    mean: float = 0.9,
    updates: int = 100,
    ended_by: str = "epochs",
) -> Training:
    """A training of 150 lags and at most one gate, half of it open."""
    gates = () if gate is None else (Gate("rnn_0", "forward", gate, mean, 0.0, 0.5),)
    reach = Reach("rnn_0", "forward", 150, horizon, 0.9, 0.5)
    return Training(seed, 33, score, updates, ended_by, 2.0, 1000.0, 5e-6, (reach,), gates)


def row(cell: str, scores: Sequence[float], scale: Scale = MSE, **given: object) -> Row:
    """A cell with a score a seed."""
    each = tuple(training(score, seed=seed, **given) for seed, score in enumerate(scores))  # type: ignore[arg-type]
    return Row(Variant(cell), each, scale.name, "sequence")


def comparison(rows: Sequence[Row], scale: Scale = MSE) -> Comparison:
    """Of the adding problem."""
    seeds = tuple(range(len(rows[0].trainings)))
    return Comparison("adding", "adding", scale, tuple(rows), seeds=seeds, looked_at="fresh sequences")
