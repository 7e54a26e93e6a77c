"""The configuration of a training on one of the drawn problems: the same options as those of a task."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remy.config.sections import Config, DataConfig, RecurrentConfig, TrainConfig


class ProblemData(DataConfig):
    """What is drawn."""

    steps: int | None = Field(
        default=None, description="adding: length of a sequence; copy: the delay; null: as usual"
    )


class ProblemNetworkConfig(RecurrentConfig):
    """Recurrent layers over the steps as they are, and a dense output."""

    units: int = Field(default=64, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=1, ge=1, le=256, description="number of recurrent layers")
    bidirectional: bool = Field(default=False, description="read in both directions")
    dropout: float | None = Field(default=0.0, ge=0.0, lt=1.0, description="dropped around layers")


class ProblemTrain(TrainConfig):
    """How it is trained."""

    epochs: float | None = Field(default=40.0, gt=0.0, description="times a hundred updates")
    lr: float = Field(default=0.01, gt=0.0, description="highest learning rate")
    weight_decay: float = Field(
        default=0.0,
        ge=0.0,
        description="AdamW's; no sequence comes twice, so nothing can be learned by heart",
    )
    metric: Literal["loss"] = Field(default="loss", description="what the best model is chosen by")
    patience: int | None = Field(
        default=None, ge=1, description="validations without a new best before it stops; null: never"
    )


class ProblemConfig(Config):
    """A network for a drawn problem."""

    task: Literal["adding", "copy"] = Field(default="adding", description="the problem")
    data: ProblemData = Field(default_factory=ProblemData)
    model: ProblemNetworkConfig = Field(default_factory=ProblemNetworkConfig)
    train: ProblemTrain = Field(default_factory=ProblemTrain)
