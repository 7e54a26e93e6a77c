"""The network of a forecaster on the compiled core: encoder, decoder, output, and sampled paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy import _core
from remy.data.windows import Inputs
from remy.decoding.forecast import (
    LEAST_FREEDOM,
    LEAST_WIDTH,
    between_levels,
    rising_quantiles,
    sample_quantiles,
    softplus,
    student_t_quantile,
)
from remy.errors import ModelFileError
from remy.runtime.stack import RecurrentStack, States

Floats = NDArray[np.float64]

#: Paths an autoregressive forecast is sampled by, and how many are followed at once.
PATHS, _AT_ONCE = 400, 25_600


class ForecastNetwork:
    """What the model file's ``forecaster`` describes.

    Parameters
    ----------
    architecture, tensors
        As in :class:`remy.io.model_file.ModelFile`; taken as checked.
    levels
        The levels whose quantiles are the output, rising; none for a Student t.

    Raises
    ------
    ModelFileError
        If there are not as many levels as outputs.
    """

    def __init__(
        self,
        architecture: Mapping[str, Any],
        tensors: Mapping[str, NDArray[np.float32]],
        *,
        levels: Sequence[float],
    ) -> None:
        self._of_quantiles = architecture["output"] == "quantiles"
        self._levels = tuple(levels)
        self._targets, self._outputs = architecture["targets"], architecture["outputs"]
        if self._of_quantiles and (
            len(levels) != self._outputs or 0.5 not in levels or list(levels) != sorted(set(levels))
        ):
            raise ModelFileError(
                f"expected {self._outputs} rising levels with 0.5, as many as outputs, got {list(levels)}."
            )
        self._feeds_back = architecture["decoding"] == "autoregressive"
        self._from_last: bool = architecture["from_last"]
        self._encoder = RecurrentStack(architecture, tensors, prefix="encoder")
        self._decoder = RecurrentStack(architecture, tensors, prefix="decoder")
        self._dense = _core.PackedDense(tensors["dense/kernel"], tensors["dense/bias"])

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest level there are quantiles of."""
        return (self._levels[0], self._levels[-1]) if self._of_quantiles else (0.0, 1.0)

    def quantiles(self, inputs: Inputs, levels: Sequence[float]) -> Floats:
        """Return the quantiles (N, H, K, Q) of the steps ahead, on the common scale.

        Raises
        ------
        UsageError
            If a level lies beyond those the network has learned.
        """
        if self._of_quantiles:
            between_levels(np.zeros(len(self._levels)), self._levels, levels)  # refuses before any work
        states = self._encode(inputs)
        if not self._feeds_back or inputs.ahead.shape[1] == 1:
            return self._at_levels(self._parameters(inputs.ahead, inputs.last, inputs.last, states), levels)
        found = []
        each = max(1, _AT_ONCE // PATHS)
        for start in range(0, len(inputs.last), each):
            part = slice(start, start + each)
            some = [(h[part], None if c is None else c[part]) for h, c in states]
            paths = self._paths(Inputs(inputs.past[part], inputs.ahead[part], inputs.last[part]), some)
            found.append(np.moveaxis(np.quantile(paths, levels, axis=1), 0, -1))
        return np.concatenate(found)

    def parameters(self, inputs: Inputs, true: NDArray[np.float32]) -> Floats:
        """Return what the torch network returns with teacher forcing, (N, H, K, O); for comparison."""
        before = np.concatenate([inputs.last[:, None], true[:, :-1]], axis=1)
        return self._parameters(inputs.ahead, before, inputs.last, self._encode(inputs))

    def _encode(self, inputs: Inputs) -> States:
        rows, steps, _ = inputs.past.shape
        states = self._encoder.zero_states(rows)
        self._encoder.read(inputs.past.swapaxes(0, 1), np.full(rows, steps, np.int64), states)
        return states

    def _parameters(
        self,
        ahead: NDArray[np.float32],
        before: NDArray[np.float32],
        last: NDArray[np.float32],
        states: States,
    ) -> Floats:
        """Return the outputs of some steps ahead (N, H, 1 + C), the values `before` each (N, H or 1, K)."""
        rows, steps, _ = ahead.shape
        if before.ndim == 2 or not self._feeds_back:
            before = np.broadcast_to(last[:, None], (rows, steps, self._targets))
        if self._feeds_back:
            ahead = np.concatenate([ahead, before - last[:, None]], axis=2)
        read = self._decoder.read(
            np.ascontiguousarray(ahead.swapaxes(0, 1)), np.full(rows, steps, np.int64), states
        ).outputs
        raw = np.empty((steps * rows, self._targets * self._outputs), np.float32)
        self._dense.apply(np.ascontiguousarray(read).reshape(steps * rows, -1), raw)
        wide = raw.reshape(steps, rows, self._targets, self._outputs).swapaxes(0, 1).astype(np.float64)
        base = before[..., None].astype(np.float64) if self._from_last else 0.0
        if self._of_quantiles:
            return rising_quantiles(wide) + base
        location = wide[..., :1] + base
        width, freedom = softplus(wide[..., 1:2]) + LEAST_WIDTH, softplus(wide[..., 2:]) + LEAST_FREEDOM
        return np.concatenate([location, width, freedom], axis=3)

    def _at_levels(self, parameters: Floats, levels: Sequence[float]) -> Floats:
        if self._of_quantiles:
            return between_levels(parameters, self._levels, levels)
        location, width, freedom = np.moveaxis(parameters, -1, 0)
        return np.stack([location + width * student_t_quantile(level, freedom) for level in levels], axis=-1)

    def _paths(self, inputs: Inputs, states: States) -> Floats:
        """Return sampled futures (N, S, H, K), each step drawn given the ones before it on its path.

        The random numbers are the same for every present, so that a forecast does not depend on which others
        are made beside it.
        """
        rows, steps, _ = inputs.ahead.shape
        states = [
            (np.repeat(h, PATHS, axis=0), None if c is None else np.repeat(c, PATHS, axis=0))
            for h, c in states
        ]
        last = np.repeat(inputs.last, PATHS, axis=0)
        before = last
        paths = np.empty((rows, PATHS, steps, self._targets))
        generator = np.random.default_rng(0)
        for step in range(steps):
            ahead = np.repeat(inputs.ahead[:, step : step + 1], PATHS, axis=0)
            found = self._parameters(ahead, before[:, None], last, states)[:, 0]
            uniform = [np.tile(_spread(generator, self._targets), (rows, 1)) for _ in range(2)]
            if self._of_quantiles:
                drawn = sample_quantiles(found, self._levels, uniform[0])
            else:
                location, width, freedom = np.moveaxis(found, -1, 0)
                # R. Bailey, "Polar generation of random variates with the t-distribution" (1994).
                radius = np.sqrt(freedom * (uniform[1] ** (-2.0 / freedom) - 1.0))
                drawn = location + width * radius * np.cos(2.0 * np.pi * uniform[0])
            paths[:, :, step] = drawn.reshape(rows, PATHS, self._targets)
            before = drawn.astype(np.float32)
        return paths


def _spread(generator: np.random.Generator, targets: int) -> Floats:
    """Return numbers from 0 to 1 (S, K), one out of each S-th part, in random order."""
    parts = np.stack([generator.permutation(PATHS) for _ in range(targets)], axis=1)
    return (parts + generator.random((PATHS, targets))) / PATHS
