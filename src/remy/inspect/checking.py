"""A trace's checks of itself: the float64 reference step by step, and slopes by finite differences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from remy import ops, reference
from remy.inspect.layers import LayerSteps
from remy.inspect.override import Override
from remy.inspect.record import Array
from remy.inspect.recorder import Recorder
from remy.inspect.subject import Subject, in_float64
from remy.reference import CELLS, Step
from remy.reference.cell import sigmoid

#: Steps of each layer that are held against the reference where not all are.
SAMPLE = 3
# Products up to this size NumPy's BLAS does with one thread; the others of its pool would go on spinning for
# milliseconds, beside the kernels that are measured next.
_SMALL_PRODUCT = 1 << 18


def against_reference(layer: LayerSteps, *, every: bool) -> tuple[float, float | None] | None:
    """Return how far the kernel's steps, and its gradients, are from the reference's.

    Each step is taken by the reference from the states that the kernel had before it, and gone back from the
    gradients that the kernel had after it: where every step agrees, the whole does.

    Returns
    -------
    forward : float
        The largest difference of a state, a gate or an activated pre-activation.
    backward : float or None
        The largest difference of a gradient, relative to the largest gradient; None without gradients.

    None instead of both where no step can be compared: all are masked, or something is held in each.
    """
    rows, steps = _chosen(layer, every=every)
    if not len(rows):
        return None
    a = layer.arguments
    together = _SMALL_PRODUCT // (max(a.kernel.shape) * max(a.x.shape[2], a.units))
    size = len(rows) if every else max(2, together)
    weights = tuple(_wide(w) for w in (a.kernel, a.recurrent_kernel, a.bias))
    largest = np.zeros(3)
    with np.errstate(over="ignore", invalid="ignore"):  # gradients that exploded: the residual is NaN
        for start in range(0, len(rows), size):
            places = rows[start : start + size], steps[start : start + size]
            largest = np.maximum(largest, _of_steps(layer, places, weights))
    forward, backward, scale = map(float, largest)
    return forward, None if layer.d_h is None else backward / (scale or 1.0)


def _of_steps(
    layer: LayerSteps, places: tuple[Array, Array], weights: tuple[Array | None, ...]
) -> tuple[float, float, float]:
    """Return the largest difference there and back, and the largest gradient, of the steps at `places`."""

    def at(t: Tensor | None) -> Array | None:
        return None if t is None else t.detach().cpu().numpy()[places].astype(np.float64)

    cell = layer.arguments.cell
    kernel, recurrent_kernel, bias = weights
    x, h, c = at(layer.x), at(layer.h_before), at(layer.c_before)
    assert x is not None
    assert h is not None
    assert kernel is not None
    assert recurrent_kernel is not None
    step = reference.cell_step(cell, x, h, c, kernel, recurrent_kernel, bias)
    found = [(at(layer.h), step.h), (at(layer.c), step.c), (at(layer.slots), step.gates)]
    before = at(layer.preactivations)
    assert before is not None
    found.append((_activated(before, cell), _gates_of(step, cell)))
    d_h = at(layer.d_h)
    if d_h is None:
        return _largest(found), 0.0, 0.0
    back = CELLS[cell].backward(
        x, h, c, kernel, recurrent_kernel, np.ones_like(h), step, d_h, at(layer.later_c)
    )
    pairs = [(at(layer.back), back.h), (at(layer.d_x), back.x), (at(layer.d_c), back.arriving_c)]
    scale = max(float(np.abs(truth).max(initial=0.0)) for _, truth in pairs if truth is not None)
    return _largest(found), _largest(pairs), scale


def _wide(t: Tensor | None) -> Array | None:
    return None if t is None else np.asarray(t.detach().cpu().double().numpy())


def _chosen(layer: LayerSteps, *, every: bool) -> tuple[Array, Array]:
    """Return rows and steps that count and in which nothing was held."""
    free = layer.valid.numpy()
    if layer.held is not None:
        free = free & ~layer.held.flatten(2).any(dim=2).numpy()
    rows, steps = np.nonzero(free)
    if every or len(rows) <= SAMPLE:
        return rows, steps
    chosen = [k * (len(rows) - 1) // (SAMPLE - 1) for k in range(SAMPLE)]  # the first and the last among them
    return rows[chosen], steps[chosen]


def _activated(a: Array, cell: str) -> Array:
    """Return the gates, or of the simple cell the state, that pre-activations (N, G, H) lead to."""
    if not ops.CELLS[cell].gate_names:
        if cell == "simple_rnn_linear":
            return a
        return np.asarray(np.tanh(a) if cell == "simple_rnn_tanh" else np.maximum(a, 0))
    candidate = ops.CELLS[cell].gate_names.index("candidate")
    found = sigmoid(a)
    found[:, candidate] = np.tanh(a[:, candidate])
    return found


def _gates_of(step: Step, cell: str) -> Array:
    return step.gates[:, : len(ops.CELLS[cell].gate_names)] if ops.CELLS[cell].gate_names else step.h[:, None]


def _largest(pairs: Sequence[tuple[Array | None, Array | None]]) -> float:
    """Return the largest difference; NaN where there is one, which `max` would pass over."""
    differences = [
        np.abs(found - truth).max(initial=0.0)
        for found, truth in pairs
        if found is not None and truth is not None
    ]
    return float(np.max(differences))


def by_finite_differences(
    subject: Subject, layers: Sequence[LayerSteps], overrides: Sequence[Override], at: int | None
) -> float:
    """Return the largest relative difference of a slope of the loss by gradients and by differences.

    The inputs of one layer at a time are moved along a random direction, in float64, a small step to both
    sides.
    """
    network = in_float64(subject.network)
    generator = torch.Generator().manual_seed(0)
    each = []
    for layer in layers:
        assert layer.d_x is not None
        direction = torch.randn(layer.x.shape, generator=generator, dtype=torch.float64)
        step = 1e-4 / max(1.0, float(direction.norm()) ** 0.5)
        slope = float((layer.d_x.double() * direction).sum())
        losses = []
        for sign in (1.0, -1.0):
            nudge = ((layer.place.name, layer.place.direction), sign * step * direction)
            recorder = Recorder(network, token=None, overrides=overrides, nudge=nudge)
            with torch.no_grad(), ops.watch(recorder):
                loss = subject.loss(subject.answer(network), at)
            assert loss is not None
            losses.append(float(loss))
        measured = (losses[0] - losses[1]) / (2 * step)
        each.append(abs(measured - slope) / max(abs(measured), abs(slope), 1e-30))
    return float(np.max(each))
