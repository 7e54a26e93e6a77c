"""The configuration of a language model."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remy import defaults
from remy.config.sections import Config, DataConfig, RecurrentConfig, TrainConfig


class LanguageModelNetwork(RecurrentConfig):
    """Embedding, recurrent layers, output over the characters."""

    embedding: int = Field(
        default=defaults.EMBEDDING, ge=1, le=65536, description="size of a character's vector"
    )
    dropout: float | None = Field(
        default=None, ge=0.0, lt=1.0, description="dropped around layers; null: by the number of epochs"
    )
    residual: bool = Field(default=defaults.RESIDUAL, description="add each layer's input to its output")
    tied: bool = Field(default=defaults.TIED, description="use the characters' vectors for the output too")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.tied and self.embedding != self.units:
            raise ValueError(
                f"tied needs an embedding as large as the units; they are {self.embedding} and {self.units}"
            )
        return self


class LanguageModelTrain(TrainConfig):
    """Truncated back-propagation through time over places of a text that are read side by side."""

    steps: int = Field(
        default=defaults.STEPS, ge=1, description="characters between two updates (gradients end there)"
    )
    restart: float = Field(
        default=defaults.RESTART, ge=0.0, le=1.0, description="share of places that forget before a chunk"
    )
    evaluations: int | None = Field(
        default=defaults.EVALUATIONS, ge=1, description="validations in the whole run; null: each epoch"
    )
    metric: Literal["loss"] = Field(default="loss", description="what the best model is chosen by")
    validation_characters: int = Field(
        default=defaults.VALIDATION_CHARACTERS,
        ge=2,
        description="at most so much of the held-out text each time",
    )


class LanguageModelConfig(Config):
    """Learning to continue a text.

    Examples
    --------
    >>> config = LanguageModelConfig()
    >>> config.model.cell
    'lstm'
    """

    task: Literal["language_model"] = Field(default="language_model", description="what is learned")
    data: DataConfig = Field(default_factory=DataConfig)
    model: LanguageModelNetwork = Field(default_factory=LanguageModelNetwork)
    train: LanguageModelTrain = Field(default_factory=LanguageModelTrain)
