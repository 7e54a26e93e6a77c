"""How far gradients reach in layers that have learned nothing: what the first values of weights decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low
from typing import Any, Final

import torch

from remy.errors import UsageError, choice
from remy.inspect import gradient_flow
from remy.tasks.comparison.measuring import reach_of
from remy.tasks.comparison.rows import Reach, finite
from remy.tasks.comparison.started import KEEPING, started_layer
from remy.tasks.comparison.variants import CELLS

#: The bias of the gate that keeps the state in the usual start.
_USUAL: Final = {"lstm": 1.0, "gru": 0.0}
#: Rows and features of what the layers read: numbers from the normal distribution.
_ROWS, _INPUTS = 4, 8


@dataclass(frozen=True)
class Start:
    """A cell with a start.

    Attributes
    ----------
    cell, bias, scale
        `bias` is that of the LSTM's forget gate or the GRU's update gate, None of the simple cell; `scale`
        multiplies the orthogonal recurrent kernel.
    usual
        Whether this is the library's own start, which is Keras's.
    reaches
        One a seed.
    """

    cell: str
    bias: float | None
    scale: float
    usual: bool
    reaches: tuple[Reach, ...]

    @property
    def name(self) -> str:
        """``lstm, forget bias 1`` or ``simple_rnn``, and the scale where it is not 1."""
        bias = "" if self.bias is None else f", {KEEPING[self.cell][0]} bias {self.bias:g}"
        return f"{self.cell}{bias}{'' if self.scale == 1.0 else f', recurrent kernel times {self.scale:g}'}"

    @property
    def order(self) -> tuple[float, float]:
        """What reaches further is larger: the middle horizon, then the middle size at the last lag."""
        orders = [reach.order for reach in self.reaches]
        return median_low(first for first, _ in orders), median_low(second for _, second in orders)

    @property
    def horizon(self) -> int | None:
        """The middle horizon of the seeds; None beyond the lags seen."""
        found = round(self.order[0])
        return found if found < self.reaches[0].lags else None

    @property
    def decay(self) -> float:
        """The middle factor a step."""
        return median(reach.decay for reach in self.reaches)

    @property
    def hidden_horizon(self) -> int | None:
        """The middle horizon at ``h`` alone; None beyond the lags seen."""
        lags = self.reaches[0].lags
        reaches = (reach.hidden_horizon for reach in self.reaches)
        found = median_low(lags if reach is None else reach for reach in reaches)
        return found if found < lags else None

    @property
    def at(self) -> str:
        """Where the gradient at what is carried falls below 1 % of lag 0, in words."""
        return self._said(self.horizon)

    @property
    def hidden_at(self) -> str:
        """Where that at ``h`` alone does."""
        return self._said(self.hidden_horizon)

    def _said(self, horizon: int | None) -> str:
        return f"lag {horizon}" if horizon is not None else f"no lag up to {self.reaches[0].lags - 1}"

    def differs(self, other: Start) -> bool:
        """Whether every seed of one reaches further than every seed of the other."""
        mine, theirs = ([reach.order for reach in start.reaches] for start in (self, other))
        return min(mine) > max(theirs) or min(theirs) > max(mine)


@dataclass(frozen=True)
class Starts:
    """Untrained layers side by side; see :func:`compare_starts`."""

    steps: int
    units: int
    rows: tuple[Start, ...]

    @property
    def sentences(self) -> list[str]:
        """What the numbers say about the usual starts and about biases, whatever the textbook expects."""
        return [*self._beside_simple(), *self._by_bias()]

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "steps": self.steps,
            "units": self.units,
            "rows": [
                {
                    "name": row.name,
                    "cell": row.cell,
                    "bias": row.bias,
                    "scale": row.scale,
                    "usual": row.usual,
                    "horizon": row.horizon,
                    "hidden_horizon": row.hidden_horizon,
                    "decay": finite(row.decay),
                    "horizons": [reach.horizon for reach in row.reaches],
                    "decays": [finite(reach.decay) for reach in row.reaches],
                }
                for row in self.rows
            ],
            "sentences": self.sentences,
        }

    def _beside_simple(self) -> list[str]:
        usual = {row.cell: row for row in self.rows if row.usual}
        simple = usual.get("simple_rnn")
        if simple is None:
            return []
        found = []
        for cell in ("lstm", "gru"):
            gated = usual.get(cell)
            if gated is None:
                continue
            who = "Untrained, simple_rnn with its orthogonal recurrent kernel carries the gradient"
            where = f"below 1 % of lag 0 at {simple.at} against {gated.at}"
            if cell == "lstm":
                where += f"; at h alone at {simple.hidden_at} against {gated.hidden_at}"
            if not simple.differs(gated):
                found.append(f"{who} about as far as {gated.name} ({where}): against the textbook.")
            elif simple.order > gated.order:
                found.append(f"{who} further than {gated.name} ({where}): against the textbook.")
            else:
                found.append(f"{who} less far than {gated.name} ({where}): as the textbook has it.")
        return found

    def _by_bias(self) -> list[str]:
        found = []
        for cell, (gate, _) in KEEPING.items():
            rows = [row for row in self.rows if row.cell == cell and row.scale == self.rows[0].scale]
            rows.sort(key=lambda row: row.bias or 0.0)
            if len(rows) < 2:
                continue
            listed = ", ".join(f"{row.at} at {row.bias:g}" for row in rows)
            orders = [row.order for row in rows]
            rising = all(one < other for one, other in pairwise(orders))
            said = "carries it further every time" if rising else "does not carry it further every time"
            found.append(f"A larger {gate} bias of the {cell} {said}: {listed}.")
        return found


def compare_starts(
    *,
    cells: Sequence[str] = CELLS,
    steps: int = 200,
    units: int = 64,
    seeds: int = 3,
    forget_bias: Sequence[float] = (0.0, 1.0, 2.0, 4.0),
    update_bias: Sequence[float] = (0.0, 1.0, 2.0, 4.0),
    recurrent_scale: Sequence[float] = (1.0,),
) -> Starts:
    """Return how far the gradient of the last state reaches in layers before any training.

    The layers start as the library's do, which is as Keras's do: glorot-uniform kernels, orthogonal recurrent
    kernels, biases 0 but for the LSTM's forget gate, 1. They read standard normal numbers, 8 features a step.

    Parameters
    ----------
    cells, units
        Which, and their size.
    steps
        Length of the sequences; the gradient is followed over all of them.
    seeds
        Starts of each.
    forget_bias, update_bias
        Biases of the LSTM's forget gate and the GRU's update gate; both gates keep the state where they are
        near 1.
    recurrent_scale
        Factors of the recurrent kernel.

    Raises
    ------
    UsageError
        If a cell is unknown, or a number is too small.

    Examples
    --------
    >>> from remy.tasks.comparison import compare_starts
    >>> found = compare_starts(cells=["lstm"], steps=30, units=8, seeds=1, forget_bias=[0.0, 4.0])
    >>> [row.name for row in found.rows], found.rows[0].decay < found.rows[1].decay
    (['lstm, forget bias 0', 'lstm, forget bias 4'], True)
    """
    for cell in cells:
        choice("cell", cell, CELLS)
    for name, value, least in (("steps", steps, 2), ("units", units, 1), ("seeds", seeds, 1)):
        if value < least:
            raise UsageError(f"{name}: expected at least {least}, got {value}")
    biases: dict[str, Sequence[float | None]] = {
        "simple_rnn": (None,), "lstm": tuple(forget_bias), "gru": tuple(update_bias),
    }  # fmt: skip
    rows = []
    for scale in recurrent_scale:
        for cell in dict.fromkeys(cells):
            for bias in biases[cell]:
                reaches = tuple(_reach(cell, units, steps, bias, scale, seed) for seed in range(seeds))
                usual = scale == 1.0 and (bias is None or bias == _USUAL[cell])
                rows.append(Start(cell, bias, scale, usual, reaches))
    return Starts(steps, units, tuple(rows))


def _reach(cell: str, units: int, steps: int, bias: float | None, scale: float, seed: int) -> Reach:
    generator = torch.Generator().manual_seed(seed)
    layer = started_layer(cell, units, input_size=_INPUTS, generator=generator, bias=bias, scale=scale)
    x = torch.randn(_ROWS, steps, _INPUTS, generator=generator)
    return reach_of(gradient_flow(layer, x, seed=seed)[0])
