"""The configuration of a captioner."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remy.config.sections import Config
from remy.config.translator import HeldOutConfig, PiecesName, WriterNetwork, WriterTrain


class CaptionsConfig(HeldOutConfig):
    """Pictures or vectors, and their captions: a table that names their files."""

    image: str | None = Field(default=None, description="column of the pictures' paths; null: guessed")
    caption: str | None = Field(default=None, description="column of the captions; null: guessed")
    folder: str | None = Field(default=None, description="where the paths begin; null: at the table's folder")
    size: int = Field(
        default=32, ge=1, le=4096, description="pictures are scaled to so many pixels each way; vectors stay"
    )
    colour: bool = Field(default=False, description="read red, green and blue rather than grey")
    pieces: PiecesName = Field(default="words", description="what captions are cut into")
    vocabulary: int = Field(default=20_000, ge=4, description="most different pieces")
    min_count: int = Field(default=2, ge=1, description="pieces seen less often are unknown")
    lowercase: bool = Field(default=True, description="write and score capitals as small letters")
    max_length: int = Field(
        default=50, ge=1, description="longer captions are not learned from, and none is written, in pieces"
    )


class CaptionerNetwork(WriterNetwork):
    """Convolutions that read a picture, and a decoder that looks at their grid."""

    filters: int = Field(default=32, ge=1, le=4096, description="of the first block; later ones have more")
    blocks: int = Field(
        default=4, ge=1, le=12, description="convolutions, each of which halves the picture afterwards"
    )
    embedding: int = Field(
        default=128, ge=1, le=65536, description="size of a piece's vector, and of the readout"
    )
    units: int = Field(default=256, ge=1, le=65536, description="size of the decoder's state")
    dropout: float | None = Field(default=0.4, ge=0.0, lt=1.0, description="dropped around layers")


class CaptionerTrain(WriterTrain):
    """How a captioner is trained."""

    batch_size: int = Field(default=32, ge=1, description="captions in one update, read side by side")
    shift: int = Field(
        default=2, ge=0, le=1024, description="pixels that pictures are moved by at most while it learns"
    )
    metric: Literal["auto", "word_f1", "bleu", "exact_match", "loss"] = Field(
        default="auto", description="what the best model is chosen by; auto: word_f1"
    )


class CaptionerConfig(Config):
    """Words of a picture, or of a vector that stands for one."""

    task: Literal["captioner"] = Field(default="captioner", description="what is learned")
    data: CaptionsConfig = Field(default_factory=CaptionsConfig)
    model: CaptionerNetwork = Field(default_factory=CaptionerNetwork)
    train: CaptionerTrain = Field(default_factory=CaptionerTrain)
