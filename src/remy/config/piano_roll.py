"""The configuration of a model of piano rolls."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig


class RollsConfig(DataConfig):
    """Pieces of music as piano rolls."""

    test: str | None = Field(
        default=None, description="file to score the best model on; null: the file's own test part, or valid"
    )
    step: float | None = Field(
        default=None, gt=0.0, le=64.0,
        description="length of a frame in quarter notes; null: 0.5 for MIDI, 1 for rolls",
    )  # fmt: skip


class PianoRollNetwork(RecurrentConfig):
    """Recurrent layers over the keys of every frame, a sigmoid for each key of the next."""

    layers: int = Field(default=1, ge=1, le=256, description="number of recurrent layers")
    dropout: float | None = Field(default=0.5, ge=0.0, lt=1.0, description="dropped around layers")
    recurrent_dropout: float | None = Field(  # type: ignore[assignment]  # filled in when data are opened
        default=None, ge=0.0, lt=1.0,
        description="dropped from the recurrent state; null: 0.5, simple_rnn 0.2",
    )  # fmt: skip


class PianoRollTrain(BatchTrainConfig):
    """How a model of piano rolls is trained."""

    batch_size: int = Field(default=4, ge=1, description="pieces in one update, read side by side")
    lr: float = Field(default=3e-3, gt=0.0, description="highest learning rate")
    threads: int | None = Field(
        default=1, ge=1, le=1024, description="processors to use; few rows gain nothing by more; null: all"
    )
    metric: Literal["loss", "accuracy"] = Field(
        default="loss", description="what the best model is chosen by; accuracy: of the keys in a frame"
    )


class PianoRollConfig(Config):
    """The keys of the next frame of a piece.

    Examples
    --------
    >>> PianoRollConfig().model.layers
    1
    """

    task: Literal["piano_roll"] = Field(default="piano_roll", description="what is learned")
    data: RollsConfig = Field(default_factory=RollsConfig)
    model: PianoRollNetwork = Field(default_factory=PianoRollNetwork)
    train: PianoRollTrain = Field(default_factory=PianoRollTrain)
