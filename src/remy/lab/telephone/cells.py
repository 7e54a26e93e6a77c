"""Measuring layers that have learned nothing: gradients by lag and at the weights, and the links."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import torch
from torch import Tensor

from remy.errors import DataError
from remy.inspect import Flow, LayerTrace, gradient_flow, trace
from remy.inspect.record import Array
from remy.lab.cache import Cache
from remy.lab.schemas.telephone import CellLinks, FlowAsked
from remy.layers.recurrent import Recurrent
from remy.tasks.comparison.started import started_layer

#: Rows and features of what the layers read, as :func:`remy.tasks.comparison.compare_starts` has them.
ROWS, FEATURES = 4, 8
CELLS: Final = ("lstm", "gru", "simple_rnn")
# Smaller gradients come close to what float32 can hold: their shares would be noise.
_LOST = 1e-30
NAMES: Final = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


@dataclass(frozen=True)
class Piece:
    """All that decides one layer: settings of other cells are not in it, so they make nothing anew."""

    cell: str
    seed: int
    steps: int
    units: int
    recipe: str
    scale: float
    bias: float | None
    activation: str | None
    reset_after: bool | None

    @classmethod
    def of(cls, asked: FlowAsked, cell: str, seed: int) -> Piece:
        """Return what of a question concerns one cell."""
        start = asked.start
        return cls(
            cell,
            seed,
            asked.steps,
            asked.units,
            start.recipe,
            start.recurrent_scale,
            {"lstm": start.forget_bias, "gru": start.update_bias}.get(cell),
            asked.activation if cell == "simple_rnn" else None,
            asked.reset_after if cell == "gru" else None,
        )

    def layer_and_input(self) -> tuple[Recurrent, Tensor]:
        """Return the layer and what it reads ``(B, T, 8)``, drawn one after the other."""
        generator = torch.Generator().manual_seed(self.seed)
        own = {"activation": self.activation, "reset_after": self.reset_after}
        layer = started_layer(
            self.cell,
            self.units,
            input_size=FEATURES,
            generator=generator,
            recipe=self.recipe,
            bias=self.bias,
            scale=self.scale,
            **{name: value for name, value in own.items() if value is not None},
        )
        return layer, torch.randn(ROWS, self.steps, FEATURES, generator=generator)

    def direction(self) -> Tensor:
        """Return a random direction ``(B, H)`` of length 1 for each row: the first that the flow follows."""
        generator = torch.Generator().manual_seed(self.seed)
        drawn = torch.randn(ROWS, self.units, generator=generator, dtype=torch.float64)
        found: Tensor = drawn / drawn.norm(dim=1, keepdim=True)
        return found.float()


@dataclass(frozen=True)
class Measured:
    """What of one layer is the same whatever is clipped.

    Attributes
    ----------
    flow
        The gradient by lag.
    norm
        Of the gradient over all weights, for the mean over the rows of the last state along a direction.
    """

    flow: Flow
    norm: float


_measured = Cache[Piece, Measured](most=400)
_linked = Cache[Piece, CellLinks](most=100)


def measure(piece: Piece) -> Measured:
    """Measure a layer, or return what was measured lately.

    Raises
    ------
    DataError
        If its states overflow.
    """
    return _measured.get(piece, partial(_measure, piece))


def links_of(piece: Piece) -> CellLinks:
    """Return what every step does on the way back, or what was measured lately."""
    return _linked.get(piece, partial(_links, piece))


def _measure(piece: Piece) -> Measured:
    layer, x = piece.layer_and_input()
    try:
        flow = gradient_flow(layer, x, seed=piece.seed)[0]
    except DataError as error:
        raise DataError(
            f"flow: expected states that float32 can hold, got more from {NAMES[piece.cell]} within "
            f"{piece.steps} steps; take a smaller recurrent scale, fewer steps or tanh"
        ) from error
    along = (layer(x) * piece.direction()).sum(dim=1).mean()
    gradients = torch.autograd.grad(along, list(layer.parameters()))
    norm = float(torch.cat([each.flatten() for each in gradients]).double().norm())
    return Measured(flow, norm)


def _links(piece: Piece) -> CellLinks:
    layer, x = piece.layer_and_input()
    with torch.no_grad():
        last = layer(x)
    # The mean squared error whose gradient at each row's last state is the direction.
    target = last - piece.direction() * (last.numel() / 2)
    found = trace(layer, x, target=target, check="none").layers[0]
    passed, by_cell, by_gates = _passed(found)
    norms = found.jacobians
    return CellLinks(
        state=_over_rows(norms.state),
        hidden=_over_rows(norms.hidden),
        cell_road=_over_rows(norms.cell_road),
        gate_road=_over_rows(norms.gate_road),
        carried=piece.units * (1 if found.c is None else 2),
        passed=passed,
        passed_cell=by_cell,
        passed_gates=by_gates,
    )


def _passed(layer: LayerTrace) -> tuple[Array, Array, Array]:
    """Return ``(T,)`` each: what a step hands back as a share of what arrived, whole and by either road."""
    gradients = layer.gradients
    assert gradients is not None
    by_cell, by_gates = _over_rows(gradients.cell_road), _over_rows(gradients.gate_road)
    at_h = _over_rows(gradients.norms["h"])
    if layer.c is None:
        arrived = at_h
        # What left the first step reached the initial state, whose gradient the trace does not keep.
        handed = np.append(np.nan, at_h[:-1])
    else:
        # Apart from h stands c: what reaches them by the two roads are sides of a right angle.
        handed = np.hypot(by_cell, by_gates)
        arrived = np.append(handed[1:], at_h[-1])
    arrived = np.where(arrived < _LOST, np.nan, arrived)
    return handed / arrived, by_cell / arrived, by_gates / arrived


def _over_rows(norms: Array) -> Array:
    """Return the root mean square over the rows, as a flow has it."""
    found: Array = np.sqrt(np.mean(np.square(norms, dtype=np.float64), axis=0))
    return found
