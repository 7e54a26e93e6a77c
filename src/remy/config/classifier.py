"""The configuration of a classifier and of a regressor."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remy.config.sections import BatchTrainConfig, Config, DataConfig, RecurrentConfig

TokensName = Literal["words", "characters", "subwords"]
PoolingName = Literal["last", "mean", "max", "attention"]


class RecordsConfig(DataConfig):
    """Records of a table, or numeric sequences."""

    text: str | None = Field(default=None, description="column of the text; null: guessed")
    label: str | None = Field(default=None, description="column of the label; null: guessed")
    test: str | None = Field(
        default=None, description="file to score the best model on; null: what is held out"
    )
    separator: str | None = Field(
        default=None, min_length=1, description="between several labels of one record; null: one label each"
    )
    tokens: TokensName = Field(default="words", description="what a text is cut into")
    vocabulary: int = Field(default=20_000, ge=3, description="most different tokens to tell apart")
    min_count: int = Field(default=2, ge=1, description="tokens seen less often are unknown")
    lowercase: bool = Field(default=True, description="read capitals as small letters")
    max_length: int = Field(default=1_000, ge=1, description="steps read of a sequence, from its beginning")


class ClassifierNetwork(RecurrentConfig):
    """Embedding or numbers, recurrent layers, one vector for the sequence, output."""

    embedding: int = Field(default=100, ge=1, le=65536, description="size of a token's vector (text only)")
    units: int = Field(default=128, ge=1, le=65536, description="size of each layer's state")
    layers: int = Field(default=1, ge=1, le=256, description="number of recurrent layers")
    bidirectional: bool = Field(default=True, description="read in both directions")
    pooling: PoolingName = Field(default="max", description="how steps become one vector")
    live: bool = Field(default=False, description="use no future: answers on a growing input stay the same")
    dropout: float | None = Field(default=0.3, ge=0.0, lt=1.0, description="dropped around layers")
    token_dropout: float = Field(
        default=0.1, ge=0.0, lt=1.0, description="share of tokens read as unknown while training (text only)"
    )

    @model_validator(mode="after")
    def _reads_no_future(self) -> Self:
        if self.live and self.bidirectional:
            raise ValueError("live reads no future, so bidirectional has to be false")
        return self


class RegressorNetwork(ClassifierNetwork):
    """The same for a number, which dropout disturbs more than it does a choice."""

    dropout: float | None = Field(default=0.1, ge=0.0, lt=1.0, description="dropped around layers")


class ClassifierTrain(BatchTrainConfig):
    """How a classifier is trained."""

    lr: float = Field(default=3e-3, gt=0.0, description="highest learning rate")
    class_weights: Literal["none", "balanced"] = Field(
        default="none", description="balanced: a record weighs the more the rarer its class is"
    )
    metric: Literal["accuracy", "macro_f1", "loss"] = Field(
        default="accuracy", description="what the best model is chosen by"
    )


class RegressorTrain(BatchTrainConfig):
    """How a regressor is trained."""

    lr: float = Field(default=3e-3, gt=0.0, description="highest learning rate")
    metric: Literal["rmse", "mae", "loss"] = Field(
        default="rmse", description="what the best model is chosen by"
    )


class ClassifierConfig(Config):
    """One label, or several, for a sequence."""

    task: Literal["classifier"] = Field(default="classifier", description="what is learned")
    data: RecordsConfig = Field(default_factory=RecordsConfig)
    model: ClassifierNetwork = Field(default_factory=ClassifierNetwork)
    train: ClassifierTrain = Field(default_factory=ClassifierTrain)


class RegressorConfig(Config):
    """One number for a sequence."""

    task: Literal["regressor"] = Field(default="regressor", description="what is learned")
    data: RecordsConfig = Field(default_factory=RecordsConfig)
    model: RegressorNetwork = Field(default_factory=RegressorNetwork)
    train: RegressorTrain = Field(default_factory=RegressorTrain)
