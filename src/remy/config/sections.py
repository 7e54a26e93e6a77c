"""The parts of a configuration that tasks share: what is read, the recurrent layers, how it is trained."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from remy import defaults
from remy.duration import Duration

CellName = Literal["simple_rnn", "lstm", "gru"]
ActivationName = Literal["tanh", "relu", "linear"]


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, and values never change in place."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataConfig(Section):
    """What is read, and which part of it is held out."""

    train: str = Field(default="", description="file, packaged data set, or - for standard input")
    valid: str | None = Field(
        default=None, description="file to validate on, instead of a part of the training data"
    )
    split: float = Field(
        default=defaults.SPLIT, gt=0.0, lt=1.0, description="share of the training data that is learned from"
    )


class RecurrentConfig(Section):
    """The recurrent layers."""

    cell: CellName = Field(default=defaults.CELL, description="recurrent cell")
    units: int = Field(default=defaults.UNITS, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=defaults.LAYERS, ge=1, le=256, description="number of recurrent layers")
    dropout: float | None = Field(default=None, ge=0.0, lt=1.0, description="dropped around layers")
    recurrent_dropout: float = Field(
        default=defaults.RECURRENT_DROPOUT, ge=0.0, lt=1.0, description="dropped from the recurrent state"
    )
    reset_after: bool = Field(
        default=defaults.RESET_AFTER, description="gru: reset after the recurrent product"
    )
    activation: ActivationName = Field(default=defaults.ACTIVATION, description="simple_rnn: its activation")

    @model_validator(mode="after")
    def _has_that_activation(self) -> Self:
        if self.activation != "tanh" and self.cell != "simple_rnn":
            raise ValueError(
                f"an activation other than tanh needs the cell simple_rnn; this one is {self.cell}"
            )
        return self


class TrainConfig(Section):
    """How it is trained."""

    epochs: float | None = Field(
        default=None, gt=0.0, description="passes over the training data; null: by their size"
    )
    batch_size: int = Field(
        default=defaults.BATCH_SIZE, ge=1, description="sequences in one update, read side by side"
    )
    lr: float = Field(default=defaults.LEARNING_RATE, gt=0.0, description="highest learning rate")
    final_lr: float = Field(
        default=defaults.FINAL_LEARNING_RATE,
        ge=0.0,
        le=1.0,
        description="learning rate at the end, as a share of lr",
    )
    warmup: float = Field(
        default=defaults.WARMUP,
        ge=0.0,
        lt=1.0,
        description="share of the updates during which the rate rises",
    )
    weight_decay: float = Field(
        default=defaults.WEIGHT_DECAY, ge=0.0, description="AdamW's, on matrices only"
    )
    beta1: float = Field(default=defaults.BETA1, ge=0.0, lt=1.0, description="AdamW's memory of the gradient")
    beta2: float = Field(default=defaults.BETA2, ge=0.0, lt=1.0, description="AdamW's memory of its square")
    clip: float = Field(default=defaults.CLIP, gt=0.0, description="longest gradient, as a Euclidean norm")
    evaluations: int | None = Field(
        default=None, ge=1, description="validations in the whole run; null: one after each epoch"
    )
    metric: str = Field(default="loss", description="what the best model is chosen by")
    patience: int | None = Field(
        default=defaults.PATIENCE,
        ge=1,
        description="validations without a new best before it stops; null: never",
    )
    max_time: Duration | None = Field(
        default=None, gt=0.0, description="seconds of training, or 90s, 8m, 1h30m"
    )
    checkpoint_seconds: float = Field(
        default=defaults.CHECKPOINT_SECONDS,
        ge=0.0,
        description="time between checkpoints, besides each validation",
    )
    watch_gradients: int | None = Field(
        default=None, ge=1, description="updates between two looks at gradients and gates; null: none"
    )
    tensorboard: bool = Field(default=defaults.TENSORBOARD, description="write curves for TensorBoard")
    seed: int = Field(default=defaults.SEED, ge=0, lt=2**63, description="all randomness comes from it")
    threads: int | None = Field(default=None, ge=1, le=1024, description="processors to use; null: all")
    device: str = Field(default=defaults.DEVICE, description="where torch trains: cpu, cuda, ...")


class BatchTrainConfig(TrainConfig):
    """How it is trained on records of their own lengths."""

    patience: int | None = Field(
        default=10, ge=1, description="validations without a new best before it stops; null: never"
    )
    batch_tokens: int = Field(
        default=20_000, ge=1, description="most steps in one batch, the longest sequence counted for all"
    )


class Config(Section):
    """Everything a training run does; every task has a class of its own."""

    task: str = ""
    data: DataConfig = Field(default_factory=DataConfig)
    model: RecurrentConfig = Field(default_factory=RecurrentConfig)
    train: TrainConfig = Field(default_factory=TrainConfig)
