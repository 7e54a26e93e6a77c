"""What was measured: of every training, and of a variant with all its trainings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from remy.tasks.comparison.variants import Variant


@dataclass(frozen=True)
class Scale:
    """What is scored.

    Attributes
    ----------
    name, more_is_better
        The score, as ``metrics.json`` has it, and which way is better.
    baseline_name, baseline
        Who needs no network, and its score; None without one.
    solved
        A score better than this counts as solved; None where there is no such limit.
    """

    name: str
    more_is_better: bool
    baseline_name: str | None = None
    baseline: float | None = None
    solved: float | None = None

    def better(self, one: float, other: float) -> bool:
        """Whether `one` is better than `other`."""
        return one > other if self.more_is_better else one < other


@dataclass(frozen=True)
class Reach:
    """How far back the gradient reaches in one layer and direction; see :func:`remy.inspect.gradient_flow`.

    Attributes
    ----------
    layer, direction
        Which.
    lags
        How many lags were seen, the last state's own, 0, among them.
    horizon
        The first lag from which it stays below 1 % of that at lag 0; None where it never does.
    decay
        Factor a step; NaN where there is nothing to fit.
    last
        The gradient at the last lag seen, as a share of that at lag 0.
    hidden_horizon
        The horizon at ``h`` alone, which leaves out what an LSTM's cell state carries.
    """

    layer: str
    direction: str
    lags: int
    horizon: int | None
    decay: float
    last: float
    hidden_horizon: int | None = None

    @property
    def order(self) -> tuple[float, float]:
        """What reaches further is larger; past the lags seen nothing is known, so they count."""
        return (float(self.lags if self.horizon is None else self.horizon), self.last)


@dataclass(frozen=True)
class Gate:
    """A gate over rows, steps and units: its mean, and the shares below 0.1 and above 0.9."""

    layer: str
    direction: str
    name: str
    mean: float
    closed: float
    open: float

    @property
    def saturated(self) -> float:
        """The share of both."""
        return self.closed + self.open


@dataclass(frozen=True)
class Training:
    """One training and what was measured of it.

    Attributes
    ----------
    seed, parameters
        Of the network.
    score
        On what is held out.
    updates, ended_by, seconds, items_per_second
        Of the training.
    step_seconds
        One step of one row through the runtime.
    reaches, gates
        Of every layer and direction.
    """

    seed: int
    parameters: int
    score: float
    updates: int
    ended_by: str
    seconds: float
    items_per_second: float
    step_seconds: float
    reaches: tuple[Reach, ...]
    gates: tuple[Gate, ...]

    @property
    def farthest(self) -> Reach:
        """The layer whose gradient reaches furthest."""
        return max(self.reaches, key=lambda reach: reach.order)

    def main_gates(self) -> tuple[Gate, ...]:
        """Return those that keep the state: forget gates, or update gates; none of a simple cell."""
        return tuple(gate for gate in self.gates if gate.name in ("forget", "update"))


@dataclass(frozen=True)
class Row:
    """A variant with all its trainings.

    Attributes
    ----------
    variant, trainings
        At least one training, in the order of the seeds.
    score_name, item
        What is scored, and what is learned from.
    """

    variant: Variant
    trainings: tuple[Training, ...]
    score_name: str
    item: str

    @property
    def name(self) -> str:
        """Of the variant."""
        return self.variant.name

    @property
    def parameters(self) -> int:
        """The same with every seed."""
        return self.trainings[0].parameters

    @property
    def scores(self) -> list[float]:
        """One a seed."""
        return [each.score for each in self.trainings]

    @cached_property
    def measures(self) -> dict[str, list[float]]:
        """Measure -> a number a seed; a horizon past the lags seen stands as their number (`at_least`)."""
        trainings = self.trainings
        found = {
            self.score_name: self.scores,
            "parameters": [float(each.parameters) for each in trainings],
            f"{self.item}s/s": [each.items_per_second for each in trainings],
            "one step": [1e6 * each.step_seconds for each in trainings],
            "memory horizon": [each.farthest.order[0] for each in trainings],
            "gradient a step": [each.farthest.decay for each in trainings],
        }
        gates = [each.main_gates() for each in trainings]
        if all(gates):
            name = gates[0][0].name
            found[f"{name} gate"] = [_mean([gate.mean for gate in each]) for each in gates]
            found["saturated gates"] = [_mean([gate.saturated for gate in each]) for each in gates]
        return found

    @property
    def units(self) -> dict[str, str]:
        """Measure -> its unit; empty for a plain number."""
        known = {"one step": "µs", "memory horizon": "steps", "saturated gates": "share"}
        return {name: known.get(name, "") for name in self.measures}

    @property
    def at_least(self) -> list[bool]:
        """A seed each: whether its horizon lies beyond the lags seen."""
        return [each.farthest.horizon is None for each in self.trainings]

    def median(self, measure: str) -> float:
        """Return the middle one of the seeds."""
        return median(self.measures[measure])


def finite(value: float) -> float | None:
    """Return `value`, or None where it is none JSON knows."""
    return value if math.isfinite(value) else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
