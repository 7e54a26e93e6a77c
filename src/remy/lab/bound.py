"""A network with its input, ready to be traced any number of times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from remy.errors import DataError
from remy.inspect import Override, Subject, Trace, trace
from remy.lab.schemas.base import Array
from remy.lab.schemas.choices import Hold
from remy.lab.schemas.models import ModelCard

#: A trace with so many states or fewer checks itself: that takes up to a half more time.
CHECKED: Final = 16_384
#: A trace with so many states is 40 MB of numbers for the page.
MOST_STATES: Final = 1_000_000


@dataclass(frozen=True)
class Bound:
    """A network with its input; :mod:`remy.inspect` takes it as a model.

    Attributes
    ----------
    of
        What is traced.
    at
        The step whose loss counts; None for all.
    states
        How many states a trace has, about.
    parameters
        Of the whole network.
    card
        Of a trained model; None of a network that has learned nothing.
    unit
        Mean and scale that turn the first score into a number of the data, of a regressor or forecaster.
    units
        The same of every score of a step, where they differ; empty where `unit` is that of all.
    """

    of: Subject
    at: int | None
    states: int
    parameters: int
    card: ModelCard | None = None
    unit: tuple[float, float] = (0.0, 1.0)
    units: tuple[tuple[float, float], ...] = ()

    @property
    def task(self) -> str | None:
        """Of a trained model."""
        return None if self.card is None else self.card.task

    @property
    def trained(self) -> bool:
        """Whether the network has learned something."""
        return self.card is not None

    def in_unit(self, score: float) -> float:
        """Return a score as a number of the data."""
        mean, scale = self.unit
        return score * scale + mean

    def all_in_unit(self, scores: Array) -> Array:
        """Return scores ``(T, V)`` as numbers of the data, in float64."""
        mean, scale = np.array(self.units or [self.unit]).T
        found: Array = scores.astype(np.float64) * scale + mean
        return found

    def subject(self, x: Any = None, target: Any = None) -> Subject:
        """Return what is traced; `x` and `target` are bound already and not looked at."""
        return self.of

    def trace(self, holds: Sequence[Hold] = ()) -> Trace:
        """Run the network once, with gates and states held.

        Raises
        ------
        UsageError, DataError
            As :func:`remy.inspect.trace`, and if there are more states than a page can show.
        """
        if self.states > MOST_STATES:
            raise DataError(
                f"trace: expected at most {MOST_STATES:,} states, got {self.states:,}: steps times units, "
                "of all layers and directions; take a shorter input or a smaller network"
            )
        overrides = [each for hold in holds for each in self._overrides(hold)]
        check = "quick" if self.states <= CHECKED else "none"
        return trace(self, None, at=self.at, override=overrides or None, check=check)

    def _overrides(self, hold: Hold) -> list[Override]:
        """Return what a hold means; without a layer every one that has it."""
        own = override_of(hold)
        if self.card is None or self.card.task != "tagger" or hold.layer is not None:
            return [own]
        # Not the layer that reads the characters of words: its steps are others.
        return [replace(own, layer=f"rnn_{number}") for number in range(self.card.layers)]


def override_of(hold: Hold) -> Override:
    """Return a hold as :mod:`remy.inspect` has it."""
    return Override(hold.name, hold.value, hold.steps, hold.units, hold.layer, hold.direction)
