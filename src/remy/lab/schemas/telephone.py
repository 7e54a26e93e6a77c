"""POST /api/flow: how far the gradient reaches in the three cells before any training."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import Start


class FlowAsked(Asked):
    """A question about three layers that start alike."""

    steps: int = Field(default=100, ge=2, le=300)
    units: int = Field(default=32, ge=1, le=128)
    start: Start = Field(default_factory=Start)
    activation: Literal["tanh", "relu"] = Field(default="tanh", description="of the simple cell")
    reset_after: bool = Field(default=True, description="of the GRU: reset after the product")
    clip: float | None = Field(
        default=None, gt=0, le=1e9, description="longest gradient over all weights; null: not clipped"
    )
    seeds: int = Field(default=3, ge=1, le=8)


class CellLinks(Answered):
    """What each step does on the way back, of the seed that is drawn; root mean squares over the rows.

    At step t stands the link from ``s_t`` to ``s_{t-1}``; that of step 0 leads to the initial state.
    """

    state: Annotated[Array, Shaped("T")] = Field(description="norm of the Jacobian of all that is carried")
    hidden: Annotated[Array, Shaped("T")] = Field(description="of h by h alone")
    cell_road: Annotated[Array, Shaped("T")] = Field(description="of the road through the cell state")
    gate_road: Annotated[Array, Shaped("T")] = Field(description="of the road through the gates")
    carried: int = Field(description="how many numbers are carried; a norm of its root means: unchanged")
    passed: Annotated[Array, Shaped("T")] = Field(
        description="the gradient handed to the step before, as a share of what arrived at this one"
    )
    passed_cell: Annotated[Array, Shaped("T")] = Field(description="the part that took the cell road")
    passed_gates: Annotated[Array, Shaped("T")] = Field(description="the part that took the gates' road")


class CellFlow(Answered):
    """One cell; S seeds, K lags, T steps."""

    name: str = Field(description="as people call it: SimpleRNN")
    cell: str = Field(description="simple_rnn_tanh, lstm, gru_reset_after, ...")
    roads: int = Field(description="2 with a road past all weights, else 1")
    carried: Annotated[Array, Shaped("SK")] = Field(
        description="norm of the gradient at what is carried, by lag; before any clipping"
    )
    hidden: Annotated[Array, Shaped("SK")] = Field(description="at h alone")
    horizons: tuple[int | None, ...] = Field(description="(S,): null beyond the lags seen")
    hidden_horizons: tuple[int | None, ...]
    decays: tuple[float | None, ...] = Field(description="(S,): factor a step; null where none can be fitted")
    verdicts: tuple[str, ...] = Field(description="(S,): vanishing, exploding or steady")
    drawn: int = Field(description="which seed reaches the middle; its line and links are drawn")
    links: CellLinks
    norms: Annotated[Array, Shaped("S")] = Field(
        description="of the gradient over all weights, of the last state along a random direction"
    )
    factors: Annotated[Array, Shaped("S")] = Field(description="by which clipping multiplies all of it")
    sentence: str = Field(description="where its gradient goes")
    road_sentences: tuple[str, ...]


class FlowAnswer(Answered):
    """Three cells side by side, and what their numbers say."""

    steps: int
    units: int
    cells: tuple[CellFlow, ...] = Field(description="LSTM, GRU, SimpleRNN")
    caption: tuple[str, ...] = Field(description="who carries further, and whether the textbook has it so")
    link_sentences: tuple[str, ...]
    clipping: tuple[str, ...]
