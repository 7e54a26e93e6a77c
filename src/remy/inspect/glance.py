"""A glance at a network while it trains: how far back gradients reach and where its gates stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from remy.inspect.flow import Flow, by_lag
from remy.inspect.layers import LayerSteps
from remy.inspect.probing import gone_back
from remy.inspect.recorder import Place, Run, Segment, places
from remy.ops.arguments import Arguments
from remy.ops.interface import unwatched
from remy.ops.watching import Recording, Result

#: Rows of a batch that are looked at: the time it takes grows with them, what is learned hardly.
ROWS = 8
#: A gate below or above this is shut or open; its derivative is then at most 5 % of its value.
LOW, HIGH = 0.05, 0.95
#: An update gate that never comes below this keeps a state for ever.
KEPT = 0.99


@dataclass(frozen=True)
class GateLevel:
    """Where a gate stands, over all rows, steps and units that were looked at.

    Attributes
    ----------
    mean
        Its mean.
    low, high
        Shares of its values below 0.05 and above 0.95; for what a tanh gives, below -0.95 and above 0.95.
    """

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class LayerGlance:
    """What was seen of one recurrent layer and direction.

    Attributes
    ----------
    flow
        The gradient by lag, from a random direction of length 1 at each row's last state, through the
        recurrence alone.
    gates
        By name; of a simple layer with tanh its state, as ``state``.
    dead
        Of each way to be dead the share of the units that are, at every step and row looked at: ``forget``,
        ``input`` and ``output`` gates below 0.05, an ``update`` gate above 0.99, a ``relu`` that gives 0, a
        ``tanh`` that stays above 0.95 or below -0.95.
    any_dead
        Share of the units that are dead in any of these ways.
    recurrent_kernel
        ``(H, G*H)``, of the layer itself: look before it changes.
    """

    flow: Flow
    gates: dict[str, GateLevel]
    dead: dict[str, float]
    any_dead: float
    recurrent_kernel: Tensor


class Glance:
    """Lets every recurrent call of a network run as it would, and keeps a few rows of what it was given.

    To be given to :func:`remy.ops.watch`; nothing that the network computes changes by a bit.

    Parameters
    ----------
    network
        Its layers give the names; calls of others are let through.
    rows
        How many rows to keep, spread over the batch.
    """

    def __init__(self, network: torch.nn.Module, *, rows: int = ROWS) -> None:
        self._places = places(network)
        self._rows = rows
        self._sequences: dict[int, list[list[Arguments]]] = {}
        self._ends: dict[int, Tensor] = {}

    def __call__(self, a: Arguments, loop: bool) -> Result:
        """Compute a call."""
        result = unwatched(a, loop=loop)
        key = id(a.recurrent_kernel)
        if key in self._places and a.batch and a.steps:
            few = _few(a, self._rows)
            before, h = self._sequences.setdefault(key, []), _chosen(result.h, self._rows)
            # Who reads step by step, as a decoder that is fed what it wrote, goes on where it ended.
            goes_on = before and few.h0 is not None and torch.equal(few.h0, self._ends[key])
            if goes_on and not a.reverse:
                before[-1].append(few)
            else:
                before.append([few])
            self._ends[key] = h
        return result

    def measure(self, *, seed: Sequence[int] = (0,)) -> list[LayerGlance]:
        """Return what was seen of each layer's longest sequence, in the order of first calls.

        Parameters
        ----------
        seed
            Of the random directions.
        """
        generator = np.random.default_rng(seed)
        found = []
        for key, sequences in self._sequences.items():
            longest = max(sequences, key=lambda calls: sum(a.steps for a in calls))
            units = longest[0].units
            direction = generator.standard_normal((longest[0].batch, units))
            direction /= np.linalg.norm(direction, axis=1, keepdims=True)
            d_h = torch.from_numpy(direction).to(longest[0].x.dtype)
            found.append(_measured(self._places[key], longest, d_h))
        return found


def _chosen(t: Tensor, rows: int, axis: int = 0) -> Tensor:
    """Return rows spread over an axis, copied, on the CPU and as wide as the core takes them."""
    count = t.shape[axis]
    places = torch.arange(min(rows, count), device=t.device) * count // min(rows, count)
    return _for_core(t.detach().index_select(axis, places))


def _for_core(t: Tensor) -> Tensor:
    return t.detach().cpu().float() if t.dtype in (torch.float16, torch.bfloat16) else t.detach().cpu()


def _few(a: Arguments, rows: int) -> Arguments:
    a = a.by_time()

    def chosen(t: Tensor | None, axis: int = 0) -> Tensor | None:
        return None if t is None else _chosen(t, rows, axis)

    return a._replace(
        x=_chosen(a.x, rows, 1),
        kernel=_for_core(a.kernel),
        recurrent_kernel=_for_core(a.recurrent_kernel),
        bias=None if a.bias is None else _for_core(a.bias),
        h0=chosen(a.h0),
        c0=chosen(a.c0),
        lengths=chosen(a.lengths),
        mask=chosen(a.mask, 1),
        recurrent_dropout=chosen(a.recurrent_dropout),
    )


def _measured(place: Place, calls: list[Arguments], direction: Tensor) -> LayerGlance:
    recordings: list[Recording] = []
    d_h, d_c = direction, None
    for a in reversed(calls):
        recording, d_h, d_c = gone_back(a, d_h, d_c)
        recordings.insert(0, recording)
    run = Run(place)
    for recording in recordings:
        run.segments.append(Segment(recording, run.steps))
        run.steps += recording.arguments.steps
    steps = LayerSteps(run)
    flow = by_lag(steps)
    dead = _dead(steps)
    shares = {way: float(of_units.float().mean()) for way, of_units in dead.items()}
    any_dead = float(torch.stack(list(dead.values())).any(dim=0).float().mean()) if dead else 0.0
    return LayerGlance(flow, _levels(steps), shares, any_dead, calls[0].recurrent_kernel)


def _levels(steps: LayerSteps) -> dict[str, GateLevel]:
    """Return where each gate stands at the steps that count."""
    if steps.arguments.cell == "simple_rnn_tanh":
        return {"state": _level(_counting(steps, steps.h), -HIGH)}
    slots = _counting(steps, steps.slots)
    return {
        name: _level(slots[:, k], -HIGH if name == "candidate" else LOW)
        for k, name in enumerate(steps.arguments.sizes.gate_names)
    }


def _level(values: Tensor, low: float) -> GateLevel:
    count = max(1, values.numel())
    below, above = int((values < low).sum()), int((values > HIGH).sum())
    return GateLevel(float(values.sum()) / count, below / count, above / count)


def _dead(steps: LayerSteps) -> dict[str, Tensor]:
    """Return of each way to be dead which of the units are, ``(H,)``."""
    family = steps.arguments.sizes.family
    values = _counting(steps, steps.slots if steps.arguments.sizes.gate_names else steps.h)
    if len(values) < 2:  # of a single step every unit looks alike
        return {}
    if family == "lstm":
        shut = (values < LOW).all(dim=0)
        return {"forget": shut[1], "input": shut[0], "output": shut[3]}
    if family == "gru":
        return {"update": (values[:, 0] > KEPT).all(dim=0)}
    if steps.arguments.cell == "simple_rnn_relu":
        return {"relu": (values <= 0).all(dim=0)}
    if steps.arguments.cell == "simple_rnn_tanh":
        return {"tanh": (values > HIGH).all(dim=0) | (values < -HIGH).all(dim=0)}
    return {}


def _counting(steps: LayerSteps, t: Tensor) -> Tensor:
    """Return the rows and steps that count, ``(N, ...)``."""
    return t.flatten(0, 1) if steps.all_count else t[steps.valid]
