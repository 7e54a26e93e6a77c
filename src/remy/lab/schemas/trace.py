"""POST /api/trace: one run of a network with everything that happened inside."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import Hold, Input, ModelChoice


class TraceAsked(Asked):
    """A question about one input."""

    model: ModelChoice
    input: Input
    target: str | tuple[str, ...] | None = Field(
        default=None,
        description="what was right, in the task's words; with it there are gradients. 'next' of a text "
        "model: each character's follower is right, the last one's is not known. 'last' of noise or numbers "
        "read by a fresh network: the gradients are those of the last state along a random direction. Null: "
        "none",
    )
    at: int | None = Field(
        default=None, description="the step whose loss counts, negative from the end; null: all"
    )
    holds: tuple[Hold, ...] = Field(default=(), max_length=64)


class LayerJacobians(Answered):
    """Frobenius norms of the one-step Jacobians: the factor of every link."""

    hidden: Annotated[Array, Shaped("T")]
    state: Annotated[Array, Shaped("T")]
    cell_road: Annotated[Array, Shaped("T")]
    gate_road: Annotated[Array, Shaped("T")]


class LayerGradients(Answered):
    """Norms over the units of the loss's gradients."""

    h: Annotated[Array, Shaped("T")]
    c: Annotated[Array, Shaped("T")] | None
    x: Annotated[Array, Shaped("T")]
    cell_road: Annotated[Array, Shaped("T")]
    gate_road: Annotated[Array, Shaped("T")]


class LayerAnswer(Answered):
    """One direction of one recurrent layer; lists always stand in the order of the input.

    T steps, G gates, P pre-activations (G, of a simple cell 1), H units.
    """

    name: str
    direction: Literal["forward", "backward"]
    cell: str = Field(description="simple_rnn_tanh, lstm, gru_reset_after, ...")
    units: int
    gate_names: tuple[str, ...]
    items: tuple[str, ...] = Field(description="(T,): what was read at each step")
    valid: tuple[bool, ...] = Field(description="(T,): false where the step is masked")
    preactivations: Annotated[Array, Shaped("TPH")]
    gates: Annotated[Array, Shaped("TGH")]
    h: Annotated[Array, Shaped("TH")]
    c: Annotated[Array, Shaped("TH")] | None
    jacobians: LayerJacobians
    gradients: LayerGradients | None
    time_constants: Annotated[Array, Shaped("H")] | None = Field(
        description="steps in which a unit forgets, from its gates; null of a simple cell"
    )


class Residuals(Answered):
    """How far the trace is from what it has to equal; see :class:`remy.inspect.Residuals`."""

    forward: float | None
    reference: float | None
    reference_gradients: float | None


class TraceAnswer(Answered):
    """What happened."""

    layers: tuple[LayerAnswer, ...]
    answers: Literal["step", "end"] = Field(description="an answer at every step, or one at the end")
    scores: Annotated[Array, Shaped("TV")] = Field(description="one row where there is one answer")
    probabilities: Annotated[Array, Shaped("TV")] | None
    outputs: tuple[str, ...] | None = Field(description="(V,)")
    output_kind: Literal["softmax", "sigmoid", "numbers"]
    loss: float | None
    residuals: Residuals
    held: tuple[str, ...] = Field(description="the holds, in words")
    sentences: tuple[str, ...] = Field(description="what the numbers say, two or more, computed from them")
    parameters: int = Field(description="of the whole network")
    trained: bool
