"""POST /api/bank: two versions of a sentence, read by the same tagger."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import TrainedModel

#: Words of a sentence at most.
MOST_WORDS = 200

Word = Annotated[str, Field(min_length=1, max_length=100)]


class BankAsked(Asked):
    """A sentence, and the same with a change."""

    model: TrainedModel = Field(description="a tagger")
    before: tuple[Word, ...] = Field(min_length=1, max_length=MOST_WORDS)
    after: tuple[Word, ...] = Field(min_length=1, max_length=MOST_WORDS)


class BankRow(Answered):
    """A word, in both sentences or in one."""

    kind: Literal["same", "replaced", "inserted", "deleted"]
    before: int | None = Field(description="which word of the first sentence; null where it has none")
    after: int | None = Field(description="which word of the second sentence; null where it has none")


class BankSide(Answered):
    """What the tagger makes of one sentence; T words, V tags."""

    words: tuple[str, ...]
    known: tuple[bool, ...] = Field(description="(T,): false where only the characters of a word are known")
    tags: tuple[str, ...] = Field(description="(T,)")
    probabilities: Annotated[Array, Shaped("TV")]


class DirectionChange(Answered):
    """How far the states of one direction of one layer moved; R rows, H units.

    NaN where a word stands in one sentence only.
    """

    name: str
    direction: Literal["forward", "backward"]
    units: int
    difference: Annotated[Array, Shaped("RH")] = Field(description="h of the second less h of the first")
    norm: Annotated[Array, Shaped("R")] = Field(description="its Euclidean norm over the units")
    sentence: str


class Merged(Answered):
    """The states of both directions of the last layer as one, for the second sentence; W numbers a word."""

    mode: Literal["concat", "sum", "ave", "mul"]
    values: Annotated[Array, Shaped("TW")]
    sentences: tuple[str, ...]


class Carried(Answered):
    """What either direction of the last layer carries at each word of the second sentence."""

    forward_norm: Annotated[Array, Shaped("T")] = Field(description="of its state")
    backward_norm: Annotated[Array, Shaped("T")]
    without_forward: Annotated[Array, Shaped("TV")] = Field(
        description="probabilities with its states held at 0"
    )
    without_backward: Annotated[Array, Shaped("TV")]
    moved_by_forward: Annotated[Array, Shaped("T")] = Field(
        description="how far the probabilities move when its states are held at 0: half the sum of the "
        "absolute differences, from 0 to 1"
    )
    moved_by_backward: Annotated[Array, Shaped("T")]
    sentences: tuple[str, ...]


class BankAnswer(Answered):
    """What the change changed."""

    rows: tuple[BankRow, ...]
    before: BankSide
    after: BankSide
    outputs: tuple[str, ...] = Field(description="(V,), the tags")
    layers: tuple[DirectionChange, ...] = Field(description="of the layers that read words")
    moved: Annotated[Array, Shaped("R")] = Field(
        description="how far the probabilities moved, from 0 to 1; NaN where a word stands in one only"
    )
    sentences: tuple[str, ...] = Field(description="what became of the tags")
    merge_mode: str | None = Field(description="the model's own; null where it reads in one direction")
    merged: tuple[Merged, ...] = Field(description="empty where the model reads in one direction")
    carried: Carried | None = Field(description="null where it reads in one direction, or ends in a CRF")
