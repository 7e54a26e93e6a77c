"""The models that can be looked into."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remy.lab.schemas.base import Answered
from remy.lab.schemas.choices import Input


class Score(Answered):
    """A score of a model or of a baseline beside it."""

    who: str = Field(description="model, or the baseline's name")
    name: str = Field(description="accuracy, nats/char, ...")
    value: float


class ModelCard(Answered):
    """A trained model."""

    id: str = Field(description="to be named in questions")
    title: str
    source: Literal["shipped", "run"]
    task: str = Field(description="language_model, classifier, tagger, translator, captioner, ...")
    takes: Literal["text", "words", "numbers", "picture"] = Field(description="kind of its input")
    features: int | None = Field(description="F of a numeric input")
    picture: int | None = Field(description="side of the pictures that it reads")
    cell: str
    units: int
    layers: int
    bidirectional: bool
    parameters: int
    outputs: tuple[str, ...] | None = Field(
        description="names of the scores; null where they have none, or more than 1,000"
    )
    about: str = Field(description="one sentence; may be empty")
    scores: tuple[Score, ...]
    examples: tuple[str, ...] = Field(description="texts to begin with; may be empty")
    begin: Input | None = Field(
        description="an input that the model's file brings with it, to be sent as it is"
    )


class ModelList(Answered):
    """All of them, those that ship with the lab first."""

    models: tuple[ModelCard, ...]
    faults: tuple[str, ...] = Field(description="runs in the folder that could not be read, and why")
    opened: str | None = Field(description="id of the run that the lab was opened with")
