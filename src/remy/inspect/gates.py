"""How a layer uses its gates: how often each is open, shut or saturated, and how long each unit remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np

from remy.errors import DataError, UsageError
from remy.inspect.record import Array, LayerTrace, Trace

#: A gate above is open, below the other shut.
OPEN, SHUT = 0.9, 0.1
#: An activation is saturated where its slope is below this share of its largest slope.
SATURATED = 0.01
#: A unit whose state stays within this range over all steps never moves.
STILL = 1e-3


@dataclass(frozen=True)
class GateUse:
    """What the gates of a layer did over the steps that count; shares are from 0 to 1.

    Attributes
    ----------
    name, direction, cell
        Of the layer.
    steps
        Number of steps that count, all rows together.
    gates
        Names of the G gates between 0 and 1: ``input, forget, output`` or ``update, reset``; none of the
        simple cell.
    mean
        ``(G, H)``: the mean of each gate.
    open, shut
        ``(G, H)``: share of the steps at which it is above 0.9, and below 0.1.
    saturated
        ``(G, H)``: share of the steps at which the sigmoid's slope, ``s (1 - s)``, is below 1 % of its
        largest, 1/4: the pre-activation is further than 5.99 from zero.
    candidate_saturated
        ``(H,)``: the same of the candidate: the slope ``1 - tanh²`` is below 0.01, the pre-activation
        further than 2.99 from zero. Of a simple cell the state's: of a rectified one the steps at which it
        is 0, of a linear one none.
    cell_saturated
        ``(H,)``: the same of ``tanh c``; None without a cell state.
    sealed
        ``(H,)`` bool: nothing entered or left the unit. Of the LSTM the input or the output gate was shut at
        every step, of the GRU the update gate, which keeps the old state, was open at every step.
    still
        ``(H,)`` bool: ``h`` never moved: from row to row and step to step it stays within 0.001.
    """

    name: str
    direction: str
    cell: str
    steps: int
    gates: tuple[str, ...]
    mean: Array
    open: Array
    shut: Array
    saturated: Array
    candidate_saturated: Array
    cell_saturated: Array | None
    sealed: Array
    still: Array

    @property
    def dead(self) -> Array:
        """``(H,)`` bool: units that are sealed or still."""
        found: Array = self.sealed | self.still
        return found

    def of(self, gate: str) -> dict[str, Array]:
        """Return ``mean``, ``open``, ``shut`` and ``saturated`` of one gate, ``(H,)`` each.

        Raises
        ------
        UsageError
            If the layer has no such gate.
        """
        if gate not in self.gates:
            has = ", ".join(self.gates) or "none, it is a simple cell"
            raise UsageError(f"gate_use: {self.name} has no gate '{gate}'; its gates: {has}")
        place = self.gates.index(gate)
        return {name: getattr(self, name)[place] for name in ("mean", "open", "shut", "saturated")}

    def __str__(self) -> str:
        parts = [
            f"{gate} gate open {self.open[g].mean():.0%}, shut {self.shut[g].mean():.0%}, "
            f"saturated {self.saturated[g].mean():.0%} of the time"
            for g, gate in enumerate(self.gates)
        ]
        what = "candidate" if self.gates else "state"
        parts.append(f"{what} saturated {self.candidate_saturated.mean():.0%}")
        if self.cell_saturated is not None:
            parts.append(f"cell state saturated {self.cell_saturated.mean():.0%}")
        units = len(self.dead)
        parts.append(
            f"{int(self.dead.sum())} of {units} units dead ({int(self.sealed.sum())} sealed, "
            f"{int(self.still.sum())} still)"
        )
        return (
            f"{self.name} ({self.cell}, {self.direction}), {self.steps:,} "
            f"step{'' if self.steps == 1 else 's'}: " + "; ".join(parts)
        )


@overload
def gate_use(traced: LayerTrace) -> GateUse: ...
@overload
def gate_use(traced: Trace) -> tuple[GateUse, ...]: ...
def gate_use(traced: LayerTrace | Trace) -> GateUse | tuple[GateUse, ...]:
    """Return how often each gate of each unit is open, shut and saturated, and which units are dead.

    The shares of open and shut gates as in A. Karpathy, J. Johnson and L. Fei-Fei, *Visualizing and
    Understanding Recurrent Networks*, 2015.

    Parameters
    ----------
    traced
        A layer of a trace; or a trace, for all its layers.

    Returns
    -------
    GateUse, or a tuple of them
        In the order of :attr:`remy.inspect.Trace.layers`.

    Raises
    ------
    DataError
        If no step counts.

    Examples
    --------
    A forget gate whose bias is 4 is open at every step, and its unit remembers for 55 of them:

    >>> import torch
    >>> from remy.inspect import trace
    >>> from remy.inspect.gates import gate_use, time_constants
    >>> from remy.layers import LSTM
    >>> layer = LSTM(1, input_size=1, kernel_initializer="zeros", recurrent_initializer="zeros")
    >>> _ = layer.bias.data.copy_(torch.tensor([0.0, 4.0, 0.0, 0.0]))
    >>> found = trace(layer, torch.ones(1, 6, 1)).layers[0]
    >>> gate_use(found).of("forget")["open"], time_constants(found).round(1)
    (array([1.]), array([55.1]))
    """
    if isinstance(traced, Trace):
        return tuple(gate_use(layer) for layer in traced.layers)
    names = tuple(name for name in traced.gate_names if name != "candidate")
    # (G, N, H) of the N steps that count.
    values = (
        np.stack([_counting(traced, traced.gate(name)) for name in names])
        if names
        else np.zeros((0, 1, traced.units))
    )
    h = _counting(traced, traced.h)
    c = None if traced.c is None else _counting(traced, traced.c)
    return GateUse(
        name=traced.name,
        direction=traced.direction,
        cell=traced.cell,
        steps=len(h),
        gates=names,
        mean=values.mean(axis=1),
        open=(values > OPEN).mean(axis=1),
        shut=(values < SHUT).mean(axis=1),
        saturated=(values * (1 - values) < SATURATED / 4).mean(axis=1),
        candidate_saturated=_saturated_candidate(
            traced, h, _counting(traced, traced.gate("candidate")) if names else h
        ),
        cell_saturated=None if c is None else _flat(np.tanh(c)),
        sealed=_sealed(names, values),
        still=np.ptp(h, axis=0) < STILL if len(h) > 1 else np.zeros(traced.units, bool),
    )


def time_constants(layer: LayerTrace) -> Array:
    """Return in how many steps each unit's state decays to 1/e of itself, by its gate alone.

    ``τ = -1 / mean_t(ln g_t)`` with the gate ``g`` that keeps the old state: the LSTM's forget gate, and the
    GRU's update gate (Keras's convention: ``h_t = z ⊙ h_{t-1} + (1 - z) ⊙ candidate``). The mean is over the
    steps that count, of all rows; as it is of logarithms, ``exp(-T / τ)`` is what the product of T gates
    leaves of a state. What comes back through the recurrent kernel is left out; :func:`gradient_flow` has it.

    Parameters
    ----------
    layer
        Of a trace.

    Returns
    -------
    ndarray
        ``(H,)``, in steps; infinite where the gate is 1 in the precision of the network, 0 where it is 0.

    Raises
    ------
    UsageError
        If the cell is simple: it has no gate that keeps a state.
    DataError
        If no step counts.

    See Also
    --------
    gate_use : an example.
    """
    keeping = next((name for name in ("forget", "update") if name in layer.gate_names), None)
    if keeping is None:
        raise UsageError(
            f"time_constants: {layer.name} is a {layer.cell}, which has no gate that keeps a state; expected "
            "an LSTM or a GRU; gradient_flow gives the half-life of its gradient"
        )
    with np.errstate(divide="ignore"):
        kept = np.log(_counting(layer, layer.gate(keeping))).mean(axis=0)
        found: Array = 1 / np.abs(kept)
    return found


def _counting(layer: LayerTrace, array: Array) -> Array:
    """Return the steps that count of an array ``(B, T, H)`` in float64, ``(N, H)``."""
    if not layer.valid.any():
        raise DataError(f"{layer.name}: expected a step that counts, all are masked; pass another mask")
    found: Array = array[layer.valid].astype(np.float64)
    return found


def _flat(squashed: Array) -> Array:
    """Return the share (H,) of values (N, H) of a tanh at which its slope is below 1 % of its largest."""
    found: Array = (1 - squashed**2 < SATURATED).mean(axis=0)
    return found


def _saturated_candidate(layer: LayerTrace, h: Array, candidate: Array) -> Array:
    if layer.cell == "simple_rnn_relu":
        found: Array = (h <= 0).mean(axis=0)
        return found
    if layer.cell == "simple_rnn_linear":
        return np.zeros(layer.units)
    return _flat(candidate)


def _sealed(names: tuple[str, ...], values: Array) -> Array:
    sealed = np.zeros(values.shape[2], bool)
    if "update" in names:
        sealed |= (values[names.index("update")] > OPEN).all(axis=0)
    for name in {"input", "output"} & set(names):
        sealed |= (values[names.index(name)] < SHUT).all(axis=0)
    return sealed
