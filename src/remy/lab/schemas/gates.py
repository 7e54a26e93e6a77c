"""POST /api/gates: the inside of the cells, with gates held and without."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import Hold, Input, ModelChoice
from remy.lab.schemas.trace import TraceAnswer


class GatesAsked(Asked):
    """A question about one input, run with what is held and without."""

    model: ModelChoice
    input: Input
    holds: tuple[Hold, ...] = Field(default=(), max_length=64)


class CellInside(Answered):
    """What a step of one direction of one layer is made of, beside its trace.

    T steps, P pre-activations, G gates, H units.
    """

    h_before: Annotated[Array, Shaped("TH")] = Field(description="the state that each step started from")
    c_before: Annotated[Array, Shaped("TH")] | None
    by_state: Annotated[Array, Shaped("TPH")] = Field(
        description="the part of each pre-activation that comes from the state before, through the recurrent "
        "kernel; the rest comes from what was read and from the bias"
    )
    product: Annotated[Array, Shaped("TH")] | None = Field(
        description="what the reset gate scales, of a GRU that resets after its product"
    )
    held: Annotated[Array, Shaped("TSH")] | None = Field(
        description="where a gate, the new h or the new c was held, S = G + 2; null where nothing was"
    )
    gate_sentences: tuple[tuple[str, ...], ...] = Field(description="(G,)")
    state_sentences: tuple[str, ...]


class LayerChange(Answered):
    """What the holds changed in one direction of one layer."""

    h: Annotated[Array, Shaped("TH")] = Field(description="the state less what it was without the holds")
    c: Annotated[Array, Shaped("TH")] | None
    distance: Annotated[Array, Shaped("T")] = Field(description="Euclidean norm of the difference of h")


class Change(Answered):
    """What the holds changed."""

    first: int = Field(description="the first step with something held")
    layers: tuple[LayerChange, ...]
    moved: Annotated[Array, Shaped("T")] | None = Field(
        description="how far the probabilities moved: half the sum of the absolute differences, from 0 to 1"
    )
    sentences: tuple[str, ...]


class GatesAnswer(Answered):
    """What happened; layers everywhere in the same order."""

    trace: TraceAnswer
    cells: tuple[CellInside, ...]
    before: TraceAnswer | None = Field(description="without the holds; null where nothing is held")
    change: Change | None
