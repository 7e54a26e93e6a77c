"""Which network, and what it reads: the part that most questions share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from remy.lab.schemas.base import Asked

CellName = Literal["simple_rnn", "lstm", "gru"]
#: Longest text, most words and most steps of one input.
MOST_STEPS = 1000


class Start(Asked):
    """First values of a fresh network's weights."""

    recipe: Literal["keras", "pytorch"] = Field(
        default="keras",
        description="keras: glorot-uniform kernel, orthogonal recurrent kernel, biases 0 but for the forget "
        "gate's 1; pytorch: everything uniform within 1/sqrt(units), two biases added up where it has two",
    )
    forget_bias: float | None = Field(
        default=None, ge=-20, le=20, description="of the LSTM; null: the recipe's"
    )
    update_bias: float | None = Field(
        default=None, ge=-20, le=20, description="of the GRU; null: the recipe's"
    )
    recurrent_scale: float = Field(default=1.0, ge=0, le=10, description="factor of the recurrent kernel")


class TrainedModel(Asked):
    """A model that was trained: one that ships with the lab, or a run in the folder that was opened."""

    kind: Literal["trained"]
    id: str = Field(max_length=400, description="as GET /api/models lists it")


class FreshModel(Asked):
    """A network that has learned nothing, made for the question."""

    kind: Literal["fresh"]
    cell: CellName = "lstm"
    units: int = Field(default=32, ge=1, le=256)
    layers: int = Field(default=1, ge=1, le=8)
    bidirectional: bool = False
    merge_mode: Literal["concat", "sum", "ave", "mul"] = "concat"
    residual: bool = False
    reset_after: bool = Field(default=True, description="of the GRU: reset after the product")
    activation: Literal["tanh", "relu"] = Field(default="tanh", description="of the simple cell")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    start: Start = Field(default_factory=Start)


ModelChoice = Annotated[TrainedModel | FreshModel, Discriminator("kind")]


class TextInput(Asked):
    """A text; a step is a character, or a token of the model."""

    kind: Literal["text"]
    text: str = Field(min_length=1, max_length=MOST_STEPS)


class WordsInput(Asked):
    """A sentence as words; a step is a word."""

    kind: Literal["words"]
    words: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = Field(
        min_length=1, max_length=MOST_STEPS
    )


class NumbersInput(Asked):
    """A numeric sequence ``(T, F)``."""

    kind: Literal["numbers"]
    values: tuple[tuple[float, ...], ...] = Field(min_length=1, max_length=MOST_STEPS)
    times: tuple[Annotated[str, Field(max_length=40)], ...] | None = Field(
        default=None,
        max_length=MOST_STEPS,
        description="of a series: the time of each step; null: as learned",
    )
    series: str | None = Field(
        default=None, max_length=400, description="of a series: its name; null: one that was learned from"
    )


class NoiseInput(Asked):
    """Numbers drawn from the normal distribution ``(T, F)``, for fresh networks."""

    kind: Literal["noise"]
    steps: int = Field(default=40, ge=1, le=MOST_STEPS)
    features: int = Field(default=8, ge=1, le=64)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class PictureInput(Asked):
    """A grey picture ``(rows, columns)``, each pixel from 0, white paper, to 1, black ink."""

    kind: Literal["picture"]
    pixels: tuple[tuple[Annotated[float, Field(ge=0, le=1)], ...], ...] = Field(min_length=1, max_length=256)


Level = Annotated[int, Field(ge=0, le=255)]


class ColoursInput(Asked):
    """A picture in colour ``(rows, columns)``: red, green and blue of each pixel from 0 to 255."""

    kind: Literal["colours"]
    pixels: tuple[tuple[Annotated[tuple[Level, ...], Field(min_length=3, max_length=3)], ...], ...] = Field(
        min_length=1, max_length=256
    )


Input = Annotated[
    TextInput | WordsInput | NumbersInput | NoiseInput | PictureInput | ColoursInput, Discriminator("kind")
]


class Hold(Asked):
    """A gate or a state held at a value; see :class:`remy.inspect.Override`."""

    name: Literal["input", "forget", "candidate", "output", "update", "reset", "hidden", "cell"]
    value: float = Field(ge=-1e6, le=1e6)
    steps: tuple[int, ...] | None = Field(default=None, description="null: everywhere")
    units: tuple[int, ...] | None = Field(default=None, description="null: everywhere")
    layer: str | None = None
    direction: Literal["forward", "backward"] | None = None
