"""How far the gradient of the last step reaches back: its size over the lag, and what follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from remy.errors import UsageError
from remy.inspect.layers import LayerSteps
from remy.inspect.probing import gone_back
from remy.inspect.record import Array
from remy.inspect.recorder import Run, Segment
from remy.inspect.subject import subject_of
from remy.inspect.tracing import run_once, undisturbed

#: A gradient below this share of the one at lag 0 no longer teaches anything: the memory horizon.
HORIZON = 0.01
#: A gradient above so many times the one at lag 0 explodes.
EXPLODING = 100.0
# Share of the largest norm so far below which float32 holds noise, or nothing.
_NOISE = 1e-10
# Standard deviation of logarithms about their line above which a curve is taken to go up and down.
_WAVES = 0.1
# Of `run_once`: a trace would keep one step, as nothing of it is kept here.
_NO_LIMIT = 1 << 62


@dataclass(frozen=True)
class Flow:
    """How the gradient of the last step falls off, or grows, over the lag in one layer and direction.

    Attributes
    ----------
    name, direction, cell
        Of the layer.
    lags
        ``(K,)``: 0, 1, ...: steps before the last one that the loss depends on.
    h
        ``(K,)``: norm of the gradient at ``h`` that many steps before, root mean square over the rows.
    c
        The same at the cell state; None without one.
    units
        ``(K, H)``: the same at each unit of ``h``.
    carried
        ``(K,)``: the same at all that is carried from step to step, by which cells are compared: `h`, of the
        LSTM ``(h, c)`` as variables of their own.
    """

    name: str
    direction: str
    cell: str
    lags: Array
    h: Array
    c: Array | None
    units: Array
    carried: Array

    @property
    def decay(self) -> float:
        """Factor a step at what is carried, see :func:`fitted_decay`; below 1 it vanishes."""
        return fitted_decay(self.carried)

    @property
    def unit_decay(self) -> Array:
        """``(H,)``: the same of the gradient at each unit of ``h``."""
        return np.array([fitted_decay(each) for each in self.units.T])

    @property
    def half_life(self) -> float:
        """Steps in which the gradient halves at the fitted decay; infinite where it does not shrink.

        NaN where there is no decay to be fitted, as with one lag.
        """
        decay = self.decay
        if not 0 < decay < 1:
            return math.inf if decay >= 1 else decay  # zero, or NaN
        return math.log(0.5) / math.log(decay)

    @property
    def horizon(self) -> int | None:
        """The first lag from which on what is carried is below 1 % of lag 0; None where there is none."""
        return _below(self.carried)

    @property
    def hidden_horizon(self) -> int | None:
        """The same of the gradient at ``h`` alone, which leaves out what an LSTM's cell state carries."""
        return _below(self.h)

    @property
    def verdict(self) -> str:
        """``vanishing``, ``exploding`` or ``steady``, from the numbers alone."""
        if self.carried[0] > 0 and float(self.carried.max()) > EXPLODING * float(self.carried[0]):
            return "exploding"
        return "vanishing" if self.horizon is not None else "steady"

    def __str__(self) -> str:
        named, last = f"{self.name} ({self.cell}, {self.direction})", len(self.lags) - 1
        if not self.carried[0] > 0:
            return f"{named}: no gradient arrives"
        reach = (
            f"falls below 1 % of lag 0 at lag {self.horizon}"
            if self.horizon is not None
            else f"is {float(self.carried[-1] / self.carried[0]):.3g} times that of lag 0 at lag {last}"
        )
        if self.c is not None and self.hidden_horizon not in (None, self.horizon):
            reach += f" (at h alone below 1 % from lag {self.hidden_horizon})"
        decay, half_life = self.decay, self.half_life
        if math.isnan(decay):
            return f"{named}: {self.verdict}; the gradient {reach}, too few lags to fit a decay to"
        half = "does not halve" if math.isinf(half_life) else f"halves every {half_life:.3g} steps"
        return (
            f"{named}: {self.verdict}; the gradient {reach} and changes by a factor of {decay:.4g} a step "
            f"({half})"
        )


def gradient_flow(
    model: Any,
    x: Any,
    target: Any = None,
    *,
    lengths: Any = None,
    mask: Any = None,
    at: int | None = None,
    probes: int = 8,
    seed: int = 0,
) -> tuple[Flow, ...]:
    """Return how far back the gradient of the last step reaches, for every layer and direction.

    Parameters
    ----------
    model, x, lengths, mask
        As in :func:`remy.inspect.trace`.
    target
        What was right: the gradient is that of the loss of the last answer. None, for a module: that of the
        layer's last state along random directions, so that the recurrence alone is measured.
    at
        Another step than the last, for models with an answer at each.
    probes
        Random directions.
    seed
        Of the directions.

    Returns
    -------
    tuple of Flow
        In the order of :attr:`remy.inspect.Trace.layers`.

    Raises
    ------
    UsageError, ShapeError, DataError
        As :func:`remy.inspect.trace`.

    Examples
    --------
    A linear recurrence that keeps nine tenths of its state a step:

    >>> import torch
    >>> from remy.inspect import gradient_flow
    >>> from remy.layers import SimpleRNN
    >>> layer = SimpleRNN(4, activation="linear", recurrent_initializer=lambda w: w.copy_(0.9 * torch.eye(4)))
    >>> round(gradient_flow(layer, torch.ones(1, 50, 3))[0].decay, 3)
    0.9
    """
    if not isinstance(probes, int | np.integer) or probes < 1:
        raise UsageError(f"probes: expected a whole number of at least 1, got {probes}")
    subject = subject_of(model, x, target, lengths=lengths, mask=mask, output=None)
    with undisturbed(subject.network):
        if subject.losses is None:
            runs, _, _ = run_once(subject, stride=_NO_LIMIT)
            return tuple(_probed(LayerSteps(run), probes, seed) for run in runs)
        with torch.no_grad():
            answers = subject.losses(subject.answer(subject.network)).dim()
        place = -1 if at is None and answers == 2 else at
        runs, _, _ = run_once(subject, at=place, stride=_NO_LIMIT)
        found = []
        for run in runs:
            steps = LayerSteps(run)
            found.append(by_lag(steps))
    return tuple(found)


