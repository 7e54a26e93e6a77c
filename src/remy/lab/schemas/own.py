"""Your own: what a person types or uploads for a model, what it did with it, and files of that."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import Input
from remy.lab.schemas.trace import TraceAnswer

ModelId = Annotated[str, Field(max_length=400, description="as GET /api/models lists it")]
Target = Annotated[
    str,
    Field(min_length=1, max_length=20_000, description="what was right, in the task's words; see TraceAsked"),
]


class Typed(Asked):
    """What a person typed."""

    kind: Literal["typed"]
    text: str = Field(max_length=1_000_000)


class Uploaded(Asked):
    """A file of the person's."""

    kind: Literal["uploaded"]
    name: str = Field(min_length=1, max_length=255)
    content: str = Field(description="its bytes, in base64")
    column: str | None = Field(default=None, description="of a table: which holds the inputs; null: guessed")


class ReadAsked(Asked):
    """From what is given to inputs of a model."""

    model: ModelId
    given: Annotated[Typed | Uploaded, Discriminator("kind")] | None = Field(
        description="null: the examples that the model brings with it"
    )


class FoundInput(Answered):
    """An input that was found."""

    name: str = Field(description="where it stood, or how it begins")
    text: str | None = Field(description="as a person would type it; null of a picture")
    input: Input
    target: str | None = Field(description="what was right, where the file says so")


class ReadAnswer(Answered):
    """The inputs, the first of them if they are many."""

    inputs: tuple[FoundInput, ...]
    total: int = Field(description="how many there were, as far as they were counted; see notes")
    columns: tuple[str, ...] = Field(description="of a table, those that could hold the inputs")
    column: str | None = Field(description="the one that was read")
    notes: tuple[str, ...] = Field(description="what was guessed or left out")
    typing: str = Field(description="how an input of this model is typed, one sentence")
    judging: str = Field(description="how what was right is said, one sentence")


class LookAsked(Asked):
    """A trained model and one input."""

    model: ModelId
    input: Input
    target: Target | None = None
    at: int | None = Field(default=None, description="the step whose loss counts, negative from the end")


class Said(Answered):
    """What a picture shows, in two sentences."""

    picture: str = Field(
        description="h, c, the name of a gate, jacobians, gradients, roads, time_constants or answers"
    )
    layer: int | None = Field(description="its place among the layers of the trace; null: of all")
    sentences: tuple[str, ...]


class LookAnswer(Answered):
    """What happened, and what each picture of it shows."""

    trace: TraceAnswer
    said: tuple[Said, ...]


class AttributionAsked(LookAsked):
    """What each item contributed to a score."""

    method: Literal["gradient_x_input", "leave_one_out", "integrated_gradients"] = "gradient_x_input"
    score: str | None = Field(default=None, max_length=400, description="its name; null: the highest")


class AttributionAnswer(Answered):
    """Contributions in the score's own units."""

    items: tuple[str, ...]
    values: Annotated[Array, Shaped("T")]
    explained: str
    answer: int | None = Field(
        description="the step whose answer is explained; null where there is one answer"
    )
    score: float
    baseline: float = Field(description="the score with nothing read")
    sentences: tuple[str, ...]


class InfluenceAsked(LookAsked):
    """How far the last answer moves when one earlier input is another."""


class InfluenceAnswer(Answered):
    """Moves of the last answer."""

    distance: str = Field(description="what a move is: total variation, ...")
    lags: Annotated[Array, Shaped("K")]
    moves: Annotated[Array, Shaped("K")]
    sentences: tuple[str, ...]


class CompareAsked(Asked):
    """Two models and one input."""

    models: tuple[ModelId, ...] = Field(min_length=2, max_length=2)
    input: Input
    target: Target | None = None
    at: int | None = None


class CompareAnswer(Answered):
    """What both did with it."""

    traces: tuple[TraceAnswer, ...] = Field(description="(M,)")
    distance: str | None = Field(description="how their answers are compared; null where they cannot be")
    apart: Annotated[Array, Shaped("T")] | None = Field(
        description="by how much their answers differ at each step"
    )
    names: tuple[str, ...] | None = Field(description="of what they answer, the first model's first")
    answers: Annotated[Array, Shaped("TMV")] | None = Field(
        description="both models' answers (M = 2) over these names: probabilities, or numbers of the data"
    )
    sizes: Annotated[Array, Shaped("MT")] | None = Field(
        description="mean absolute state of the last layer; null where they take another number of steps"
    )
    sentences: tuple[str, ...] = Field(description="of the answers")
    state_sentences: tuple[str, ...]


class FigureAsked(LookAsked):
    """A picture as a file."""

    what: str = Field(max_length=40, description="all, h, c, a gate, gradients, answers, flow or attribution")
    layer: int = Field(default=0, ge=0, description="its place among the layers of the trace")
    method: Literal["gradient_x_input", "leave_one_out", "integrated_gradients"] = "gradient_x_input"
    score: str | None = Field(default=None, max_length=400)
    format: Literal["svg", "png"]


class ExportAsked(LookAsked):
    """The whole trace as a file."""

    form: Literal["json", "csv", "html"]
    title: str = Field(default="A trace", max_length=200, description="of the page")
