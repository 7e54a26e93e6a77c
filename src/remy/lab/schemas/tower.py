"""POST /api/tower: stacked layers on one time axis, and the gradient that comes down them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import ModelChoice, NoiseInput, TextInput


class TowerAsked(Asked):
    """A question about stacked layers."""

    model: ModelChoice
    input: Annotated[TextInput | NoiseInput, Field(discriminator="kind")]


class Floor(Answered):
    """One direction of one layer; T steps, H units."""

    name: str = Field(description="as in the model file: rnn_0 is the lowest")
    layer: int = Field(description="from 0, the lowest")
    direction: Literal["forward", "backward"]
    cell: str = Field(description="simple_rnn_tanh, lstm, gru_reset_after, ...")
    units: int
    h: Annotated[Array, Shaped("TH")]
    gradient: Annotated[Array, Shaped("T")] = Field(description="norm of the loss's gradient at h")
    lags: tuple[int, ...] = Field(
        description="(T,): how many steps before the one that counts, as the layer reads; negative after it"
    )


class Tower(Answered):
    """A stack of layers with everything in it measured."""

    residual: bool = Field(description="whether what a layer reads is added to what it writes")
    floors: tuple[Floor, ...] = Field(description="the lowest first, forward before backward")
    loss: float


class PartCount(Answered):
    """The numbers that one layer learns."""

    name: str = Field(description="layer 1, embedding, output")
    formula: str = Field(description="in letters: 4 (I H + H H + H); of other layers the shapes")
    numbers: str = Field(description="the same with the layer's own numbers")
    count: int
    recurrent: int = Field(description="those of them in recurrent kernels")


class TowerAnswer(Answered):
    """The tower that was asked for, and beside it what residual connections change."""

    items: tuple[str, ...] = Field(description="(T,): what was read")
    at: int = Field(description="the step whose loss counts, or the last state")
    tower: Tower
    other: Tower | None = Field(
        description="the same first weights, residual connections the other way; null of a trained network"
    )
    parts: tuple[PartCount, ...] = Field(description="as they are passed, from the input on")
    parameters: int = Field(description="of the whole network")
    trained: bool
    state_sentences: tuple[str, ...]
    gradient_sentences: tuple[str, ...]
    line_sentences: tuple[str, ...]
    residual_sentences: tuple[str, ...]
    part_sentences: tuple[str, ...]
