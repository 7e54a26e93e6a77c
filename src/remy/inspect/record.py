"""What a trace holds: plain NumPy arrays, rows first, with every size as it came out of the kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remy.errors import UsageError
from remy.inspect.options import chosen_layer

Array = NDArray[Any]

#: Name and version of what :meth:`Trace.to_json` and :meth:`Trace.save` write.
SCHEMA = "remy-trace/1"


@dataclass(frozen=True)
class Jacobians:
    """Frobenius norms of the one-step Jacobians, ``(B, T)`` each: nothing is divided by the units.

    With the carried state ``s = (h, c)`` of the LSTM and ``s = h`` of the other cells,
    ``∂s_t/∂s_{t-1} = R_cell + R_gates``. `R_cell` is the road through the cell state, which no weight
    touches: of the LSTM the columns of ``c_{t-1}`` (``f`` into ``c_t`` and ``o (1 - tanh² c_t) f`` into
    ``h_t``), of the GRU ``diag(z)``, of the simple cell nothing. `R_gates` is the rest: through the recurrent
    kernel. A masked step carries the state: its road through the gates is zero.

    Attributes
    ----------
    hidden
        Norm of ``∂h_t/∂h_{t-1}``, with ``c_{t-1}`` held.
    state
        Norm of ``∂s_t/∂s_{t-1}``.
    cell_road, gate_road
        Norms of its two parts.
    """

    hidden: Array
    state: Array
    cell_road: Array
    gate_road: Array


@dataclass(frozen=True)
class Gradients:
    """The gradients of the trace's loss inside a layer, absolute.

    Attributes
    ----------
    h, c
        ``(B, T, H)``: the whole gradient that arrived at every ``h_t`` and ``c_t``; `c` only with a cell
        state.
    x
        ``(B, T, I)``: at what the layer read.
    cell_road, gate_road
        ``(B, T)``: norms of what step t handed back to step t-1, by either road (see :class:`Jacobians`): of
        the LSTM ``f_t ⊙ dc_t`` to the cell state and the rest to ``h_{t-1}``.
    """

    h: Array
    c: Array | None
    x: Array
    cell_road: Array
    gate_road: Array

    @property
    def norms(self) -> dict[str, Array]:
        """Norms over the units: ``h``, ``c`` (with a cell state) and ``x``, ``(B, T)`` each."""
        found = {"h": self.h, "c": self.c, "x": self.x}
        # In float64: squares of what explodes would overflow.
        wide = {name: each.astype(np.float64) for name, each in found.items() if each is not None}
        return {name: np.linalg.norm(each, axis=2) for name, each in wide.items()}


@dataclass(frozen=True)
class LayerTrace:
    """One direction of one recurrent layer: everything that happened in it.

    Attributes
    ----------
    name
        As in the model file (``rnn_0``), or of the module in its network; where a layer reads several
        sequences each has a trace: ``rnn_0``, ``rnn_0#2``.
    direction
        ``"forward"`` or ``"backward"``; arrays always stand in the order of the input.
    cell
        One of :data:`remy.ops.CELLS`.
    gate_names
        Of the gates, in words: ``input, forget, candidate, output``; ``update, reset, candidate``; none.
    steps
        ``(T,)``: which steps were kept.
    valid
        ``(B, T)``: false where a step is masked.
    preactivations
        ``(B, T, G, H)``: what each gate (of the simple cell the state) was before its activation; zero at
        masked steps.
    gates
        ``(B, T, G, H)``; without gates G is 0.
    h, c
        ``(B, T, H)``: the states after each step; `c` only with a cell state.
    h_before, c_before
        ``(B, T, H)``: the states that each step started from.
    recurrent_kernel
        ``(H, G*H)``.
    recurrent_part
        ``(B, T, H)``: of a GRU with the reset gate after the product, what the gate scales; else None.
    jacobians
        Norms of what one step does to the state.
    gradients
        With a target.
    held
        ``(B, T, G + 2, H)``: true where an override held a gate, the new h or the new c; None without one.
    """

    name: str
    direction: str
    cell: str
    gate_names: tuple[str, ...]
    steps: Array
    valid: Array
    preactivations: Array
    gates: Array
    h: Array
    c: Array | None
    h_before: Array
    c_before: Array | None
    recurrent_kernel: Array
    recurrent_part: Array | None
    jacobians: Jacobians
    gradients: Gradients | None = None
    held: Array | None = None

    @property
    def units(self) -> int:
        """Number of units H."""
        return int(self.h.shape[2])

    def gate(self, name: str) -> Array:
        """Return the values ``(B, T, H)`` of the gate of that name.

        Raises
        ------
        UsageError
            If the cell has no such gate.
        """
        if name not in self.gate_names:
            has = ", ".join(self.gate_names) or "none, it is a simple cell"
            raise UsageError(f"trace: {self.name} has no gate '{name}'; its gates: {has}")
        found: Array = self.gates[:, :, self.gate_names.index(name)]
        return found

    def expect_unit(self, unit: int) -> int:
        """Return `unit`, or raise a `UsageError` that says the range."""
        if not 0 <= unit < self.units:
            raise UsageError(f"unit: expected 0 to {self.units - 1} in {self.name}, got {unit}")
        return unit


@dataclass(frozen=True)
class Residuals:
    """How far the trace is from what it has to equal; the largest absolute differences.

    Attributes
    ----------
    forward
        Between the traced scores and those of the model as it is used; None where something was held, as all
        are with ``check="none"``.
    reference
        Between the kernels' states, gates and pre-activations and the float64 reference's, each step taken
        from the kernel's state before it; None where something was held at every step.
    reference_gradients
        Between the kernels' gradients at the states and inputs and the float64 reference's, likewise,
        relative to the largest.
    finite_differences
        Between the slope of the loss along a random direction of the inputs by the gradients and by central
        differences in float64, relative to the slope; None where this was not asked for.
    """

    forward: float | None
    reference: float | None
    reference_gradients: float | None = None
    finite_differences: float | None = None


@dataclass(frozen=True)
class Trace:
    """One run of a network with everything that happened inside; see :func:`remy.inspect.trace`.

    Attributes
    ----------
    layers
        Every recurrent layer and direction, in the order in which they ran.
    scores
        What the model answered, before any softmax: ``(B, T, V)``, or ``(B, V)`` where there is one answer.
    probabilities
        The same after softmax or sigmoid; None where the model answers with numbers.
    items
        What was read at each step, by the layer's name; ``""`` stands for layers without an entry.
    outputs
        Names of the V scores, where they have names.
    loss
        With a target: the loss whose gradients the layers hold.
    residuals
        The trace's checks of itself.
    held
        The overrides, in words.
    """

    layers: tuple[LayerTrace, ...]
    scores: Array
    probabilities: Array | None
    residuals: Residuals
    items: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: tuple[str, ...] | None = None
    loss: float | None = None
    held: tuple[str, ...] = ()

    def layer(self, which: int | str = 0, direction: str | None = None) -> LayerTrace:
        """Return a layer by its place in `layers`, or by its name and direction.

        Raises
        ------
        UsageError
            If there is none, or the one at that place does not run in `direction`; says which there are.
        """
        known = [(each.name, each.direction) for each in self.layers]
        return self.layers[chosen_layer(known, which, direction)]

    def place(self, step: int) -> int:
        """Return where a step stands in the arrays; negative ones count from the end.

        Raises
        ------
        UsageError
            If the step is out of range, or was left out by a stride.
        """
        steps = self.layers[0].steps
        last = int(steps[-1])
        wanted = step + last + 1 if step < 0 else step
        if not 0 <= wanted <= last:
            raise UsageError(f"step: expected 0 to {last}, or -1 to {-last - 1} from the end, got {step}")
        found = np.flatnonzero(steps == wanted)
        if not len(found):
            raise UsageError(
                f"step: {step} was left out by the stride, which keeps one in {steps[1] - steps[0]}"
            )
        return int(found[0])

    def items_of(self, layer: LayerTrace) -> tuple[str, ...]:
        """Return what `layer` read at each kept step; the steps' numbers where nothing is known."""
        shared = self.items.get("") if len(layer.h) == len(self.scores) else None
        found = self.items.get(layer.name, shared)
        if found is None or len(found) <= int(layer.steps[-1]):
            return tuple(str(step) for step in layer.steps)
        return tuple(found[step] for step in layer.steps)

    def to_json(self, *, digits: int = 4, row: int = 0) -> dict[str, Any]:
        """Return one row as plain values of the schema ``remy-trace/1``; see :mod:`remy.inspect.schema`.

        `digits` and `row`, and what is raised, as in :func:`remy.inspect.rounding.to_record`.
        """
        from remy.inspect.rounding import to_record

        found: dict[str, Any] = to_record(self, digits=digits, row=row).model_dump(mode="json", by_alias=True)
        return found

    def save(self, path: Any) -> None:
        """Write everything to an ``.npz`` file, which :func:`remy.inspect.load_trace` reads back.

        Raises
        ------
        DataError
            If the file cannot be written, or the arrays do not fit together. What was at `path` stays.
        """
        from remy.inspect.arrays import save

        save(self, path)