def _probed(steps: LayerSteps, probes: int, seed: int) -> Flow:
    """Return the flow of random directions of the last state, each of length 1."""
    generator = torch.Generator().manual_seed(seed)
    # Of all calls that the sequence took, one.
    a = steps.arguments.by_time()._replace(
        x=steps.x.transpose(0, 1), mask=steps.valid.transpose(0, 1), lengths=None, zero_output=False
    )
    batch, units = len(steps.h), steps.h.shape[2]
    squares: list[Flow] = []
    for _ in range(probes):
        direction = torch.randn(batch, units, generator=generator, dtype=torch.float64)
        d_h = (direction / direction.norm(dim=1, keepdim=True)).to(a.x.dtype)
        run = Run(steps.place, [Segment(gone_back(a, d_h, None)[0], 0)], a.steps)
        squares.append(by_lag(LayerSteps(run)))
    return _mean(squares)


def _mean(flows: list[Flow]) -> Flow:
    def together(name: str) -> Any:
        return np.sqrt(np.mean([np.square(getattr(flow, name)) for flow in flows], axis=0))

    first = flows[0]
    c = None if first.c is None else together("c")
    return Flow(
        first.name, first.direction, first.cell, first.lags,
        together("h"), c, together("units"), together("carried"),
    )  # fmt: skip


def by_lag(steps: LayerSteps) -> Flow:
    """Order the gradients of a layer by the lag: from each row's last step with one, as the layer reads.

    Norms are root mean squares over the rows that reach so far back.
    """
    # In float64: squares of what explodes would overflow.
    d_h, d_c, d_later = (
        None if t is None else t.detach().double().numpy() for t in (steps.d_h, steps.d_c, steps.later_c)
    )
    assert d_h is not None
    valid = steps.valid.numpy()
    by_row = [_row_by_lag(valid[row], d_h[row], steps.reverse) for row in range(len(d_h))]
    count = max(1, *(len(row) for row in by_row))

    def sizes(gradient: Array) -> Array:
        rows = [np.linalg.norm(gradient[row][order], axis=1) for row, order in enumerate(by_row)]
        return _over_rows(rows, count)

    units = _over_rows([np.abs(d_h[row][order]) for row, order in enumerate(by_row)], count)
    carried = d_h if d_later is None else np.concatenate([d_h, d_later], axis=2)
    return Flow(
        steps.place.name, steps.place.direction, steps.arguments.cell, np.arange(count),
        sizes(d_h), None if d_c is None else sizes(d_c), units, sizes(carried),
    )  # fmt: skip


def _row_by_lag(valid: Array, d_h: Array, reverse: bool) -> Array:
    """Return the valid steps from the last one with a gradient back to the first."""
    order = np.flatnonzero(valid)
    order = order if reverse else order[::-1]  # the step that is taken last comes first
    touched = np.flatnonzero(np.abs(d_h[order]).sum(axis=1) > 0)
    return order[touched[0] :] if len(touched) else order[:0]


def _over_rows(rows: list[Any], count: int) -> Array:
    """Return the root mean square over the rows that reach a lag; infinite where it overflowed."""
    shape = rows[0].shape[1:]
    total, reached = np.zeros((count, *shape)), np.zeros((count, *[1] * len(shape)))
    for row in rows:
        total[: len(row)] += np.square(row, dtype=np.float64)
        reached[: len(row)] += 1
    found: Array = np.sqrt(total / np.maximum(reached, 1))
    return np.nan_to_num(found, nan=np.inf, posinf=np.inf)  # states are finite: NaN comes of infinities


def _below(sizes: Array) -> int | None:
    """Return the first place from which all are below 1 % of the first; None where there is none."""
    above = np.flatnonzero(sizes >= HORIZON * sizes[0])
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(sizes) else None


def fitted_decay(sizes: Array) -> float:
    """Return the factor a step, by least squares of the logarithms over the later half of what is not noise.

    The later half, as what is left there is the slowest part: the first lags also hold what dies at once.
    Where sizes go up and down, as with complex eigenvalues, the line goes through the tops.
    """
    noise = np.maximum(_NOISE * np.maximum.accumulate(sizes), 1e-36)
    below = np.flatnonzero(~((sizes > noise) & np.isfinite(sizes)))
    usable = int(below[0]) if len(below) else len(sizes)
    if usable < 2:
        return 0.0 if usable and len(sizes) > 1 else math.nan
    lags = np.arange(min(usable // 2, usable - 2), usable)
    slope, height = np.polyfit(lags, np.log(sizes[lags]), 1)
    if np.std(np.log(sizes[lags]) - (slope * lags + height)) > _WAVES:
        inner = np.arange(1, usable - 1)
        tops = inner[(sizes[inner] >= sizes[inner - 1]) & (sizes[inner] > sizes[inner + 1])]
        tops = tops[tops >= usable // 4]
        if len(tops) >= 2:
            slope = np.polyfit(tops, np.log(sizes[tops]), 1)[0]
    return float(np.exp(slope))
