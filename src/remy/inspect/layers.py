"""From the recordings of a layer to its trace."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from remy.inspect.jacobian import StepValues, jacobian_norms
from remy.inspect.record import Array, Gradients, LayerTrace
from remy.inspect.recorder import Run, Segment
from remy.ops import CELLS
from remy.ops.arguments import Arguments


class LayerSteps:
    """Everything of one layer, all steps in the order of the input, as tensors ``(B, T, ...)``.

    Attributes
    ----------
    x, valid, all_count, h, c, h_before, c_before, slots
        What the layer read, which steps count and whether all do, the states after and before each step, and
        the kernel's slots.
    d_h, d_c, d_x
        The gradients that arrived; None where nobody went back.
    back
        ``(B, T, H)``: the gradient that each step handed to the h before it.
    later_c
        ``(B, T, H)``: the gradient that reached each c from later steps only.
    held
        ``(B, T, G + 2, H)``: where a gate, the new h or the new c was held; None where nothing was.
    """

    def __init__(self, run: Run) -> None:
        self.place = run.place
        self.segments = sorted(run.segments, key=lambda segment: segment.start)
        first: Arguments = self.segments[0].recording.arguments
        self.arguments = first
        self.reverse = first.reverse
        recordings = [segment.recording for segment in self.segments]
        self.x = _joined([_rows_first(r.arguments, r.arguments.x) for r in recordings]).detach()
        self.valid = _joined([_valid(r.arguments) for r in recordings])
        self.all_count = bool(self.valid.all())
        self.h = _joined([r.states for r in recordings])
        self.c = _joined_or_none([r.cells for r in recordings])
        self.slots = _joined([r.gates for r in recordings])
        self.h_before = _joined(
            [self._shifted(s, s.recording.states, s.recording.arguments.h0) for s in self.segments]
        )
        self.c_before = _joined_or_none(
            [
                None
                if s.recording.cells is None
                else self._shifted(s, s.recording.cells, s.recording.arguments.c0)
                for s in self.segments
            ]
        )
        self.held = self._held()
        self.d_h = _joined_or_none([r.d_states for r in recordings])
        self.d_c = _joined_or_none([r.d_cells for r in recordings])
        self.d_x = _joined_or_none([r.d_x for r in recordings])
        self.back = self.later_c = None
        if self.d_h is not None:
            self.back = _joined([self._back(segment) for segment in self.segments])
            if self.d_c is not None:
                self.later_c = _joined([self._later_c(segment) for segment in self.segments])

    def _held(self) -> Tensor | None:
        if not any(segment.held for segment in self.segments):
            return None
        names = (*self.arguments.sizes.gate_names, "h", "c")
        found = torch.zeros(*self.h.shape[:2], len(names), self.h.shape[2], dtype=torch.bool)
        for segment in self.segments:
            for name, (where, _) in (segment.held or {}).items():
                found[:, segment.start : segment.stop, names.index(name)] = where.transpose(0, 1)
        return found

    def _shifted(self, segment: Segment, after: Tensor, start: Tensor | None) -> Tensor:
        """Return the states before each step of a segment."""
        zeros = after.new_zeros(after.shape[0], 1, after.shape[2])
        begin = zeros if start is None else start.detach()[:, None]
        parts = [after[:, 1:], begin] if self.reverse else [begin, after[:, :-1]]
        return torch.cat(parts, dim=1)

    def _back(self, segment: Segment) -> Tensor:
        r = segment.recording
        assert r.d_states is not None
        assert r.d_h0 is not None
        inner = r.d_states
        if r.d_outputs is not None:
            outside = r.d_outputs
            if r.arguments.zero_output:
                outside = outside * _valid(r.arguments)[..., None]
            inner = inner - outside
        begin = r.d_h0[:, None]
        return torch.cat([inner[:, 1:], begin] if self.reverse else [begin, inner[:, :-1]], dim=1)

    def _later_c(self, segment: Segment) -> Tensor:
        assert self.by_cell_road is not None
        handed = self.by_cell_road[:, segment.start : segment.stop]
        end = segment.recording.d_c  # from the next segment, where that goes on from here
        last = (torch.zeros_like(handed[:, 0]) if end is None else end)[:, None]
        return torch.cat([last, handed[:, :-1]] if self.reverse else [handed[:, 1:], last], dim=1)

    @cached_property
    def preactivations(self) -> Tensor:
        """What each gate was before its activation, ``(B, T, G, H)``; zero at masked steps."""
        a, units = self.arguments, self.h.shape[2]
        kernel, recurrent_kernel = a.kernel.detach(), a.recurrent_kernel.detach()
        bias = None if a.bias is None else a.bias.detach()
        found = _product(self.x, kernel, bias if a.sizes.bias_rows == 1 or bias is None else bias[0])
        count = len(a.sizes.gates)
        if a.cell == "gru_reset_after":
            by_state = _product(self.h_before, recurrent_kernel, None if bias is None else bias[1])
            by_state[..., 2 * units :] *= self.slots[:, :, 1]
            found += by_state
        elif a.cell == "gru_reset_before":
            found[..., : 2 * units] += self.h_before @ recurrent_kernel[:, : 2 * units]
            found[..., 2 * units :] += (self.slots[:, :, 1] * self.h_before) @ recurrent_kernel[
                :, 2 * units :
            ]
        else:
            found.view(-1, count * units).addmm_(self.h_before.flatten(0, 1), recurrent_kernel)
        found = found.view(*found.shape[:2], count, units)
        return found if self.all_count else torch.where(self.valid[..., None, None], found, 0)

    def trace(self, kept: slice) -> LayerTrace:
        """Return the trace of the steps `kept`."""
        a, numpy = self.arguments, _numpy
        valid = numpy(self.valid)
        gate_count = len(a.sizes.gate_names)
        rows = self.valid

        def counting(t: Tensor | None) -> Array | None:
            return None if t is None else numpy(t.flatten(0, 1) if self.all_count else t[rows])

        kernel = numpy(a.recurrent_kernel)
        h, h_before, slots = counting(self.h), counting(self.h_before), counting(self.slots)
        assert h is not None
        assert slots is not None
        assert h_before is not None
        values = StepValues(
            a.cell,
            slots,
            h,
            counting(self.c),
            h_before,
            counting(self.c_before),
            kernel,
            counting(self.held),
        )
        jacobians = jacobian_norms(values, valid)
        return LayerTrace(
            name=self.place.name,
            direction=self.place.direction,
            cell=a.cell,
            gate_names=a.sizes.gate_names,
            steps=np.arange(self.h.shape[1])[kept],
            valid=valid[:, kept],
            preactivations=numpy(self.preactivations)[:, kept],
            gates=numpy(self.slots[:, kept, :gate_count]),
            h=numpy(self.h)[:, kept],
            c=None if self.c is None else numpy(self.c)[:, kept],
            h_before=numpy(self.h_before)[:, kept],
            c_before=None if self.c_before is None else numpy(self.c_before)[:, kept],
            recurrent_kernel=kernel,
            recurrent_part=numpy(self.slots[:, kept, 3]) if a.cell == "gru_reset_after" else None,
            jacobians=type(jacobians)(*(each[:, kept] for each in vars(jacobians).values())),
            gradients=self._gradients(kept),
            held=None if self.held is None else numpy(self.held)[:, kept],
        )

    def _gradients(self, kept: slice) -> Gradients | None:
        if self.d_h is None or self.d_x is None or self.back is None:
            return None
        cell_road = self.by_cell_road
        gate_road = self.back
        if cell_road is not None and self.d_c is None:
            gate_road = gate_road - cell_road
        by_gates = _norms(gate_road)
        by_cell = torch.zeros_like(by_gates) if cell_road is None else _norms(cell_road)
        if self.d_c is not None and not self.all_count:  # a masked step carries h too, through no gate
            by_cell = torch.where(self.valid, by_cell, by_cell.hypot(by_gates))
            by_gates = torch.where(self.valid, by_gates, 0)
        return Gradients(
            h=_numpy(self.d_h)[:, kept],
            c=None if self.d_c is None else _numpy(self.d_c)[:, kept],
            x=_numpy(self.d_x)[:, kept],
            cell_road=_numpy(by_cell)[:, kept],
            gate_road=_numpy(by_gates)[:, kept],
        )

    @cached_property
    def by_cell_road(self) -> Tensor | None:
        """What each step handed back untouched by any weight: to c, of other cells to h; None for nothing."""
        arrived = self.d_h if self.d_c is None else self.d_c
        assert arrived is not None
        handed: Tensor | None = None
        if self.arguments.sizes.gate_names:
            handed = self.slots[:, :, 0 if self.d_c is None else 1] * arrived
            if self.held is not None:
                handed = handed * ~self.held[:, :, -2 if self.d_c is None else -1]
        if self.all_count:
            return handed
        return torch.where(self.valid[..., None], 0 if handed is None else handed, arrived)


def numbers_per_step(cell: str, units: int, inputs: int, *, gradients: bool) -> int:
    """Return how many numbers a trace keeps of each row and step of a layer."""
    sizes = CELLS[cell]
    states = 2 if sizes.has_cell_state else 1
    forward = (len(sizes.gates) + len(sizes.gate_names) + 2 * states) * units
    return forward + (states * units + inputs if gradients else 0)


def _rows_first(a: Arguments, t: Tensor) -> Tensor:
    return t if a.batch_first else t.transpose(0, 1)


def _valid(a: Arguments) -> Tensor:
    valid = torch.ones(a.batch, a.steps, dtype=torch.bool) if a.mask is None else _rows_first(a, a.mask)
    if a.lengths is not None:
        valid = valid & (torch.arange(a.steps)[None] < a.lengths[:, None])
    return valid


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=1)


def _joined_or_none(parts: list[Any]) -> Tensor | None:
    return None if any(part is None for part in parts) else _joined(parts)


def _product(x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
    rows = x.flatten(0, 1)
    found = rows @ kernel if bias is None else torch.addmm(bias, rows, kernel)
    return found.view(*x.shape[:2], kernel.shape[1])


def _norms(t: Tensor) -> Tensor:
    # In float64: squares of what vanishes below 1e-19 would be 0, of what explodes infinite.
    found: Tensor = torch.linalg.vector_norm(t, dim=2, dtype=torch.float64).to(t.dtype)
    return found


def _numpy(t: Tensor) -> Array:
    return np.asarray(t.detach().cpu().numpy())
