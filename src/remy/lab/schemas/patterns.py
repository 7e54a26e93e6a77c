"""GET /api/patterns and POST /api/patterns/run: the four patterns, and one input gone through one of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from remy.lab.schemas.base import Answered, Array, Asked, Shaped
from remy.lab.schemas.choices import PictureInput, TextInput

PatternName = Literal["many-to-one", "one-to-many", "many-to-many", "encoder-decoder"]


class RecordingInput(Asked):
    """A recording of the data set that the model learned from, or its beginning."""

    kind: Literal["recording"]
    number: int = Field(default=0, ge=0, le=10_000, description="its place in the list of samples")
    steps: int | None = Field(default=None, ge=1, le=1000, description="read so many; null: all")


PatternInput = Annotated[TextInput | PictureInput | RecordingInput, Discriminator("kind")]


class PatternRunAsked(Asked):
    """One input, and what is right for it."""

    model: str = Field(max_length=400, description="id of a model, as GET /api/patterns lists it")
    input: PatternInput
    right: str | None = Field(
        default=None, max_length=400, description="null: the sample's own, else what the model itself says"
    )
    beam: int = Field(default=4, ge=1, le=10, description="sequences alive at once while a decoder writes")


class PatternSample(Answered):
    """Something to begin with."""

    name: str = Field(description="what it is called: a text is itself")
    right: str
    picture: Annotated[Array, Shaped("PP")] | None = Field(description="1 is ink; null of what is no picture")
    steps: int | None = Field(description="of a recording")


class PatternModel(Answered):
    """A model that one pattern is tried with."""

    id: str
    name: str = Field(description="for the choice")
    takes: Literal["text", "picture", "recording"]
    asks: str = Field(description="label of the field for the input")
    asks_right: str | None = Field(
        description="label of the field for what is right; null where it is typed with it"
    )
    here: bool = Field(description="whether the model ships with this lab")
    samples: tuple[PatternSample, ...]
    missing: str | None = Field(
        description="what is not here, and how to get it; null where nothing is missing"
    )
    program: str = Field(description="the lines of Python that train it and use it")


class Pattern(Answered):
    """One way to read and write."""

    name: PatternName
    title: str
    idea: str
    models: tuple[PatternModel, ...]


class PatternList(Answered):
    """The four, and what else there is."""

    patterns: tuple[Pattern, ...]
    others: tuple[str, ...] = Field(description="patterns that are mentioned only, a sentence each")


class PatternStage(Answered):
    """An array that came by on the way, in the order in which the network made them."""

    name: str
    letters: tuple[str, ...] = Field(description="B, T, I, ...")
    shape: tuple[int, ...]


class PatternChain(Answered):
    """One direction of one recurrent layer over the steps of one row of the batch, padding included."""

    name: str
    direction: Literal["forward", "backward"]
    sizes: Annotated[Array, Shaped("T")] = Field(description="root mean square of the state after each step")
    valid: tuple[bool, ...] = Field(description="false where the layer's mask holds the state still")


class PatternLane(Answered):
    """One row of the batch, drawn as a lane."""

    title: str
    picture: Annotated[Array, Shaped("PP")] | None = Field(description="1 is ink; null of sequences")
    read: tuple[str, ...] = Field(description="items without padding; empty of a picture")
    reading: tuple[PatternChain, ...]
    fed: tuple[str, ...] = Field(
        description="what a decoder reads at each step of its own; empty without one"
    )
    writing: tuple[PatternChain, ...]
    answers: tuple[str, ...] = Field(description="the likeliest at each place that has an answer")
    right: tuple[str, ...] = Field(description="what was right there")
    shares: Annotated[Array, Shaped("A")] = Field(description="probability of what was right")
    losses: Annotated[Array, Shaped("A")] = Field(description="its negative logarithm, nats")
    counts: tuple[bool, ...] = Field(
        description="false where an answer is left out of the mean: an unknown item"
    )
    attention: Annotated[Array, Shaped("TS")] | None = Field(description="of a decoder that looks back")


class PatternUnrolled(Answered):
    """A padded batch of two as it is trained on: what is read, kept, answered and judged."""

    stages: tuple[PatternStage, ...]
    lanes: tuple[PatternLane, ...] = Field(description="the person's input first")
    read_steps: int = Field(description="columns on the reading side, with padding")
    write_steps: int = Field(description="columns on the writing side; 0 without a decoder")
    pooling: str | None = Field(description="how steps become one answer: last, max, mean, attention")
    output_kind: Literal["end", "step", "decoder"]
    loss: float
    counted: int = Field(description="answers that the loss is the mean of")
    right_is: Literal["given", "known", "its own answer"]
    apart: float = Field(
        description="largest difference between probabilities in the padded batch and those of the same "
        "inputs read alone by the runtime"
    )
    sentences: tuple[str, ...]


class PatternCandidate(Answered):
    """A sequence that the search kept."""

    text: str
    log_probability: float
    score: float = Field(description="what it was ranked by: the mean over its length, or nearly")
    ended: bool


class PatternTried(Answered):
    """What the model says of the person's input, by the runtime.

    A places with an answer, V names of answers, S items read, T written.
    """

    items: tuple[str, ...] = Field(description="(A,): what stands at each answer: words, or written items")
    names: tuple[str, ...]
    probabilities: Annotated[Array, Shaped("AV")]
    prefixes: Annotated[Array, Shaped("TV")] | None = Field(
        description="of many to one: the answers if it had ended at each step; null where it reads the future"
    )
    said: str = Field(description="the whole answer")
    sentences: tuple[str, ...]
    read: tuple[str, ...] = Field(description="(S,): what the attention looks at; empty without attention")
    attention: Annotated[Array, Shaped("AS")] | None
    attention_sentences: tuple[str, ...]
    candidates: tuple[PatternCandidate, ...] = Field(
        description="the best first; empty where nothing is searched"
    )
    candidate_sentences: tuple[str, ...]


class PatternRun(Answered):
    """An input gone through a pattern."""

    model: str = Field(description="as it was asked for")
    unrolled: PatternUnrolled
    tried: PatternTried
